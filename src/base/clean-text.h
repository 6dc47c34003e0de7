/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text of unknown origin: a label, a name or a file's content may hold any bytes. Whatever
 * prints such text passes it through here, once, on its way out; stored text stays as it is.
 * What is not UTF-8 comes out as U+FFFD, everywhere; the rest is up to the target.
 */
#ifndef EXITBENCH_CLEAN_TEXT_H
#define EXITBENCH_CLEAN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum text_target {
	TEXT_VALID,	/* any character, as in JSON, whose writer escapes them */
	TEXT_LINE,	/* one line for a terminal, CSV or Markdown: blanks for line ends and tabs, */
			/* '?' for control characters and what turns the direction of writing */
	TEXT_MARKUP,	/* HTML, XML 1.0 or SVG: a line with &, <, > and quotes as entities */
	TEXT_KTAP,	/* a line with '_' for '#', which would begin a directive */
};

/* Is all of TEXT UTF-8? */
bool text_is_valid(const char *text);

/* Writes TEXT for TARGET to OUT. */
void text_put(const char *text, enum text_target target, FILE *out);

/* Likewise its first BYTES bytes, or less if it ends before; no character may lie across. */
void text_put_part(const char *text, size_t bytes, enum text_target target, FILE *out);

/*
 * TEXT as TEXT_LINE in BUF of SIZE bytes; what is longer than COLUMNS, or than there is
 * room for, is cut short with an ellipsis. Returns BUF.
 */
char *text_clean(const char *text, int columns, char *buf, size_t size);

/* TEXT as TEXT_VALID; malloc'ed, NULL without memory. */
char *text_valid(const char *text);

/* How many columns of a terminal the first BYTES bytes of TEXT take. */
int text_columns(const char *text, size_t bytes);

/* Appends to BUF, as far as there is room. */
void text_add(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
