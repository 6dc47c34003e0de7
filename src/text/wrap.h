/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paragraphs of text for a terminal or a mail. */
#ifndef EXITBENCH_WRAP_H
#define EXITBENCH_WRAP_H

#include <stdio.h>

/*
 * Words of TEXT up to column 80; FIRST stands before the first line, and all begin at
 * column INDENT. Bytes that a terminal would act on come out as '?'.
 */
void wrap_text(FILE *out, const char *first, const char *text, int indent);

/* How many columns UTF-8 text takes (no wide or combining characters). */
int text_columns(const char *text, size_t bytes);

#endif
