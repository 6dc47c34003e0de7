/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Picture: throughput and efficiency over the number of cores. */
#include "config.h"
#include <math.h>
#include "base/clean-text.h"
#include "report/plot/plot-priv.h"
#include "report/svg/chart.h"

#define BOTTOM 540		/* of the panels, which take more height */
#define HEIGHT 630

static void finding(const struct plot_subject *x, char *buf, size_t size)
{
	const struct plot_cores *c = x->cores;
	size_t last = c->n - 1;
	const char *between = "";

	for (int side = 0; side < (x->source->alone ? 1 : 2); side++) {
		double ratio = c->value[side][last] / c->value[side][0];

		if (!isfinite(ratio))
			continue;
		text_add(buf, size, "%s%g cores do %.3g times as much as %g%s (efficiency %.0f%%)",
			between, c->cores[last], ratio, c->cores[0],
			x->source->alone ? "" : side ? " after" : " before",
			c->efficiency[side][last]);
		between = ", ";
	}
	if (!*between)
		text_add(buf, size, "no throughput");
}

static void empty(const struct plot_subject *x, char *buf, size_t size)
{
	const struct plot_cores *c = x->cores;

	for (size_t i = 0; i < c->n; i++)
		if (isfinite(c->value[0][i]) || isfinite(c->value[1][i]))
			return;
	text_add(buf, size, "No throughput was measured, or imported.");
}

static void comments(const struct plot_subject *x, FILE *out)
{
	(void)x;
	plot_put_word("metric", "throughput", out);
	plot_put_word("unit", "operations/s", out);
}

static void rows(const struct plot_subject *x, FILE *out)
{
	const struct plot_cores *c = x->cores;

	for (size_t i = 0; i < c->n; i++) {
		plot_put(c->cores[i], '\t', out);
		for (int side = 0; side < 2; side++) {
			plot_put(c->value[side][i], '\t', out);
			plot_put(c->lo[side][i], '\t', out);
			plot_put(c->hi[side][i], '\t', out);
		}
		plot_put(c->efficiency[0][i], '\t', out);
		plot_put(c->efficiency[1][i], '\n', out);
	}
}

static struct svg_axis cores_axis(const struct plot_cores *c, bool bare)
{
	struct svg_axis a = chart_axis(c->cores[0], c->cores[c->n - 1], 1, 1);

	if (a.scale == SVG_LOG)
		a.scale = SVG_LOG2;
	a.bare = bare;
	return a;
}

static void throughput_panel(struct svg *s, const struct plot_cores *c)
{
	double lo = 0, hi = 0;
	char unit[64];

	for (size_t i = 0; i < c->n; i++)
		for (int side = 0; side < 2; side++) {
			chart_see(c->value[side][i], &lo, &hi);
			chart_see(c->hi[side][i], &lo, &hi);
		}
	s->y = (struct svg_axis){ .hi = 1.06 * hi,
		.unit = chart_unit(true, "", hi, unit, sizeof(unit)) };
	svg_y_title(s, unit);
	svg_begin(s);
	for (int side = 0; side < 2; side++) {
		for (size_t i = 0; i < c->n; i++) {
			svg_upright(s, side ? "ae" : "be", c->cores[i], c->lo[side][i],
				c->hi[side][i]);
			svg_mark(s, chart_mark[side], c->cores[i], c->value[side][i]);
		}
		svg_curve(s, chart_curve[side], c->cores, c->value[side], c->n);
	}
	svg_end(s);
}

static void efficiency_panel(struct svg *s, const struct plot_cores *c)
{
	double lo = 0, hi = 100;

	for (size_t i = 0; i < c->n; i++)
		for (int side = 0; side < 2; side++)
			chart_see(c->efficiency[side][i], &lo, &hi);
	s->y = (struct svg_axis){ .hi = 1.06 * hi, .unit = 1 };
	svg_y_title(s, "efficiency (%)");
	svg_begin(s);
	svg_level(s, "z", 100);
	for (int side = 0; side < 2; side++)
		svg_curve(s, chart_curve[side], c->cores, c->efficiency[side], c->n);
	svg_end(s);
}

static void draw(const struct plot_subject *x, const char *label, FILE *out)
{
	const struct plot_cores *c = x->cores;
	struct svg s = svg_frame(out, SVG_TOP, 296);
	bool has[2] = { false, false };

	for (size_t i = 0; i < c->n; i++)
		for (int side = 0; side < 2; side++)
			has[side] |= isfinite(c->value[side][i]);
	s.x = cores_axis(c, true);
	svg_open(out, HEIGHT, label);
	chart_key(&s, x->source->alone, has);
	throughput_panel(&s, c);
	s = svg_frame(out, 324, BOTTOM);
	s.x = cores_axis(c, false);
	efficiency_panel(&s, c);
	svg_x_title(&s, "cores, log scale");
	svg_close(out);
}

const struct picture picture_cores = {
	.name = "cores",
	.title = "Throughput over cores",
	.of = PLOT_OF_CORES,
	.columns = "cores\tbefore\tbefore_lo\tbefore_hi\tafter\tafter_lo\tafter_hi\t"
		"before_efficiency_pct\tafter_efficiency_pct",
	.finding = finding,
	.empty = empty,
	.comments = comments,
	.rows = rows,
	.draw = draw,
};
