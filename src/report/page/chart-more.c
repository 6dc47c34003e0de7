/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Charts of several panels, and the small one of a table's row. */
#include "config.h"
#include <math.h>
#include <string.h>
#include "report/page/chart-priv.h"

#define MOST 128
#define BOTTOM 540	/* panels take more height */
#define HEIGHT 630

static const struct svg_axis change_axis = { .unit = 1, .digits = 4, .plus = true };

/* A measurement's time axis; without labels but in the lowest panel. */
static struct svg_axis time_axis(const struct plot_time *t, bool bare)
{
	double end = t->moment[t->n - 1].t;
	struct svg_axis a = { .hi = end > 0 ? end : 1, .unit = end < 1 ? 1e-3 : 1, .bare = bare };

	a.lo = -0.01 * a.hi;
	a.hi *= 1.01;
	return a;
}

static void boots(const struct svg *s, const struct plot_time *t)
{
	for (size_t i = 0; i < t->nboots; i++)
		svg_upright(s, "o", t->boot[i], s->y.lo, s->y.hi);
}

static void level_panel(struct svg *s, const struct plot_source *src, const struct plot_data *c,
	const double *x)
{
	const struct plot_time *t = &c->time;
	double y[MOST], lo = INFINITY, hi = -INFINITY;
	char unit[64], title[96];

	for (size_t i = 0; i < t->n; i++)
		for (int side = 0; side < 2; side++)
			chart_see(t->moment[i].level[side], &lo, &hi);
	s->y = chart_axis(lo, hi, chart_unit(c->metric == METRIC_THROUGHPUT,
		dataset_cell(src->d, c->cell)->unit, hi, unit, sizeof(unit)), INFINITY);
	snprintf(title, sizeof(title), "p25 (%s)", unit);
	svg_y_title(s, title);
	svg_begin(s);
	boots(s, t);
	for (int side = 0; side < 2; side++) {
		for (size_t i = 0; i < t->n; i++)
			y[i] = t->moment[i].level[side];
		svg_curve(s, chart_curve[side], x, y, t->n);
	}
	svg_end(s);
}

static void change_panel(struct svg *s, const struct plot_time *t, double margin, const double *x)
{
	double y[MOST], lo[MOST], hi[MOST], least = -margin, most = margin;

	for (size_t i = 0; i < t->n; i++) {
		y[i] = compare_pct(t->moment[i].change);
		lo[i] = compare_pct(t->moment[i].ci.lo);
		hi[i] = compare_pct(t->moment[i].ci.hi);
		chart_see(y[i], &least, &most);
	}
	s->y = change_axis;
	s->y.lo = least - 0.1 * (most - least);
	s->y.hi = most + 0.1 * (most - least);
	svg_y_title(s, "change (%)");
	svg_begin(s);
	boots(s, t);
	svg_band(s, "c", x, lo, hi, t->n);
	svg_level(s, "z", 0);
	svg_level(s, "l", margin);
	svg_level(s, "l", -margin);
	svg_curve(s, "b", x, y, t->n);
	svg_end(s);
}

static void disturbed_panel(struct svg *s, const struct plot_time *t, const double *x, double most)
{
	s->y = (struct svg_axis){ .hi = 1.1 * most, .unit = 1, .digits = 2 };
	svg_y_title(s, "disturb. %");
	svg_begin(s);
	for (size_t i = 0; i < t->n; i++)
		svg_upright(s, "i", x[i], 0, t->moment[i].disturbed * 100);
	svg_end(s);
}

void chart_time(FILE *out, const struct plot_source *src, const struct plot_data *c,
	const char *label)
{
	const struct plot_time *t = &c->time;
	double x[MOST], most = 0, none = 0;
	bool change = t->paired && !src->alone;
	struct svg s;
	int top = SVG_TOP, rest = BOTTOM - SVG_TOP, unit;

	for (size_t i = 0; i < t->n; i++) {
		x[i] = t->moment[i].t;
		chart_see(t->moment[i].disturbed * 100, &none, &most);
	}
	unit = (rest - 24 * (change + (most > 0))) * 10 / (10 + 12 * change + 5 * (most > 0));
	s = svg_frame(out, top, top + unit);
	s.x = time_axis(t, change || most > 0);
	svg_open(out, HEIGHT, label);
	chart_key(&s, src->alone, c->has);
	level_panel(&s, src, c, x);
	if (change) {
		s = svg_frame(out, top + unit + 24, top + unit + 24 + unit * 12 / 10);
		s.x = time_axis(t, most > 0);
		change_panel(&s, t, src->margin * 100, x);
	}
	if (most > 0) {
		s = svg_frame(out, BOTTOM - unit / 2, BOTTOM);
		s.x = time_axis(t, false);
		disturbed_panel(&s, t, x, most);
	}
	s = svg_frame(out, SVG_TOP, BOTTOM);
	svg_x_title(&s, t->moment[t->n - 1].t < 1 ? "time on this cell (ms), without pauses" :
						    "time on this cell (s), without pauses");
	svg_close(out);
}

static struct svg_axis cores_axis(const struct plot_cores *c, bool bare)
{
	struct svg_axis a = chart_axis(c->point[0].cores, c->point[c->n - 1].cores, 1, 1);

	if (a.scale == SVG_LOG)
		a.scale = SVG_LOG2;
	a.bare = bare;
	return a;
}

static void throughput_panel(struct svg *s, const struct plot_cores *c, const double *x)
{
	double y[MOST], lo = 0, hi = 0;
	char unit[64];

	for (size_t i = 0; i < c->n && i < MOST; i++)
		for (int side = 0; side < 2; side++) {
			chart_see(c->point[i].value[side], &lo, &hi);
			chart_see(c->point[i].ci[side].hi, &lo, &hi);
		}
	s->y = (struct svg_axis){ .hi = 1.06 * hi,
		.unit = chart_unit(true, "", hi, unit, sizeof(unit)) };
	svg_y_title(s, unit);
	svg_begin(s);
	for (int side = 0; side < 2; side++) {
		for (size_t i = 0; i < c->n && i < MOST; i++) {
			y[i] = c->point[i].value[side];
			svg_upright(s, side ? "ae" : "be", x[i], c->point[i].ci[side].lo,
				c->point[i].ci[side].hi);
			svg_mark(s, chart_mark[side], x[i], y[i]);
		}
		svg_curve(s, chart_curve[side], x, y, c->n < MOST ? c->n : MOST);
	}
	svg_end(s);
}

static void efficiency_panel(struct svg *s, const struct plot_cores *c, const double *x)
{
	double y[MOST], lo = 0, hi = 100;

	for (size_t i = 0; i < c->n && i < MOST; i++)
		for (int side = 0; side < 2; side++)
			chart_see(c->point[i].efficiency[side] * 100, &lo, &hi);
	s->y = (struct svg_axis){ .hi = 1.06 * hi, .unit = 1 };
	svg_y_title(s, "efficiency (%)");
	svg_begin(s);
	svg_level(s, "z", 100);
	for (int side = 0; side < 2; side++) {
		for (size_t i = 0; i < c->n && i < MOST; i++)
			y[i] = c->point[i].efficiency[side] * 100;
		svg_curve(s, chart_curve[side], x, y, c->n < MOST ? c->n : MOST);
	}
	svg_end(s);
}

void chart_cores(FILE *out, const struct plot_source *src, const struct plot_cores *c,
	const char *label)
{
	struct svg s = svg_frame(out, SVG_TOP, 296);
	double x[MOST];
	bool has[2] = { false, false };

	for (size_t i = 0; i < c->n && i < MOST; i++) {
		x[i] = c->point[i].cores;
		for (int side = 0; side < 2; side++)
			has[side] |= isfinite(c->point[i].value[side]);
	}
	s.x = cores_axis(c, true);
	svg_open(out, HEIGHT, label);
	chart_key(&s, src->alone, has);
	throughput_panel(&s, c, x);
	s = svg_frame(out, 324, BOTTOM);
	s.x = cores_axis(c, false);
	efficiency_panel(&s, c, x);
	svg_x_title(&s, "cores, log scale");
	svg_close(out);
}

static void dose_panel(struct svg *s, const struct plot_calibration *c)
{
	double lo = 0, hi = 0;

	for (size_t i = 0; i < c->ndoses; i++) {
		chart_see(c->dose[i].injected_pct, &lo, &hi);
		chart_see(c->dose[i].lo, &lo, &hi);
		chart_see(c->dose[i].hi, &lo, &hi);
	}
	s->x = s->y = chart_axis(lo, hi, 1, INFINITY);
	svg_y_title(s, "recovered (%)");
	svg_x_title(s, "injected (%)");
	svg_begin(s);
	svg_curve(s, "l", (double[]){ s->x.lo, s->x.hi }, (double[]){ s->x.lo, s->x.hi }, 2);
	for (size_t i = 0; i < c->ndoses; i++) {
		int kernel = strcmp(c->dose[i].side, "user") != 0;

		svg_upright(s, kernel ? "ae" : "be", c->dose[i].injected_pct, c->dose[i].lo,
			c->dose[i].hi);
		svg_mark(s, chart_mark[kernel], c->dose[i].injected_pct, c->dose[i].recovered_pct);
	}
	svg_end(s);
}

static void detectable_panel(struct svg *s, const struct plot_calibration *c)
{
	double x[MOST], y[MOST], t_lo = INFINITY, t_hi = 0, lo = INFINITY, hi = 0;
	size_t n = c->ndetectable < MOST ? c->ndetectable : MOST;

	for (size_t i = 0; i < n; i++) {
		x[i] = c->detectable[i].time_s;
		y[i] = c->detectable[i].detectable_pct;
		chart_see(x[i], &t_lo, &t_hi);
		chart_see(y[i], &lo, &hi);
	}
	s->x = chart_axis(t_lo, t_hi, 1, 1.5);
	s->y = chart_axis(lo, hi, 1, 1.5);
	svg_y_title(s, "detectable change (%)");
	svg_x_title(s, "time (s), log scale");
	svg_begin(s);
	svg_curve(s, "b", x, y, n);
	for (size_t i = 0; i < n; i++)
		svg_mark(s, "mb", x[i], y[i]);
	svg_end(s);
}

void chart_calibration(FILE *out, const struct plot_calibration *c, const char *label)
{
	struct svg s = svg_frame(out, SVG_TOP, SVG_BOTTOM);

	if (c->ndoses) {
		svg_open(out, SVG_HEIGHT, label);
		svg_key(&s, 0, "be", "in user time");
		svg_key(&s, 220, "ae", "in the kernel");
		svg_key(&s, 460, "l", "recovered = injected");
		dose_panel(&s, c);
		svg_close(out);
	}
	if (c->ndetectable) {
		svg_open(out, SVG_HEIGHT, label);
		detectable_panel(&s, c);
		svg_close(out);
	}
}

/* 240 x 36 half pixels; what is beyond the ends is at them. */
static int effect_x(double v, double end)
{
	double at = 120 + 114 * v / end;

	return (int)lround(at < 2 ? 2 : at > 238 ? 238 : at);
}

void chart_effect(FILE *out, double delta, struct interval ci, double margin, double end)
{
	double m = log1p(margin);

	fprintf(out, "<svg class=e viewBox=\"0 0 240 36\" aria-hidden=true><path class=l "
		"d=\"M%d 0v36M%d 0v36\"/><path class=z d=\"M120 0v36\"/>", effect_x(-m, end),
		effect_x(m, end));
	if (!isnan(ci.lo) && !isnan(ci.hi))
		fprintf(out, "<path class=be d=\"M%d 18H%d\"/>", effect_x(ci.lo, end),
			effect_x(ci.hi, end));
	if (!isnan(delta))
		fprintf(out, "<use href=#mb x=%d y=18 />", effect_x(delta, end));
	fputs("</svg>", out);
}
