/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Picture: what came out of known doses, and the smallest change that was detectable. */
#include "config.h"
#include <math.h>
#include "base/clean-text.h"
#include "report/plot/plot-priv.h"
#include "report/svg/chart.h"
#include "text/units.h"

static void finding(const struct plot_subject *x, char *buf, size_t size)
{
	const struct calibration *c = x->calibration;
	double xy = 0, xx = 0;
	char time[32];

	for (int side = 0; side < CALIBRATION_SIDES; side++)
		for (int i = 0; i < c->side[side].n; i++) {
			xy += c->side[side].v[i].injected * c->side[side].v[i].recovered.pct;
			xx += c->side[side].v[i].injected * c->side[side].v[i].injected;
		}
	if (xx > 0)
		text_add(buf, size, "recovered is %.3g times what was injected", xy / xx);
	if (c->npoints)
		text_add(buf, size, "%sthe smallest detectable change after %s is %.2g%%",
			*buf ? "; " : "", format_duration(c->points[c->npoints - 1].seconds, time,
				sizeof(time)), c->points[c->npoints - 1].detectable);
	if (!*buf)
		text_add(buf, size, "nothing");
}

static int count_doses(const struct calibration *c)
{
	return c->side[CALIBRATION_USER].n + c->side[CALIBRATION_KERNEL].n;
}

static void empty(const struct plot_subject *x, char *buf, size_t size)
{
	if (!count_doses(x->calibration) && !x->calibration->npoints)
		text_add(buf, size, "Neither doses nor a detectable change are in the file.");
}

static void rows(const struct plot_subject *x, FILE *out)
{
	const struct calibration *c = x->calibration;

	for (int side = 0; side < CALIBRATION_SIDES; side++)
		for (int i = 0; i < c->side[side].n; i++) {
			const struct calibration_dose *d = &c->side[side].v[i];

			fprintf(out, "%s\t", calibration_sides[side]);
			plot_put(d->injected, '\t', out);
			plot_put(d->recovered.pct, '\t', out);
			plot_put(d->recovered.lo, '\t', out);
			plot_put(d->recovered.hi, '\n', out);
		}
	fputs("\n\ntime_s\tdetectable_pct\n", out);
	for (int i = 0; i < c->npoints; i++) {
		plot_put(c->points[i].seconds, '\t', out);
		plot_put(c->points[i].detectable, '\n', out);
	}
}

static void put_dose(struct svg *s, const struct calibration_dose *d, int side)
{
	svg_upright(s, chart_error[side], d->injected, d->recovered.lo, d->recovered.hi);
	svg_mark(s, chart_mark[side], d->injected, d->recovered.pct);
}

static void dose_panel(struct svg *s, const struct calibration *c)
{
	double lo = 0, hi = 0;

	for (int side = 0; side < CALIBRATION_SIDES; side++)
		for (int i = 0; i < c->side[side].n; i++) {
			chart_see(c->side[side].v[i].injected, &lo, &hi);
			chart_see(c->side[side].v[i].recovered.lo, &lo, &hi);
			chart_see(c->side[side].v[i].recovered.hi, &lo, &hi);
		}
	s->x = s->y = chart_axis(lo, hi, 1, INFINITY);
	svg_y_title(s, "recovered (%)");
	svg_x_title(s, "injected (%)");
	svg_begin(s);
	svg_curve(s, "l", (double[]){ s->x.lo, s->x.hi }, (double[]){ s->x.lo, s->x.hi }, 2);
	for (int side = 0; side < CALIBRATION_SIDES; side++)
		for (int i = 0; i < c->side[side].n; i++)
			put_dose(s, &c->side[side].v[i], side);
	svg_end(s);
}

static void detectable_panel(struct svg *s, const struct calibration *c)
{
	double x[CALIBRATION_POINTS], y[CALIBRATION_POINTS];
	double t_lo = INFINITY, t_hi = 0, lo = INFINITY, hi = 0;
	size_t n = (size_t)c->npoints;

	for (size_t i = 0; i < n; i++) {
		x[i] = c->points[i].seconds;
		y[i] = c->points[i].detectable;
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

static void draw(const struct plot_subject *x, const char *label, FILE *out)
{
	const struct calibration *c = x->calibration;
	struct svg s = svg_frame(out, SVG_TOP, SVG_BOTTOM);

	if (count_doses(c)) {
		svg_open(out, SVG_HEIGHT, label);
		svg_key(&s, 0, chart_error[CALIBRATION_USER], "in user time");
		svg_key(&s, 220, chart_error[CALIBRATION_KERNEL], "in the kernel");
		svg_key(&s, 460, "l", "recovered = injected");
		dose_panel(&s, c);
		svg_close(out);
	}
	if (c->npoints) {
		svg_open(out, SVG_HEIGHT, label);
		detectable_panel(&s, c);
		svg_close(out);
	}
}

const struct picture picture_calibration = {
	.name = "calibration",
	.title = "Calibration",
	.of = PLOT_OF_CALIBRATION,
	.columns = "side\tinjected_pct\trecovered_pct\tlo\thi",
	.finding = finding,
	.empty = empty,
	.rows = rows,
	.draw = draw,
};
