/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The comparison for continuous integration, a test for each cell: as a JUnit report, and as
 * KTAP, version 1 (the kernel's Documentation/dev-tools/ktap.rst).
 */
#include "config.h"
#include <string.h>
#include "base/clean-text.h"
#include "report/compare/results.h"

static void put_attribute(const char *name, const char *text, FILE *out)
{
	fprintf(out, " %s=\"", name);
	text_put(text, TEXT_MARKUP, out);
	fputc('"', out);
}

static void put_property(const char *name, const char *value, FILE *out)
{
	fputs("    <property", out);
	put_attribute("name", name, out);
	put_attribute("value", value, out);
	fputs("/>\n", out);
}

static void put_case(const struct results *r, const struct results_row *c, FILE *out)
{
	char title[512], summary[512];
	enum results_outcome outcome = results_outcome(c);

	dataset_cell_title(r->d, c->cell, metric_names[c->metric], title, sizeof(title));
	results_summary(r, c, summary, sizeof(summary));
	fputs("  <testcase classname=\"exitbench\"", out);
	put_attribute("name", title, out);
	fputs(">\n", out);
	if (outcome != RESULTS_PASSED) {
		fprintf(out, "    <%s", outcome == RESULTS_FAILED ? "failure" : "skipped");
		put_attribute("message", summary, out);
		fputs("/>\n", out);
	}
	fputs("    <system-out>", out);
	text_put(summary, TEXT_MARKUP, out);
	for (size_t w = 0; w < c->r->nwarnings; w++) {
		char text[512];

		compare_warning_text(&c->r->warnings[w], text, sizeof(text));
		fputc('\n', out);
		text_put(text, TEXT_MARKUP, out);
	}
	fputs("</system-out>\n  </testcase>\n", out);
}

void results_junit(const struct results *r, FILE *out)
{
	int count[3] = { 0 };

	for (int i = 0; i < r->n; i++)
		count[results_outcome(&r->v[i])]++;
	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		     "<testsuites>\n<testsuite name=\"exitbench\" tests=\"%d\" failures=\"%d\" "
		     "errors=\"0\" skipped=\"%d\">\n", r->n, count[RESULTS_FAILED], count[RESULTS_SKIPPED]);
	fputs("  <properties>\n", out);
	for (int side = 0; side < 2; side++) {
		const struct dataset_side *s = dataset_side(r->d, side);

		put_property(compare_side_names[side], s->label, out);
		if (s->kernel)
			put_property(side ? "kernel after" : "kernel before", s->kernel, out);
	}
	fputs("  </properties>\n", out);
	for (int i = 0; i < r->n; i++)
		put_case(r, &r->v[i], out);
	fputs("</testsuite>\n</testsuites>\n", out);
}

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
