/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Picture: what came out of known doses, and the smallest change that was detectable. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/clean-text.h"
#include "cell/cell-text.h"
#include "report/plot/plot-priv.h"
#include "report/svg/chart.h"
#include "text/units.h"

void plot_calibration_make(const struct calibration *c, struct plot_calibration *out)
{
	char *params = cell_params(c->workload, c->params, false);

	*out = (struct plot_calibration){ 0 };
	snprintf(out->cell, sizeof(out->cell), "%s of %s, %d core%s %s%s%s", c->metric, c->workload,
		c->cores, c->cores == 1 ? "" : "s", c->place, params && *params ? ", " : "",
		params ? params : "");
	free(params);
	for (int i = 0; i < c->npoints; i++)
		out->detectable[out->ndetectable++] = (struct plot_detectable){
			c->points[i].seconds, c->points[i].detectable };
	for (int side = 0; side < CALIBRATION_SIDES; side++)
		for (int i = 0; i < c->side[side].n; i++) {
			const struct calibration_dose *d = &c->side[side].v[i];

			out->dose[out->ndoses++] = (struct plot_dose){ calibration_sides[side],
				d->injected, d->recovered.pct, d->recovered.lo, d->recovered.hi };
		}
}

static void finding(const struct plot_subject *x, char *buf, size_t size)
{
	const struct plot_calibration *c = x->calibration;
	double xy = 0, xx = 0;
	char time[32];

	for (size_t i = 0; i < c->ndoses; i++) {
		xy += c->dose[i].injected_pct * c->dose[i].recovered_pct;
		xx += c->dose[i].injected_pct * c->dose[i].injected_pct;
	}
	if (xx > 0)
		text_add(buf, size, "recovered is %.3g times what was injected", xy / xx);
	if (c->ndetectable)
		text_add(buf, size, "%sthe smallest detectable change after %s is %.2g%%",
			*buf ? "; " : "", format_duration(c->detectable[c->ndetectable - 1].time_s,
				time, sizeof(time)),
			c->detectable[c->ndetectable - 1].detectable_pct);
	if (!*buf)
		text_add(buf, size, "nothing");
}

static void empty(const struct plot_subject *x, char *buf, size_t size)
{
	if (!x->calibration->ndoses && !x->calibration->ndetectable)
		text_add(buf, size, "Neither doses nor a detectable change are in the file.");
}

static void rows(const struct plot_subject *x, FILE *out)
{
	const struct plot_calibration *c = x->calibration;

	for (size_t i = 0; i < c->ndoses; i++) {
		const struct plot_dose *d = &c->dose[i];

		fprintf(out, "%s\t", d->side);
		plot_put(d->injected_pct, '\t', out);
		plot_put(d->recovered_pct, '\t', out);
		plot_put(d->lo, '\t', out);
		plot_put(d->hi, '\n', out);
	}
	fputs("\n\ntime_s\tdetectable_pct\n", out);
	for (size_t i = 0; i < c->ndetectable; i++) {
		plot_put(c->detectable[i].time_s, '\t', out);
		plot_put(c->detectable[i].detectable_pct, '\n', out);
	}
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
	double x[CALIBRATION_POINTS], y[CALIBRATION_POINTS];
	double t_lo = INFINITY, t_hi = 0, lo = INFINITY, hi = 0;
	size_t n = c->ndetectable;

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

static void draw(const struct plot_subject *x, const char *label, FILE *out)
{
	const struct plot_calibration *c = x->calibration;
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
