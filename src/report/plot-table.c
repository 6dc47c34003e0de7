/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of a picture: tab separated, comments of the form "# key TAB text" before it. */
#include "config.h"
#include <math.h>
#include <string.h>
#include "plot.h"
#include "text.h"

/* gnuplot ends a string at a quote and knows backslashes, so both are written as escapes. */
static void write_word(const char *key, const char *text, FILE *out)
{
	if (!*text)
		return;
	fprintf(out, "# %s\t", key);
	for (; *text; text++) {
		if (*text == '"')
			fputs("\\042", out);
		else if (*text == '\\')
			fputs("\\\\", out);
		else
			fputc(*text, out);
	}
	fputc('\n', out);
}

/* NaN: there is none, or it is beyond all bounds. */
static void write_number(double v, char end, FILE *out)
{
	if (isfinite(v))
		fprintf(out, "%.9g%c", v, end);
	else
		fprintf(out, "NaN%c", end);
}

static void write_point(const struct plot_point *p, FILE *out)
{
	fprintf(out, "%g\t", p->p);
	for (int side = 0; side < 2; side++) {
		write_number(p->value[side], '\t', out);
		write_number(p->ci[side].lo, '\t', out);
		write_number(p->ci[side].hi, '\t', out);
	}
	write_number(compare_pct(p->change), '\t', out);
	write_number(compare_pct(p->change_ci.lo), '\t', out);
	write_number(compare_pct(p->change_ci.hi), '\t', out);
	write_number(compare_pct(p->change_band.lo), '\t', out);
	write_number(compare_pct(p->change_band.hi), '\n', out);
}

bool plot_write(const struct plot_source *s, const struct plot_cell *c,
	const struct plot_words *w, FILE *out)
{
	const char *unit = dataset_cell(s->d, c->cell)->unit;
	bool throughput = c->metric == METRIC_THROUGHPUT;
	char text[64];

	fputs("# exitbench plot 1\n", out);
	write_word("title", w->title, out);
	write_word("subtitle", w->subtitle, out);
	write_word("note", w->note, out);
	write_word("metric", metric_names[c->metric], out);
	write_word("unit", throughput ? "operations/s" : text_clean(unit, 16, text, sizeof(text)),
		out);
	write_word("worse", throughput ? "down" : "up", out);
	snprintf(text, sizeof(text), "%g", s->margin * 100);
	write_word("margin_pct", text, out);
	write_word("before", w->side[0], out);
	write_word("after", w->side[1], out);
	write_word("empty", w->empty, out);
	write_word("no_change", w->no_change, out);
	fputs("p\tbefore\tbefore_lo\tbefore_hi\tafter\tafter_lo\tafter_hi\tchange_pct\t"
	      "ci_lo_pct\tci_hi_pct\tband_lo_pct\tband_hi_pct\n", out);
	for (size_t i = 0; i < c->n; i++)
		write_point(&c->point[i], out);
	return !fflush(out) && !ferror(out);
}
