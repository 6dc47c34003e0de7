/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text in lines of a terminal's width. */
#include "config.h"
#include <string.h>
#include "base/clean-text.h"
#include "text/wrap.h"

#define COLUMNS 79	/* with the last one empty: some terminals wrap at it */

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
		text_put_part(text, bytes, TEXT_LINE, out);
		at += n;
		text += bytes;
		text += strspn(text, " \n");
	}
	fputc('\n', out);
}
