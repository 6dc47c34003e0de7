/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text in and out by the name that the user gave, of which "-" is a standard stream. */
#ifndef EXITBENCH_STREAM_H
#define EXITBENCH_STREAM_H

#include <stdbool.h>
#include <stdio.h>

bool is_stream(const char *name);

/* -STATUS_USAGE after fail() where NAME, of a WHAT ("result file"), is a stream; else 0. */
int check_no_stream(const char *what, const char *name);

/* Standard input, or fopen(NAME, "re"): NULL with errno. */
FILE *stream_open(const char *name);
/* Closes it; leaves standard input open. */
void stream_close(FILE *f);

/* Standard output, also where NAME is NULL, or safe_path_create(NAME): NULL after fail(). */
FILE *stream_create(const char *name);
/*
 * All was written, or ERR, negative after fail(), is why not: closes F, unless it is standard
 * output. A file that is not whole is removed: half of one may look like a whole one. Returns
 * ERR, or negative after fail(), with the reason of the write that failed.
 */
int stream_end(FILE *f, const char *name, int err);

#endif
