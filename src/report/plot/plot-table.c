/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of pictures: tab separated, comments of the form "# key TAB text" before them. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include "base/clean-text.h"
#include "base/fail.h"
#include "report/plot/plot-priv.h"

/* gnuplot ends a string at a quote and knows backslashes, so both are written as escapes. */
void plot_put_word(const char *key, const char *text, FILE *out)
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

void plot_put(double v, char end, FILE *out)
{
	if (isfinite(v))
		fprintf(out, "%.9g%c", v, end);
	else
		fprintf(out, "NaN%c", end);
}

int plot_columns_new(struct plot_columns *c, int count, size_t n)
{
	double *v = calloc(n ? n : 1, (size_t)count * sizeof(*v));

	*c = (struct plot_columns){ 0 };
	if (!v)
		return fail_nomem();
	c->n = n;
	for (int k = 0; k < count; k++)
		c->v[k] = v + (size_t)k * n;
	for (size_t i = 0; i < (size_t)count * n; i++)
		v[i] = NAN;
	return 0;
}

void plot_columns_free(struct plot_columns *c)
{
	free(c->v[0]);
	*c = (struct plot_columns){ 0 };
}

void plot_put_columns(const struct plot_columns *c, int digits, FILE *out)
{
	for (size_t i = 0; i < c->n; i++) {
		fprintf(out, "%.*g\t", digits, c->v[0][i]);
		for (int k = 1; k < PLOT_COLUMNS && c->v[k]; k++)
			plot_put(c->v[k][i], k + 1 < PLOT_COLUMNS && c->v[k + 1] ? '\t' : '\n', out);
	}
}

static void write_title(const struct plot_words *w, FILE *out)
{
	char title[sizeof(w->cell) + sizeof(w->finding) + 2];

	snprintf(title, sizeof(title), "%s: %s", w->cell, w->finding);
	fputs("# exitbench plot 1\n", out);
	plot_put_word("title", title, out);
	plot_put_word("subtitle", w->subtitle, out);
	plot_put_word("note", w->note, out);
	plot_put_word("before", w->side[0], out);
	plot_put_word("after", w->side[1], out);
	plot_put_word("empty", w->empty, out);
}

/* "50 1.03 95 1.54": percentile and change of each mark of YEAR; means apart. */
static void write_marks(const struct plot_source *s, int year, bool means, FILE *out)
{
	char key[32], text[512] = "";

	snprintf(key, sizeof(key), "%s_%d", means ? "means" : "marks", year);
	for (size_t i = 0; i < s->nmarks; i++) {
		if (s->mark[i].year != year || isnan(s->mark[i].p) != means)
			continue;
		if (!means)
			text_add(text, sizeof(text), "%g ", s->mark[i].p);
		text_add(text, sizeof(text), "%.3f ", s->mark[i].pct);
	}
	plot_put_word(key, text, out);
}

void plot_put_metric(const struct plot_subject *x, FILE *out)
{
	const struct plot_source *s = x->source;
	const struct plot_data *c = x->cell;
	const char *unit = plot_unit(s, c);
	bool throughput = c->metric == METRIC_THROUGHPUT;
	char text[64];

	plot_put_word("metric", metric_names[c->metric], out);
	plot_put_word("unit", throughput ? "operations/s" : text_clean(unit, 16, text, sizeof(text)),
		out);
	plot_put_word("worse", throughput ? "down" : "up", out);
	snprintf(text, sizeof(text), "%g", s->margin * 100);
	plot_put_word("margin_pct", text, out);
	if (!plot_marked(s, c))
		return;
	write_marks(s, 2017, false, out);
	write_marks(s, 2017, true, out);
	write_marks(s, 2021, false, out);
}

bool plot_write(const struct plot_subject *x, const struct picture *picture,
	const struct plot_words *w, FILE *out)
{
	write_title(w, out);
	if (picture->comments)
		picture->comments(x, out);
	fprintf(out, "%s\n", picture->columns);
	picture->rows(x, out);
	return !fflush(out) && !ferror(out);
}
