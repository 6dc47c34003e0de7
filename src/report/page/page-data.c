/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The comparison as CSV inside the page, behind a link that a browser saves. */
#include "config.h"
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "report/page/page.h"

/* As a URL has it; what is usual in a CSV stays one byte. */
static void put_url(const char *text, size_t n, FILE *out)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    ",.-+_:/=";

	for (; n; n--, text++)
		if (*text && strchr(plain, *text))
			putc(*text, out);
		else
			fprintf(out, "%%%02X", (unsigned char)*text);
}

int page_data(const struct page *p)
{
	char *text = NULL;
	size_t n = 0;
	FILE *csv;

	fputs("<h2>Data</h2>\n<p>", p->out);
	if (p->results) {
		csv = open_memstream(&text, &n);
		if (!csv)
			return fail_nomem();
		results_csv(p->results, csv);
		if (fclose(csv)) {
			free(text);
			return fail_nomem();
		}
		fputs("<a id=download download=exitbench.csv href=\"data:text/csv;charset=utf-8,",
			p->out);
		put_url(text, n, p->out);
		fputs("\">Percentiles, changes, intervals and verdicts of all cells as CSV</a>. ",
			p->out);
		free(text);
	}
	fputs("Every sample: <code>exitbench export --csv FILE</code>.</p>\n", p->out);
	return 0;
}
