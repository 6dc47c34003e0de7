/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Published comparisons read again, for people: 80 columns, and Markdown. */
#include "config.h"
#include <math.h>
#include <string.h>
#include "base/clean-text.h"
#include "report/history/history-report.h"
#include "text/wrap.h"

#define INDENT 12

/* The headline's interval; "-" if there is none. */
static const char *interval_text(const struct history_test *t, char *buf, size_t size)
{
	char lo[HISTORY_PCT], hi[HISTORY_PCT];

	if (isnan(t->ci.lo) || isnan(t->ci.hi))
		snprintf(buf, size, "-");
	else
		snprintf(buf, size, "%s to %s", history_pct(t->ci.lo, t->ci, lo, sizeof(lo)),
			history_pct(t->ci.hi, t->ci, hi, sizeof(hi)));
	return buf;
}

static const char *p_text(double p, char *buf, size_t size)
{
	if (isnan(p))
		snprintf(buf, size, "-");
	else
		snprintf(buf, size, p < 0.001 ? "<0.001" : "%.2g", p);
	return buf;
}

static void print_table(const struct history *h, FILE *out)
{
	char change[HISTORY_PCT], ci[64], p[HISTORY_PCT];

	fputs("comparison              test       figure   change   95% interval           p\n",
		out);
	for (size_t i = 0; i < h->n; i++) {
		const struct history_entry *e = &h->v[i];

		for (size_t k = 0; k < e->c->figures; k++) {
			const struct history_test *t = &e->figure[k].test;

			fprintf(out, "%-23.23s %-10.10s %-6.6s %8s   %-17s %6s\n", e->c->id,
				e->c->test, e->figure[k].f->name,
				history_pct(t->change, t->ci, change, sizeof(change)),
				interval_text(t, ci, sizeof(ci)), p_text(t->p, p, sizeof(p)));
		}
	}
}

/* The name of a figure's value as published: "total 79.46, 79.77 s; " and so on. */
static void figures_text(const struct published_side *s, const char *unit, char *buf, size_t size)
{
	json_t *value;
	const char *name, *between = "";

	if (!s->runs) {
		snprintf(buf, size, "%.12g %s +- %.12g%% (%zu runs)", s->mean, unit, s->sem_pct,
			s->n);
		return;
	}
	*buf = '\0';
	json_object_foreach(json_array_get(s->runs, 0), name, value) {
		text_add(buf, size, "%s%s ", between, name);
		for (size_t i = 0; i < s->n; i++)
			text_add(buf, size, "%s%.12g", i ? ", " : "", published_value(s, i, name));
		between = "; ";
	}
}

/* Of the only run a side: what changed, figure by figure. */
static void print_changes(const struct history_entry *e, FILE *out)
{
	char line[512] = "";
	json_t *value;
	const char *name;

	if (!e->one_run || !e->c->side[0].runs)
		return;
	json_object_foreach(json_array_get(e->c->side[0].runs, 0), name, value) {
		double change = history_change(e->c, name);

		if (isfinite(change))
			text_add(line, sizeof(line), "%s%s %+.2f%%", *line ? ", " : "", name,
				change * 100);
	}
	wrap_text(out, "  changes", line, INDENT);
}

static void print_tests(const struct history_entry *e, FILE *out)
{
	char change[HISTORY_PCT], se[HISTORY_PCT], ci[64], p[HISTORY_PCT], line[256];

	for (size_t k = 0; k < e->c->figures && !e->one_run; k++) {
		const struct history_test *t = &e->figure[k].test;

		history_pct(t->se, t->ci, se, sizeof(se));
		snprintf(line, sizeof(line), "%s %s +- %s (one standard error), Welch t = %.2f, "
			"%.*f degrees of freedom, p = %s, 95%% interval %s", e->figure[k].f->name,
			history_pct(t->change, t->ci, change, sizeof(change)), se + 1, t->t,
			t->df < 5, t->df, p_text(t->p, p, sizeof(p)),
			interval_text(t, ci, sizeof(ci)));
		wrap_text(out, k ? "" : "  change", line, INDENT);
	}
}

static void print_entry(const struct history_entry *e, FILE *out)
{
	const struct published_comparison *c = e->c;
	char line[1024];

	snprintf(line, sizeof(line), "%s: %s, %s, %s: %s", c->id, c->who, c->when, c->test,
		c->change);
	fputc('\n', out);
	wrap_text(out, "", line, 0);
	wrap_text(out, "  source", c->source, INDENT);
	wrap_text(out, "  machine", c->machine, INDENT);
	wrap_text(out, "  measured", c->measured, INDENT);
	figures_text(&c->side[0], c->unit, line, sizeof(line));
	wrap_text(out, "  before", line, INDENT);
	figures_text(&c->side[1], c->unit, line, sizeof(line));
	wrap_text(out, "  after", line, INDENT);
	wrap_text(out, "  reading", c->reading, INDENT);
	print_changes(e, out);
	print_tests(e, out);
	wrap_text(out, "  verdict", e->verdict, INDENT);
	if (*e->design)
		wrap_text(out, "  power", e->design, INDENT);
	if (*e->naive_text)
		wrap_text(out, "  naively", e->naive_text, INDENT);
	if (*e->borrowed_text)
		wrap_text(out, "  borrowed", e->borrowed_text, INDENT);
	if (c->note)
		wrap_text(out, "  note", c->note, INDENT);
}

/* What the tests are, each once. */
static void print_what(const struct history *h, FILE *out)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct published_comparison *c = h->v[i].c;
		bool seen = false;

		for (size_t k = 0; k < i; k++)
			seen |= !strcmp(h->v[k].c->test, c->test);
		if (!seen)
			wrap_text(out, c->test, c->what, INDENT);
	}
}

/* How many comparisons settle the question by their headline. */
static void print_summary(const struct history *h, FILE *out)
{
	char line[160], count[HISTORY_PCT] = "None";
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++)
		n += h->v[i].figure[0].test.verdict != COMPARE_INCONCLUSIVE;
	if (n)
		snprintf(count, sizeof(count), "%zu", n);
	snprintf(line, sizeof(line), "-: one run a side has no interval. %s of the %zu comparisons "
		"can tell whether there was a change of %g%%.", count, h->n, h->margin * 100);
	wrap_text(out, "", line, 0);
}

void history_text(const struct history *h, FILE *out)
{
	fputs("Published figures of process exit, read again\n\n", out);
	print_table(h, out);
	fputc('\n', out);
	print_summary(h, out);
	fputc('\n', out);
	print_what(h, out);
	for (size_t i = 0; i < h->n; i++)
		print_entry(&h->v[i], out);
}

static void markdown_row(const struct history_entry *e, size_t k, FILE *out)
{
	const struct published_comparison *c = e->c;
	const struct history_test *t = &e->figure[k].test;
	char change[HISTORY_PCT], ci[64], p[HISTORY_PCT];

	fprintf(out, "| %s | %s | %zu + %zu | %s | %s | %s | %s | ", c->id, e->figure[k].f->name,
		c->side[0].n, c->side[1].n, c->reading,
		history_pct(t->change, t->ci, change, sizeof(change)),
		interval_text(t, ci, sizeof(ci)), p_text(t->p, p, sizeof(p)));
	if (isnan(t->detectable))
		fputs("- | - | ", out);
	else
		fprintf(out, "%.2g%% | %.0f | ", t->detectable * 100, t->runs);
	fprintf(out, "%s |\n", history_word(t->verdict));
}

void history_markdown(const struct history *h, FILE *out)
{
	fprintf(out, "| comparison | figure | runs | their reading | change | 95%% interval | p | "
		"seen 4 times in 5 | runs a side for %g%% | verdict |\n"
		"|---|---|:-:|---|--:|:-:|--:|--:|--:|---|\n", h->margin * 100);
	for (size_t i = 0; i < h->n; i++)
		for (size_t k = 0; k < h->v[i].c->figures; k++)
			markdown_row(&h->v[i], k, out);
}
