/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Picture: each side's percentiles, with their intervals. */
#include "config.h"
#include <math.h>
#include "base/clean-text.h"
#include "report/plot/plot-priv.h"
#include "report/svg/chart.h"

/* "p50 21.4 µs before, 21.8 µs after; p99 ...": the change is in the page's heading. */
static void caption(const struct plot_subject *x, char *buf, size_t size)
{
	const struct plot_source *s = x->source;
	const struct plot_data *c = x->cell;
	double *const *v = c->points.v;
	const char *between = "";

	for (size_t i = 0; i < c->points.n; i++) {
		double p = v[POINT_P][i];

		if (p != 50 && p != 99)
			continue;
		text_add(buf, size, "%sp%g ", between, p);
		plot_add_sides(buf, size, s, c,
			(double[]){ v[POINT_BEFORE][i], v[POINT_AFTER][i] });
		between = "; ";
	}
}

static void draw(const struct plot_subject *x, const char *label, FILE *out)
{
	const struct plot_source *src = x->source;
	const struct plot_data *c = x->cell;
	struct svg s = svg_frame(out, SVG_TOP, SVG_BOTTOM);
	double *const *v = c->points.v, lo = INFINITY, hi = -INFINITY;
	char title[160];

	for (int side = 0; side < 2; side++)
		chart_see_all(v[POINT_SIDE(side)], c->points.n, &lo, &hi);
	s.x = svg_percentiles();
	s.y = chart_value_axis(c->metric, plot_unit(src, c), lo,
		hi, 4, title, sizeof(title));
	svg_open(out, SVG_HEIGHT, label);
	svg_y_title(&s, title);
	chart_key(&s, src->alone, c->has);
	svg_key(&s, src->alone ? 0 : 380, "k", "95% interval");
	svg_begin(&s);
	for (int side = 0; side < 2; side++)
		svg_band(&s, chart_band[side], v[POINT_P], v[POINT_SIDE(side) + 1],
			v[POINT_SIDE(side) + 2], c->points.n);
	for (int side = 0; side < 2; side++)
		svg_curve(&s, chart_curve[side], v[POINT_P], v[POINT_SIDE(side)], c->points.n);
	svg_end(&s);
	svg_close(out);
}

const struct picture picture_percentiles = {
	.name = "percentiles",
	.title = "Percentiles",
	.of = PLOT_OF_CELL,
	.common_table = true,
	.in_text = true,
	.columns = PLOT_CHANGE_COLUMNS,
	.finding = plot_add_effect,
	.caption = caption,
	.comments = plot_change_comments,
	.rows = plot_change_rows,
	.draw = draw,
};
