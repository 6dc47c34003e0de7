/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files, in memory. */
#ifndef EXITBENCH_READ_TEXT_H
#define EXITBENCH_READ_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What is left to read of FD, at most LIMIT bytes, with a 0 behind; *text is malloc'ed, *size
 * without the 0. 0, or -1 with errno: EFBIG when there is more. *text is not touched then.
 */
int read_all(int fd, size_t limit, char **text, size_t *size);

/* The same of the file PATH. 0, or -STATUS_USAGE naming it, or -STATUS_MACHINE without memory. */
int read_text(const char *path, size_t limit, char **text, size_t *size);

/* The first line of a file, without its end, as far as there is room; false and "" if unreadable. */
bool read_first_line(const char *path, char *text, size_t size);

/* Writes TEXT into a file that there is, as the kernel's files want it: at once. 0, or -1 and errno. */
int write_setting(const char *path, const char *text);

#endif
