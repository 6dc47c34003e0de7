/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of pictures: tab separated, comments of the form "# key TAB text" before them. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/clean-text.h"
#include "cell/cell-text.h"
#include "report/plot/plot-priv.h"

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

static void write_pct(double log_ratio, char end, FILE *out)
{
	write_number(compare_pct(log_ratio), end, out);
}

static void write_title(const struct plot_words *w, FILE *out)
{
	char title[sizeof(w->cell) + sizeof(w->finding) + 2];

	snprintf(title, sizeof(title), "%s: %s", w->cell, w->finding);
	fputs("# exitbench plot 1\n", out);
	write_word("title", title, out);
	write_word("subtitle", w->subtitle, out);
	write_word("note", w->note, out);
	write_word("before", w->side[0], out);
	write_word("after", w->side[1], out);
	write_word("empty", w->empty, out);
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
	write_word(key, text, out);
}

static void write_metric(const struct plot_source *s, const struct plot_data *c, FILE *out)
{
	const char *unit = dataset_cell(s->d, c->cell)->unit;
	bool throughput = c->metric == METRIC_THROUGHPUT;
	char text[64];

	write_word("metric", metric_names[c->metric], out);
	write_word("unit", throughput ? "operations/s" : text_clean(unit, 16, text, sizeof(text)),
		out);
	write_word("worse", throughput ? "down" : "up", out);
	snprintf(text, sizeof(text), "%g", s->margin * 100);
	write_word("margin_pct", text, out);
	if (!plot_marked(s, c))
		return;
	write_marks(s, 2017, false, out);
	write_marks(s, 2017, true, out);
	write_marks(s, 2021, false, out);
}

static void write_points(const struct plot_data *c, FILE *out)
{
	fputs("p\tbefore\tbefore_lo\tbefore_hi\tafter\tafter_lo\tafter_hi\tchange_pct\t"
	      "ci_lo_pct\tci_hi_pct\tband_lo_pct\tband_hi_pct\n", out);
	for (size_t i = 0; i < c->n; i++) {
		const struct plot_point *p = &c->point[i];

		fprintf(out, "%g\t", p->p);
		for (int side = 0; side < 2; side++) {
			write_number(p->value[side], '\t', out);
			write_number(p->ci[side].lo, '\t', out);
			write_number(p->ci[side].hi, '\t', out);
		}
		write_pct(p->change, '\t', out);
		write_pct(p->change_ci.lo, '\t', out);
		write_pct(p->change_ci.hi, '\t', out);
		write_pct(p->change_band.lo, '\t', out);
		write_pct(p->change_band.hi, '\n', out);
	}
}

static void write_quantiles(const struct plot_distribution *d, FILE *out)
{
	fputs("share_pct\tbefore\tafter\n", out);
	for (size_t i = 0; i < d->nquantiles; i++) {
		fprintf(out, "%.9g\t", d->quantile[i].share * 100);
		write_number(d->quantile[i].value[0], '\t', out);
		write_number(d->quantile[i].value[1], '\n', out);
	}
}

static void write_bins(const struct plot_distribution *d, FILE *out)
{
	char text[32];

	snprintf(text, sizeof(text), "%.2g", d->below * 100);
	write_word("below_pct", text, out);
	snprintf(text, sizeof(text), "%.2g", d->above * 100);
	write_word("above_pct", text, out);
	write_word("log", d->log ? "1" : "0", out);
	fputs("from\tto\tbefore_pct\tafter_pct\n", out);
	for (size_t i = 0; i < d->nbins; i++) {
		write_number(d->bin[i].from, '\t', out);
		write_number(d->bin[i].to, '\t', out);
		write_number(d->bin[i].share[0] * 100, '\t', out);
		write_number(d->bin[i].share[1] * 100, '\n', out);
	}
	if (d->nbins) {		/* where the last step ends */
		write_number(d->bin[d->nbins - 1].to, '\t', out);
		fputs("NaN\t0\t0\n", out);
	}
}

static void write_moments(const struct plot_time *t, FILE *out)
{
	char text[512] = "";

	for (size_t i = 0; i < t->nboots; i++)
		text_add(text, sizeof(text), "%.6g ", t->boot[i]);
	write_word("boots_at", text, out);
	write_word("paired", t->paired ? "1" : "0", out);
	fputs("time_s\tbefore\tafter\tchange_pct\tci_lo_pct\tci_hi_pct\tdisturbed_pct\n", out);
	for (size_t i = 0; i < t->n; i++) {
		const struct plot_moment *m = &t->moment[i];

		fprintf(out, "%.6g\t", m->t);
		write_number(m->level[0], '\t', out);
		write_number(m->level[1], '\t', out);
		write_pct(m->change, '\t', out);
		write_pct(m->ci.lo, '\t', out);
		write_pct(m->ci.hi, '\t', out);
		write_number(m->disturbed * 100, '\n', out);
	}
}

bool plot_write(const struct plot_source *s, const struct plot_data *c, enum plot_kind kind,
	const struct plot_words *w, FILE *out)
{
	char no_change[sizeof(w->empty)];

	write_title(w, out);
	if (kind == PLOT_PERCENTILES || kind == PLOT_SHIFT) {
		plot_emptiness(s, c, PLOT_SHIFT, no_change, sizeof(no_change));
		write_word("no_change", no_change, out);
	}
	write_metric(s, c, out);
	if (kind == PLOT_ECDF)
		write_quantiles(&c->distribution, out);
	else if (kind == PLOT_HISTOGRAM)
		write_bins(&c->distribution, out);
	else if (kind == PLOT_TIME)
		write_moments(&c->time, out);
	else
		write_points(c, out);
	return !fflush(out) && !ferror(out);
}

bool plot_write_cores(const struct plot_cores *c, const struct plot_words *w, FILE *out)
{
	write_title(w, out);
	write_word("metric", "throughput", out);
	write_word("unit", "operations/s", out);
	fputs("cores\tbefore\tbefore_lo\tbefore_hi\tafter\tafter_lo\tafter_hi\t"
	      "before_efficiency_pct\tafter_efficiency_pct\n", out);
	for (size_t i = 0; i < c->n; i++) {
		const struct plot_cores_point *p = &c->point[i];

		fprintf(out, "%d\t", p->cores);
		for (int side = 0; side < 2; side++) {
			write_number(p->value[side], '\t', out);
			write_number(p->ci[side].lo, '\t', out);
			write_number(p->ci[side].hi, '\t', out);
		}
		write_number(p->efficiency[0] * 100, '\t', out);
		write_number(p->efficiency[1] * 100, '\n', out);
	}
	return !fflush(out) && !ferror(out);
}

void plot_calibration_make(const struct calibration *c, struct plot_calibration *out)
{
	char *params = cell_params(c->workload, c->params, false);

	*out = (struct plot_calibration){ 0 };
	snprintf(out->cell, sizeof(out->cell), "%s of %s, %d core%s %s%s%s", c->metric, c->workload,
		c->cores, c->cores == 1 ? "" : "s", c->place, params && *params ? ", " : "",
		params ? params : "");
	free(params);
	for (int i = 0; i < c->npoints; i++)
		out->detectable[out->ndetectable++] = (struct plot_detectable){
			c->points[i].seconds, c->points[i].detectable };
	for (int side = 0; side < CALIBRATION_SIDES; side++)
		for (int i = 0; i < c->side[side].n; i++) {
			const struct calibration_dose *d = &c->side[side].v[i];

			out->dose[out->ndoses++] = (struct plot_dose){ calibration_sides[side],
				d->injected, d->recovered.pct, d->recovered.lo, d->recovered.hi };
		}
}

bool plot_write_calibration(const struct plot_calibration *c, const struct plot_words *w,
	FILE *out)
{
	write_title(w, out);
	fputs("side\tinjected_pct\trecovered_pct\tlo\thi\n", out);
	for (size_t i = 0; i < c->ndoses; i++) {
		const struct plot_dose *d = &c->dose[i];

		fprintf(out, "%s\t", d->side);
		write_number(d->injected_pct, '\t', out);
		write_number(d->recovered_pct, '\t', out);
		write_number(d->lo, '\t', out);
		write_number(d->hi, '\n', out);
	}
	fputs("\n\ntime_s\tdetectable_pct\n", out);
	for (size_t i = 0; i < c->ndetectable; i++) {
		write_number(c->detectable[i].time_s, '\t', out);
		write_number(c->detectable[i].detectable_pct, '\n', out);
	}
	return !fflush(out) && !ferror(out);
}
