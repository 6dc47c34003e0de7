/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts of /proc, /sys and /boot of machines we do not have, each described by one file
 * tests/data/env-*.tree ("path = contents" lines) and made into files for a test.
 */
#ifndef EXITBENCH_FAKE_TREE_H
#define EXITBENCH_FAKE_TREE_H

#include <stddef.h>
#include <jansson.h>

/* Makes the files of TREE (none for NULL) in a new directory; its name goes to ROOT. */
void plant(const char *tree, char *root, size_t size);

/* Adds the file of one line of such a description. */
void plant_line(const char *root, const char *line);

/* Removes the directory. */
void uproot(const char *root);

/* plant(), environment_collect(), uproot(); the caller owns the result. */
json_t *plant_and_collect(const char *tree);

#endif
