/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The comparison as KTAP, version 1 (the kernel's Documentation/dev-tools/ktap.rst). */
#include "config.h"
#include <string.h>
#include "base/clean-text.h"
#include "report/compare/results.h"

static void put_diagnostic(const char *text, FILE *out)
{
	fputs("# ", out);
	text_put(text, TEXT_KTAP, out);
	fputc('\n', out);
}

static void put_result(const struct results *r, int i, FILE *out)
{
	const struct results_row *c = &r->v[i];
	enum results_outcome outcome = results_outcome(c);
	char text[512];

	results_summary(r, c, text, sizeof(text));
	put_diagnostic(text, out);
	for (size_t w = 0; w < c->r->nwarnings; w++) {
		compare_warning_text(&c->r->warnings[w], text, sizeof(text));
		put_diagnostic(text, out);
	}
	dataset_cell_title(r->d, c->cell, metric_names[c->metric], text, sizeof(text));
	fprintf(out, "%sok %d ", outcome == RESULTS_FAILED ? "not " : "", i + 1);
	text_put(text, TEXT_KTAP, out);
	if (outcome == RESULTS_SKIPPED)
		fprintf(out, " # SKIP %s", c->r->verdict == COMPARE_INCONCLUSIVE ? "inconclusive" :
			!c->primary ? "regression, but not of the primary metric" :
				"regression, but not after correction for the number of cells");
	fputc('\n', out);
}

void results_ktap(const struct results *r, FILE *out)
{
	fprintf(out, "KTAP version 1\n1..%d\n", r->n);
	for (int i = 0; i < r->n; i++)
		put_result(r, i, out);
	for (int i = 0; i < r->nwarnings; i++)
		put_diagnostic(r->warnings[i], out);
}
