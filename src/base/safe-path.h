/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where we write. Root writes only where nobody else can lead it elsewhere: all directories on
 * the way, and the file, belong to root or to whoever called sudo, and others cannot put
 * something else in their place. Everyone else writes where the kernel lets them, as does a
 * user namespace's root, who can do no more than its user.
 */
#ifndef EXITBENCH_SAFE_PATH_H
#define EXITBENCH_SAFE_PATH_H

#include <stdbool.h>
#include <stdio.h>

/*
 * PATH (which need not be there) without symbolic links, to be used instead of it; *out is
 * malloc'ed. Others get a copy of PATH. 0, or -STATUS_USAGE where root should not write.
 */
int safe_path_find(const char *path, char **out);

/*
 * Is the file that was just opened what safe_path_find() would have let root use? In a
 * directory such as /tmp somebody may have made it in between.
 */
bool safe_path_is_safe(const char *file);

/* fopen(PATH, "we") of a path that was found so; NULL after fail(). */
FILE *safe_path_create(const char *path);

#endif
