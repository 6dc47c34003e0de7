/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs by their name, in $PATH. */
#ifndef EXITBENCH_SEARCH_PATH_H
#define EXITBENCH_SEARCH_PATH_H

#include <stdbool.h>

/* Takes relative directories out of $PATH: what is run should not depend on where we are. */
void search_path_clean(void);

/*
 * The absolute path of the first file called NAME in $PATH (where there is none, in /usr/bin
 * and /bin) that may be executed: malloc'ed, without symbolic links. NULL: there is none.
 */
char *search_path_find(const char *name);

/* Is there one? */
bool search_path_has(const char *name);

#endif
