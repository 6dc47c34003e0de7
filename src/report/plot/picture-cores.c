/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Picture: throughput and efficiency over the number of cores. */
#include "config.h"
#include <math.h>
#include <string.h>
#include "base/clean-text.h"
#include "report/plot/plot-priv.h"
#include "report/svg/chart.h"

static bool same_but_cores(const struct dataset_cell *a, const struct dataset_cell *b)
{
	return !strcmp(a->workload, b->workload) && !strcmp(a->params, b->params) &&
	       !strcmp(a->place, b->place);
}

static int measure(const struct plot_source *s, int cell, struct plot_cores *out, size_t at)
{
	static const double median = 50;
	struct dataset_blocks b = { 0 };
	struct compare_options o;
	double **v = out->columns.v;
	int err = dataset_load(s->d, cell, METRIC_THROUGHPUT, s->alone ? 0 : -1, &b);

	v[CORES_N][at] = dataset_cell(s->d, cell)->cores;
	compare_defaults(&o);
	o.percentiles = &median;
	o.npercentiles = 1;
	for (int side = 0; side < 2 && !err; side++) {
		struct interval ci = { NAN, NAN };

		err = plot_curve(&b, side, COMPARE_BLOCK, &o, &v[CORES_SIDE(side)][at], &ci);
		v[CORES_SIDE(side) + 1][at] = ci.lo;
		v[CORES_SIDE(side) + 2][at] = ci.hi;
	}
	dataset_blocks_free(&b);
	return err;
}

/* The next cell like FIRST that has more cores than CORES, the fewest; -1: none. */
static int next_cell(const struct plot_source *s, const struct dataset_cell *first, double cores)
{
	int found = -1;

	for (int i = 0; i < dataset_cells(s->d); i++) {
		const struct dataset_cell *c = dataset_cell(s->d, i);

		if (same_but_cores(first, c) && c->cores > cores &&
		    (found < 0 || c->cores < dataset_cell(s->d, found)->cores))
			found = i;
	}
	return found;
}

int plot_cores_make(const struct plot_source *s, int cell, struct plot_cores *out)
{
	const struct dataset_cell *first = dataset_cell(s->d, cell);
	int n = dataset_cells(s->d), count = 0, err;
	double **v = out->columns.v, *value;
	size_t at = 0;

	*out = (struct plot_cores){ .cell = cell };
	for (int i = 0; i < n; i++) {
		if (i < cell && same_but_cores(first, dataset_cell(s->d, i)))
			return 0;
		count += same_but_cores(first, dataset_cell(s->d, i));
	}
	if (count < 2)
		return 0;
	err = plot_columns_new(&out->columns, CORES_COLUMNS, (size_t)count);
	for (int i = next_cell(s, first, -1); i >= 0 && !err;
	     i = next_cell(s, first, dataset_cell(s->d, i)->cores))
		err = measure(s, i, out, at++);
	out->columns.n = at;	/* a number of cores may be there twice */
	for (int side = 0; side < 2; side++) {
		value = v[CORES_SIDE(side)];
		for (size_t i = 0; i < at; i++)
			v[CORES_EFFICIENCY_BEFORE + side][i] = value[i] / v[CORES_N][i] /
				(value[0] / v[CORES_N][0]) * 100;
	}
	return err;
}

void plot_cores_free(struct plot_cores *c)
{
	plot_columns_free(&c->columns);
}

static void finding(const struct plot_subject *x, char *buf, size_t size)
{
	double *const *v = x->cores->columns.v;
	size_t last = x->cores->columns.n - 1;
	const char *between = "";

	for (int side = 0; side < (x->source->alone ? 1 : 2); side++) {
		double ratio = v[CORES_SIDE(side)][last] / v[CORES_SIDE(side)][0];

		if (!isfinite(ratio))
			continue;
		text_add(buf, size, "%s%g cores do %.3g times as much as %g%s (efficiency %.0f%%)",
			between, v[CORES_N][last], ratio, v[CORES_N][0],
			x->source->alone ? "" : side ? " after" : " before",
			v[CORES_EFFICIENCY_BEFORE + side][last]);
		between = ", ";
	}
	if (!*between)
		text_add(buf, size, "no throughput");
}

static void empty(const struct plot_subject *x, char *buf, size_t size)
{
	const struct plot_columns *c = &x->cores->columns;

	for (size_t i = 0; i < c->n; i++)
		if (isfinite(c->v[CORES_BEFORE][i]) || isfinite(c->v[CORES_AFTER][i]))
			return;
	text_add(buf, size, "No throughput was measured, or imported.");
}

static void comments(const struct plot_subject *x, FILE *out)
{
	(void)x;
	plot_put_word("metric", metric_names[METRIC_THROUGHPUT], out);
	plot_put_word("unit", "operations/s", out);
}

static void rows(const struct plot_subject *x, FILE *out)
{
	plot_put_columns(&x->cores->columns, 9, out);
}

static struct svg_axis cores_axis(const struct plot_columns *c, bool bare)
{
	struct svg_axis a = chart_axis(c->v[CORES_N][0], c->v[CORES_N][c->n - 1], 1, 1);

	if (a.scale == SVG_LOG)
		a.scale = SVG_LOG2;
	a.bare = bare;
	return a;
}

static void throughput_panel(struct svg *s, const struct plot_columns *c)
{
	double lo = 0, hi = 0;
	char unit[64];

	for (int side = 0; side < 2; side++) {
		chart_see_all(c->v[CORES_SIDE(side)], c->n, &lo, &hi);
		chart_see_all(c->v[CORES_SIDE(side) + 2], c->n, &lo, &hi);
	}
	s->y = (struct svg_axis){ .hi = 1.06 * hi,
		.unit = chart_unit(true, "", hi, unit, sizeof(unit)) };
	svg_y_title(s, unit);
	svg_begin(s);
	for (int side = 0; side < 2; side++) {
		double *const *v = &c->v[CORES_SIDE(side)];

		for (size_t i = 0; i < c->n; i++) {
			svg_upright(s, chart_error[side], c->v[CORES_N][i], v[1][i], v[2][i]);
			svg_mark(s, chart_mark[side], c->v[CORES_N][i], v[0][i]);
		}
		svg_curve(s, chart_curve[side], c->v[CORES_N], v[0], c->n);
	}
	svg_end(s);
}

static void efficiency_panel(struct svg *s, const struct plot_columns *c)
{
	double lo = 0, hi = 100;

	for (int side = 0; side < 2; side++)
		chart_see_all(c->v[CORES_EFFICIENCY_BEFORE + side], c->n, &lo, &hi);
	s->y = (struct svg_axis){ .hi = 1.06 * hi, .unit = 1 };
	svg_y_title(s, "efficiency (%)");
	svg_begin(s);
	svg_level(s, "z", 100);
	for (int side = 0; side < 2; side++)
		svg_curve(s, chart_curve[side], c->v[CORES_N],
			c->v[CORES_EFFICIENCY_BEFORE + side], c->n);
	svg_end(s);
}

static void draw(const struct plot_subject *x, const char *label, FILE *out)
{
	const struct plot_columns *c = &x->cores->columns;
	struct svg s = svg_frame(out, SVG_TOP, 296);
	bool has[2] = { false, false };

	for (size_t i = 0; i < c->n; i++)
		for (int side = 0; side < 2; side++)
			has[side] |= isfinite(c->v[CORES_SIDE(side)][i]);
	s.x = cores_axis(c, true);
	svg_open(out, SVG_PANELS_HEIGHT, label);
	chart_key(&s, x->source->alone, has);
	throughput_panel(&s, c);
	s = svg_frame(out, 324, SVG_PANELS_BOTTOM);
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
