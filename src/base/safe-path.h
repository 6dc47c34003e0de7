/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where we write. Root writes only where nobody else can lead it elsewhere: all directories on
 * the way, and the file, belong to root or to whoever called sudo, and others cannot put
 * something else in their place. Everyone else writes where the kernel lets them, as does a
 * user namespace's root, who can do no more than its user.
 */
#ifndef EXITBENCH_PLACE_H
#define EXITBENCH_PLACE_H

#include <stdbool.h>
#include <stdio.h>

/*
 * PATH (which need not be there) without symbolic links, to be used instead of it; *out is
 * malloc'ed. Others get a copy of PATH. 0, or -STATUS_USAGE where root should not write.
 */
int place_find(const char *path, char **out);

/*
 * Is the file that was just opened what place_find() would have let root use? In a directory
 * such as /tmp somebody may have made it in between.
 */
bool place_is_safe(const char *file);

/* fopen(PATH, "we") of a place that was found so; NULL after fail(). */
FILE *place_create(const char *path);

/* Takes relative directories out of $PATH: what is run should not depend on where we are. */
void place_clean_path(void);

#endif
