/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text in lines of a terminal's width. */
#include "config.h"
#include <string.h>
#include "text/wrap.h"

#define COLUMNS 79	/* with the last one empty: some terminals wrap at it */

int text_columns(const char *text, size_t bytes)
{
	int n = 0;

	for (; bytes; bytes--, text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static void put(FILE *out, const char *text, size_t bytes)
{
	for (; bytes; bytes--, text++)
		fputc((unsigned char)*text < 32 || *text == 127 ? '?' : *text, out);
}

void wrap_text(FILE *out, const char *first, const char *text, int indent)
{
	int at = indent;

	fprintf(out, "%-*s", indent, first);
	while (*text) {
		size_t bytes = strcspn(text, " \n");
		int n = text_columns(text, bytes);

		if (at > indent && at + 1 + n > COLUMNS) {
			fprintf(out, "\n%*s", indent, "");
			at = indent;
		}
		if (at > indent) {
			fputc(' ', out);
			at++;
		}
		put(out, text, bytes);
		at += n;
		text += bytes;
		text += strspn(text, " \n");
	}
	fputc('\n', out);
}
