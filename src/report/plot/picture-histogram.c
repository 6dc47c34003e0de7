/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Picture: shares of the samples in bins. */
#include "config.h"
#include <math.h>
#include "base/clean-text.h"
#include "report/plot/plot-priv.h"
#include "report/svg/chart.h"

static void finding(const struct plot_subject *x, char *buf, size_t size)
{
	const struct plot_source *s = x->source;
	const struct plot_data *c = x->cell;
	const struct compare_result *r = c->table;
	const struct plot_distribution *d = &c->distribution;

	for (size_t i = 0; i < r->nwarnings; i++)
		if (r->warnings[i].code == COMPARE_WARN_BIMODAL)
			text_add(buf, size, "two states %.0f%% apart, %.0f%% of the blocks in the "
				"upper; ", r->warnings[i].a, r->warnings[i].b);
	text_add(buf, size, "nine in ten %s are between ",
		c->metric == METRIC_THROUGHPUT ? "blocks" : "operations");
	for (int side = 0; side < 2; side++) {
		if (!c->has[side])
			continue;
		plot_add_value(buf, size, s, c, d->middle[side][0]);
		text_add(buf, size, " and ");
		plot_add_value(buf, size, s, c, d->middle[side][1]);
		plot_add_side_name(buf, size, s, c, side);
	}
}

static void comments(const struct plot_subject *x, FILE *out)
{
	const struct plot_distribution *d = &x->cell->distribution;
	char text[32];

	plot_put_metric(x, out);
	snprintf(text, sizeof(text), "%.2g", d->below * 100);
	plot_put_word("below_pct", text, out);
	snprintf(text, sizeof(text), "%.2g", d->above * 100);
	plot_put_word("above_pct", text, out);
	plot_put_word("log", d->log ? "1" : "0", out);
}

static void rows(const struct plot_subject *x, FILE *out)
{
	plot_put_columns(&x->cell->distribution.bins, 9, out);
}

static void draw(const struct plot_subject *x, const char *label, FILE *out)
{
	const struct plot_source *src = x->source;
	const struct plot_data *c = x->cell;
	const struct plot_distribution *d = &c->distribution;
	struct svg s = svg_frame(out, SVG_TOP, SVG_BOTTOM);
	double *const *v = d->bins.v, none = 0, peak = 0;
	size_t n = d->bins.n - 1;	/* the last has no width */
	char title[160];

	if (!d->bins.n)
		return;
	for (int side = 0; side < 2; side++)
		chart_see_all(v[2 + side], n, &none, &peak);
	s.x = chart_value_axis(c->metric, plot_unit(src, c), v[0][0],
		v[0][n], d->log ? 1 : INFINITY, title, sizeof(title));
	s.y = (struct svg_axis){ .hi = peak > 0 ? 1.05 * peak : 1, .unit = 1 };
	if (d->below + d->above > 0.0005)
		text_add(title, sizeof(title), "; outside: %.2g%%", (d->below + d->above) * 100);
	svg_open(out, SVG_HEIGHT, label);
	svg_y_title(&s, c->metric == METRIC_THROUGHPUT ? "blocks in a bin (%)" :
							 "operations in a bin (%)");
	svg_x_title(&s, title);
	chart_key(&s, src->alone, c->has);
	svg_begin(&s);
	for (int side = 0; side < 2; side++)
		if (c->has[side])
			svg_steps(&s, chart_steps[side], v[0], v[2 + side], n);
	svg_end(&s);
	svg_close(out);
}

const struct picture picture_histogram = {
	.name = "histogram",
	.title = "Histogram",
	.of = PLOT_OF_CELL,
	.columns = "from\tto\tbefore_pct\tafter_pct",
	.finding = finding,
	.comments = comments,
	.rows = rows,
	.draw = draw,
};
