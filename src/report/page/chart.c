/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_sort.h>
#include "base/clean-text.h"
#include "report/page/chart-priv.h"

#define MOST 160	/* points of a curve */

const char *const chart_curve[] = { "b", "a" }, *const chart_band[] = { "bi", "ai" };
const char *const chart_mark[] = { "mb", "ma" }, *const chart_role[] = { "before", "after" };

double chart_unit(bool throughput, const char *unit, double v, char *name, size_t size)
{
	static const struct {
		double from, unit;
		const char *name;
	} times[] = { { 1e9, 1e9, "s" }, { 1e6, 1e6, "ms" }, { 1e3, 1e3, "µs" }, { 0, 1, "ns" } },
	  counts[] = { { 2e9, 1e9, "billion " }, { 2e6, 1e6, "million " },
		{ 2e4, 1e3, "thousand " }, { 0, 1, "" } };
	bool ns = !throughput && !strcmp(unit, "ns");
	char clean[64];
	int i = 0;

	while (i < 3 && !(v >= (ns ? times : counts)[i].from))
		i++;
	if (ns)
		snprintf(name, size, "%s", times[i].name);
	else
		snprintf(name, size, "%s%s", counts[i].name, throughput ? "operations/s" :
			text_clean(unit, 16, clean, sizeof(clean)));
	return ns ? times[i].unit : counts[i].unit;
}

struct svg_axis chart_axis(double lo, double hi, double unit, double ratio)
{
	struct svg_axis a = { .lo = lo, .hi = hi, .unit = unit };
	double pad = hi > lo ? 0.05 * (hi - lo) : hi != 0 ? 0.05 * fabs(hi) : 1;

	if (lo > 0 && hi / lo > ratio) {
		a.scale = SVG_LOG;
		a.lo = lo * pow(lo / hi, 0.04);
		a.hi = hi * pow(hi / lo, 0.04);
		return a;
	}
	a.lo -= pad;
	a.hi += pad;
	if (hi - lo < 1e-3 * fabs(hi))
		a.digits = 9;
	return a;
}

void chart_see(double v, double *lo, double *hi)
{
	if (isfinite(v)) {
		*lo = v < *lo ? v : *lo;
		*hi = v > *hi ? v : *hi;
	}
}

void chart_key(const struct svg *s, bool alone, const bool has[2])
{
	if (alone)
		return;
	if (has[0] && has[1])
		fputs("<use href=#kk />", s->out);
	else
		svg_key(s, 0, chart_curve[has[1]], chart_role[has[1]]);
}

/* Values of one column over all points. */
static const double *column(const struct plot_data *c, double *v, double (*get)(const
	struct plot_point *p, int side), int side)
{
	for (size_t i = 0; i < c->n && i < MOST; i++)
		v[i] = get(&c->point[i], side);
	return v;
}

static double get_p(const struct plot_point *p, int side)
{
	(void)side;
	return p->p;
}

static double get_value(const struct plot_point *p, int side)
{
	return p->value[side];
}

static double get_lo(const struct plot_point *p, int side)
{
	return p->ci[side].lo;
}

static double get_hi(const struct plot_point *p, int side)
{
	return p->ci[side].hi;
}

static double get_change(const struct plot_point *p, int side)
{
	(void)side;
	return compare_pct(p->change);
}

/* The interval's ends are sides 0 and 1 here. */
static double get_ci(const struct plot_point *p, int end)
{
	return compare_pct(end ? p->change_ci.hi : p->change_ci.lo);
}

static double get_band(const struct plot_point *p, int end)
{
	return compare_pct(end ? p->change_band.hi : p->change_band.lo);
}

static bool is_row(double p)
{
	static const double rows[] = { 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (p == rows[i])
			return true;
	return false;
}

static double get_row_change(const struct plot_point *p, int side)
{
	return is_row(p->p) ? get_change(p, side) : NAN;
}

/* An axis of values, and its title: "exit time (µs), log scale". */
static struct svg_axis value_axis(const struct plot_source *s, const struct plot_data *c, double lo,
	double hi, double ratio, char *title, size_t size)
{
	const char *unit = dataset_cell(s->d, c->cell)->unit;
	struct svg_axis a;
	char name[96];
	double scale = chart_unit(c->metric == METRIC_THROUGHPUT, unit,
		lo > 0 && hi / lo > ratio ? sqrt(lo * hi) : hi, name, sizeof(name));

	a = chart_axis(lo, hi, scale, ratio);
	snprintf(title, size, "%s%s (%s)%s", metric_names[c->metric],
		c->metric != METRIC_THROUGHPUT && !strcmp(unit, "ns") ? " time" : "", name,
		a.scale == SVG_LOG ? ", log scale" : "");
	return a;
}

static void percentiles(FILE *out, const struct plot_source *src, const struct plot_data *c,
	const char *label)
{
	struct svg s = svg_frame(out, SVG_TOP, SVG_BOTTOM);
	double p[MOST], v[MOST], w[MOST], lo = INFINITY, hi = -INFINITY;
	char title[160];

	for (size_t i = 0; i < c->n; i++)
		for (int side = 0; side < 2; side++)
			chart_see(c->point[i].value[side], &lo, &hi);
	s.x = svg_percentiles();
	s.y = value_axis(src, c, lo, hi, 4, title, sizeof(title));
	svg_open(out, SVG_HEIGHT, label);
	svg_y_title(&s, title);
	chart_key(&s, src->alone, c->has);
	svg_key(&s, src->alone ? 0 : 380, "k", "95% interval");
	svg_begin(&s);
	column(c, p, get_p, 0);
	for (int side = 0; side < 2; side++)
		svg_band(&s, chart_band[side], p, column(c, v, get_lo, side),
			column(c, w, get_hi, side), c->n);
	for (int side = 0; side < 2; side++)
		svg_curve(&s, chart_curve[side], p, column(c, v, get_value, side), c->n);
	svg_end(&s);
	svg_close(out);
}

/* What is not far beyond the quartiles: a tail that knows nothing must not flatten it all. */
static void see_core(const double *v, size_t n, double *lo, double *hi)
{
	double *sorted = calloc(n ? n : 1, sizeof(*sorted)), far;
	size_t have = 0;

	for (size_t i = 0; i < n && sorted; i++)
		if (isfinite(v[i]))
			sorted[have++] = v[i];
	if (have) {
		gsl_sort(sorted, 1, have);
		far = 3 * (sorted[have * 3 / 4] - sorted[have / 4]) + *hi - *lo;
		for (size_t i = 0; i < have; i++)
			if (sorted[i] >= sorted[have / 4] - far &&
			    sorted[i] <= sorted[have * 3 / 4] + far)
				chart_see(sorted[i], lo, hi);
	}
	free(sorted);
}

/* What was published of YEAR. */
static void put_marks(const struct svg *s, const struct plot_source *src,
	const struct plot_data *c, int year, const char *class)
{
	double x[PLOT_MARKS], y[PLOT_MARKS];
	size_t n = 0;

	for (size_t i = 0; i < src->nmarks && plot_marked(src, c); i++) {
		const struct plot_mark *m = &src->mark[i];

		if (m->year != year || isnan(m->p) || m->pct < s->y.lo || m->pct > s->y.hi)
			continue;
		x[n] = m->p;
		y[n++] = m->pct;
	}
	svg_curve(s, class, x, y, n);
}

static void shift(FILE *out, const struct plot_source *src, const struct plot_data *c,
	const char *label)
{
	struct svg s = svg_frame(out, SVG_TOP, SVG_BOTTOM);
	double p[MOST], v[MOST], w[MOST], margin = src->margin * 100, lo = -margin, hi = margin;
	double end_lo, end_hi;

	see_core(column(c, v, get_change, 0), c->n, &lo, &hi);
	end_lo = lo;
	end_hi = hi;
	see_core(column(c, v, get_band, 0), c->n, &end_lo, &end_hi);
	see_core(column(c, w, get_band, 1), c->n, &end_lo, &end_hi);
	s.x = svg_percentiles();
	s.y = (struct svg_axis){ .unit = 1, .digits = 4, .plus = true };
	s.y.lo = end_lo > lo - 1.5 * (hi - lo) ? end_lo : lo - 1.5 * (hi - lo);
	s.y.hi = end_hi < hi + 1.5 * (hi - lo) ? end_hi : hi + 1.5 * (hi - lo);
	s.y.lo -= 0.04 * (hi - lo);
	s.y.hi += 0.04 * (hi - lo);
	svg_open(out, SVG_HEIGHT, label);
	svg_y_title(&s, c->metric == METRIC_THROUGHPUT ? "change (%), faster is up" :
							 "change (%), slower is up");
	fputs("<use href=#ks />", out);
	svg_begin(&s);
	column(c, p, get_p, 0);
	svg_band(&s, "d", p, v, w, c->n);
	svg_band(&s, "c", p, column(c, v, get_ci, 0), column(c, w, get_ci, 1), c->n);
	svg_level(&s, "z", 0);
	svg_level(&s, "l", margin);
	svg_level(&s, "l", -margin);
	svg_curve(&s, "b", p, column(c, v, get_change, 0), c->n);
	svg_curve(&s, "pb", p, column(c, v, get_row_change, 0), c->n);
	put_marks(&s, src, c, 2017, "p17");
	put_marks(&s, src, c, 2021, "p21");
	svg_end(&s);
	svg_close(out);
}

static void ecdf(FILE *out, const struct plot_source *src, const struct plot_data *c,
	const char *label)
{
	const struct plot_distribution *d = &c->distribution;
	struct svg s = svg_frame(out, SVG_TOP, SVG_BOTTOM);
	double share[MOST], v[MOST], lo = INFINITY, hi = -INFINITY;
	size_t n = d->nquantiles < MOST ? d->nquantiles : MOST;
	char title[160];

	for (size_t i = 0; i < n; i++) {
		share[i] = d->quantile[i].share * 100;
		for (int side = 0; side < 2; side++)
			chart_see(d->quantile[i].value[side], &lo, &hi);
	}
	s.x = value_axis(src, c, lo, hi, 3, title, sizeof(title));
	s.y = svg_shares();
	svg_open(out, SVG_HEIGHT, label);
	svg_y_title(&s, c->metric == METRIC_THROUGHPUT ? "blocks (%)" : "operations (%)");
	svg_x_title(&s, title);
	chart_key(&s, src->alone, c->has);
	svg_begin(&s);
	for (int side = 0; side < 2; side++) {
		for (size_t i = 0; i < n; i++)
			v[i] = d->quantile[i].value[side];
		if (c->has[side])
			svg_curve(&s, chart_curve[side], v, share, n);
	}
	svg_end(&s);
	svg_close(out);
}

static void histogram(FILE *out, const struct plot_source *src, const struct plot_data *c,
	const char *label)
{
	const struct plot_distribution *d = &c->distribution;
	struct svg s = svg_frame(out, SVG_TOP, SVG_BOTTOM);
	double x[MOST + 1] = { 0 }, y[MOST], peak = 0;
	size_t n = d->nbins < MOST ? d->nbins : MOST;
	char title[160];

	for (size_t i = 0; i < n; i++) {
		x[i] = d->bin[i].from;
		x[i + 1] = d->bin[i].to;
		for (int side = 0; side < 2; side++)
			peak = c->has[side] ? fmax(peak, d->bin[i].share[side] * 100) : peak;
	}
	s.x = value_axis(src, c, x[0], x[n], d->log ? 1 : INFINITY, title, sizeof(title));
	s.y = (struct svg_axis){ .hi = peak > 0 ? 1.05 * peak : 1, .unit = 1 };
	if (d->below + d->above > 0.0005)
		text_add(title, sizeof(title), "; outside: %.2g%%", (d->below + d->above) * 100);
	svg_open(out, SVG_HEIGHT, label);
	svg_y_title(&s, c->metric == METRIC_THROUGHPUT ? "blocks in a bin (%)" :
							 "operations in a bin (%)");
	svg_x_title(&s, title);
	chart_key(&s, src->alone, c->has);
	svg_begin(&s);
	for (int side = 0; side < 2; side++) {
		for (size_t i = 0; i < n; i++)
			y[i] = d->bin[i].share[side] * 100;
		if (c->has[side])
			svg_steps(&s, side ? "ah" : "bh", x, y, n, true);
	}
	svg_end(&s);
	svg_close(out);
}

void chart_cell(FILE *out, const struct plot_source *s, const struct plot_data *c,
	enum plot_kind kind, const char *label)
{
	if (kind == PLOT_PERCENTILES)
		percentiles(out, s, c, label);
	else if (kind == PLOT_SHIFT)
		shift(out, s, c, label);
	else if (kind == PLOT_ECDF)
		ecdf(out, s, c, label);
	else if (kind == PLOT_HISTOGRAM)
		histogram(out, s, c, label);
	else
		chart_time(out, s, c, label);
}
