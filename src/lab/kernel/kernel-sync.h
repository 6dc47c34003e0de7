/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A copy of a source tree, brought up to date by content. */
#ifndef EXITBENCH_KERNEL_SYNC_H
#define EXITBENCH_KERNEL_SYNC_H

#include "lab/kernel/kernel-priv.h"

/*
 * Makes TO hold what the tree S has, whatever TO held, and checks that this is what S had
 * when it was opened. A file that is the same is not touched: make compiles what was.
 */
int tree_sync(const struct kernel_source *s, const char *to);

/* Adds names and contents of all that belongs to a source in DIR. */
int tree_hash(struct hash *h, const char *dir);

#endif
