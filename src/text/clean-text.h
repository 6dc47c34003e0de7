/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text of unknown origin, for pictures and pages. */
#ifndef EXITBENCH_TEXT_H
#define EXITBENCH_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* The character at P in *C, and its length in bytes; 1 and 0xfffd for what is no UTF-8. */
int text_decode(const unsigned char *p, unsigned int *c);

/*
 * TEXT on one line: control characters, and those that turn the direction of writing,
 * become blanks, what is not UTF-8 a question mark, what is longer than COLUMNS is cut
 * short with an ellipsis. Returns BUF.
 */
char *text_clean(const char *text, int columns, char *buf, size_t size);

/* The same without an end, and with &, <, > and quotes as HTML writes them. */
void text_html(const char *text, FILE *out);

/* Appends to BUF, as far as there is room. */
void text_add(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
