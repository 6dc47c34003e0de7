/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paragraphs of text for a terminal or a mail. */
#ifndef EXITBENCH_WRAP_H
#define EXITBENCH_WRAP_H

#include <stdio.h>

/*
 * Words of TEXT up to column 80; FIRST stands before the first line, and all begin at
 * column INDENT. TEXT may hold anything: it comes out as TEXT_LINE (base/clean-text.h).
 */
void wrap_text(FILE *out, const char *first, const char *text, int indent);

#endif
