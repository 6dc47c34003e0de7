/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Picture: how large a share of the samples is at most so much. */
#include "config.h"
#include <math.h>
#include "base/clean-text.h"
#include "report/plot/plot-priv.h"
#include "report/svg/chart.h"

static void finding(const struct plot_subject *x, char *buf, size_t size)
{
	const struct plot_source *s = x->source;
	const struct plot_data *c = x->cell;
	double median[2] = { NAN, NAN };
	const struct plot_distribution *d = &c->distribution;
	double *const *v = d->quantiles.v;

	for (size_t i = 0; i < d->quantiles.n; i++)
		if (fabs(v[0][i] - 50) < 0.5 ||
		    (isnan(median[c->has[1] && !c->has[0]]) && v[0][i] > 50)) {
			median[0] = v[1][i];
			median[1] = v[2][i];
		}
	text_add(buf, size, "half of all %s ",
		c->metric == METRIC_THROUGHPUT ? "blocks reach at most" : "operations take at most");
	plot_add_sides(buf, size, s, c, median);
	if (isnan(d->gap) || s->alone)
		return;
	if (d->gap < 0.0005) {
		text_add(buf, size, "; the curves coincide");
		return;
	}
	text_add(buf, size, "; the curves are furthest apart at ");
	plot_add_value(buf, size, s, c, d->gap_at);
	text_add(buf, size, ", by %.2g points", d->gap * 100);
}

static void rows(const struct plot_subject *x, FILE *out)
{
	plot_put_columns(&x->cell->distribution.quantiles, 9, out);
}

static void draw(const struct plot_subject *x, const char *label, FILE *out)
{
	const struct plot_source *src = x->source;
	const struct plot_data *c = x->cell;
	const struct plot_columns *q = &c->distribution.quantiles;
	struct svg s = svg_frame(out, SVG_TOP, SVG_BOTTOM);
	double lo = INFINITY, hi = -INFINITY;
	char title[160];

	for (int side = 0; side < 2; side++)
		chart_see_all(q->v[1 + side], q->n, &lo, &hi);
	s.x = chart_value_axis(c->metric, plot_unit(src, c), lo,
		hi, 3, title, sizeof(title));
	s.y = svg_shares();
	svg_open(out, SVG_HEIGHT, label);
	svg_y_title(&s, c->metric == METRIC_THROUGHPUT ? "blocks (%)" : "operations (%)");
	svg_x_title(&s, title);
	chart_key(&s, src->alone, c->has);
	svg_begin(&s);
	for (int side = 0; side < 2; side++)
		if (c->has[side])
			svg_curve(&s, chart_curve[side], q->v[1 + side], q->v[0], q->n);
	svg_end(&s);
	svg_close(out);
}

const struct picture picture_ecdf = {
	.name = "ecdf",
	.title = "Distribution",
	.of = PLOT_OF_CELL,
	.columns = "share_pct\tbefore\tafter",
	.finding = finding,
	.comments = plot_put_metric,
	.rows = rows,
	.draw = draw,
};
