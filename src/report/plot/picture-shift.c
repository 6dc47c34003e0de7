/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Picture: the change at each percentile, with its interval and the joint band. */
#include "config.h"
#include <math.h>
#include "base/clean-text.h"
#include "report/plot/plot-priv.h"
#include "report/svg/chart.h"

static void empty(const struct plot_subject *x, char *buf, size_t size)
{
	const struct plot_data *c = x->cell;
	const char *metric = metric_names[c->metric];
	bool any = false;

	for (size_t i = 0; i < c->points.n; i++)
		any |= isfinite(c->points.v[POINT_CHANGE][i]);
	if (x->source->alone)
		text_add(buf, size, "One arm alone: there is no change to draw.");
	else if (!c->has[0] || !c->has[1])
		text_add(buf, size, "%s was measured %s only: there is no change to draw.", metric,
			compare_side_names[!c->has[0]]);
	else if (!any)
		text_add(buf, size, "No percentile is above zero on both sides: there is no ratio "
			"to draw.");
}

void plot_change_comments(const struct plot_subject *x, FILE *out)
{
	char text[256] = "";

	if (x->cell->has[0] || x->cell->has[1])
		empty(x, text, sizeof(text));
	else
		plot_add_no_samples(text, sizeof(text), x->cell);
	plot_put_word("no_change", text, out);
	plot_put_metric(x, out);
}

void plot_change_rows(const struct plot_subject *x, FILE *out)
{
	plot_put_columns(&x->cell->points, 9, out);
}

/* Has the table of compare a row of P? */
static bool is_row(double p)
{
	struct compare_options o;

	compare_defaults(&o);
	for (size_t i = 0; i < o.npercentiles; i++)
		if (p == o.percentiles[i])
			return true;
	return false;
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

static void draw(const struct plot_subject *x, const char *label, FILE *out)
{
	const struct plot_source *src = x->source;
	const struct plot_data *c = x->cell;
	struct svg s = svg_frame(out, SVG_TOP, SVG_BOTTOM);
	double *const *v = c->points.v, of_table[PLOT_MOST];
	size_t n = c->points.n;
	double margin = src->margin * 100, lo = -margin, hi = margin, end_lo, end_hi;

	for (size_t i = 0; i < n; i++)
		of_table[i] = is_row(v[POINT_P][i]) ? v[POINT_CHANGE][i] : NAN;
	chart_see_core(v[POINT_CHANGE], n, &lo, &hi);
	end_lo = lo;
	end_hi = hi;
	chart_see_core(v[POINT_BAND_LO], n, &end_lo, &end_hi);
	chart_see_core(v[POINT_BAND_HI], n, &end_lo, &end_hi);
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
	svg_band(&s, "d", v[POINT_P], v[POINT_BAND_LO], v[POINT_BAND_HI], n);
	svg_band(&s, "c", v[POINT_P], v[POINT_CI_LO], v[POINT_CI_HI], n);
	svg_level(&s, "z", 0);
	svg_level(&s, "l", margin);
	svg_level(&s, "l", -margin);
	svg_curve(&s, "b", v[POINT_P], v[POINT_CHANGE], n);
	svg_curve(&s, "pb", v[POINT_P], of_table, n);
	put_marks(&s, src, c, 2017, "p17");
	put_marks(&s, src, c, 2021, "p21");
	svg_end(&s);
	svg_close(out);
}

const struct picture picture_shift = {
	.name = "shift",
	.title = "Change",
	.of = PLOT_OF_CELL,
	.common_table = true,
	.of_change = true,
	.in_text = true,
	.columns = PLOT_CHANGE_COLUMNS,
	.finding = plot_add_effect,
	.empty = empty,
	.comments = plot_change_comments,
	.rows = plot_change_rows,
	.draw = draw,
};
