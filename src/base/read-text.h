/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files, in memory. */
#ifndef EXITBENCH_READ_TEXT_H
#define EXITBENCH_READ_TEXT_H

#include <stddef.h>

/*
 * What is left to read of FD, at most LIMIT bytes, with a 0 behind; *text is malloc'ed, *size
 * without the 0. 0, or -1 with errno: EFBIG when there is more. *text is not touched then.
 */
int read_all(int fd, size_t limit, char **text, size_t *size);

/* The same of the file PATH. 0, or -STATUS_USAGE naming it, or -STATUS_MACHINE without memory. */
int read_text(const char *path, size_t limit, char **text, size_t *size);

#endif
