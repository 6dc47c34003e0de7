/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Picture: how large a share of the samples is at most so much. */
#include "config.h"
#include <math.h>
#include <string.h>
#include "base/clean-text.h"
#include "report/plot/plot-priv.h"
#include "report/svg/chart.h"

static void finding(const struct plot_subject *x, char *buf, size_t size)
{
	const struct plot_source *s = x->source;
	const struct plot_data *c = x->cell;
	double median[2] = { NAN, NAN };
	const struct plot_distribution *d = &c->distribution;

	for (size_t i = 0; i < d->nquantiles; i++)
		if (fabs(d->quantile[i].share - 0.5) < 0.005 ||
		    (isnan(median[c->has[1] && !c->has[0]]) && d->quantile[i].share > 0.5))
			memcpy(median, d->quantile[i].value, sizeof(median));
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
	const struct plot_distribution *d = &x->cell->distribution;

	for (size_t i = 0; i < d->nquantiles; i++) {
		fprintf(out, "%.9g\t", d->quantile[i].share * 100);
		plot_put(d->quantile[i].value[0], '\t', out);
		plot_put(d->quantile[i].value[1], '\n', out);
	}
}

static void draw(const struct plot_subject *x, const char *label, FILE *out)
{
	const struct plot_source *src = x->source;
	const struct plot_data *c = x->cell;
	const struct plot_distribution *d = &c->distribution;
	struct svg s = svg_frame(out, SVG_TOP, SVG_BOTTOM);
	double share[PLOT_MOST], v[PLOT_MOST], lo = INFINITY, hi = -INFINITY;
	size_t n = d->nquantiles < PLOT_MOST ? d->nquantiles : PLOT_MOST;
	char title[160];

	for (size_t i = 0; i < n; i++) {
		share[i] = d->quantile[i].share * 100;
		for (int side = 0; side < 2; side++)
			chart_see(d->quantile[i].value[side], &lo, &hi);
	}
	s.x = chart_value_axis(c->metric, dataset_cell(src->d, c->cell)->unit, lo,
		hi, 3, title, sizeof(title));
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
