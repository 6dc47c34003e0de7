/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Axes, curves and marks as SVG for a page: few bytes, coordinates are whole half pixels. */
#include "config.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>
#include "base/clean-text.h"
#include "report/svg/svg.h"

#define LEFT 116
#define RIGHT 922
#define MOST_TICKS 24
#define FAR 3000	/* drawing from much further outside goes astray */

static const double percentile_ticks[] = { 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9 };

static double scaled(const struct svg_axis *a, double v)
{
	switch (a->scale) {
	case SVG_LOG:
	case SVG_LOG2:
		return log(v);
	case SVG_PROBIT:
		return gsl_cdf_ugaussian_Pinv(v / 100);
	default:
		return v;
	}
}

/* Where V is between the ends of the axis, of SIZE units; NAN stays. */
static double position(const struct svg_axis *a, double v, int size)
{
	double lo = scaled(a, a->lo), hi = scaled(a, a->hi);
	double at = (scaled(a, v) - lo) / (hi - lo) * size;

	return at > FAR ? FAR : at < -FAR ? -FAR : at;
}

static double px(const struct svg *s, double v)
{
	return position(&s->x, v, s->width);
}

static double py(const struct svg *s, double v)
{
	double at = position(&s->y, v, s->height);

	return s->height - at;
}

void put_markup(FILE *out, const char *before, const char *text, const char *after)
{
	fputs(before, out);
	text_put(text, TEXT_MARKUP, out);
	fputs(after, out);
}

void svg_open(FILE *out, int height, const char *label)
{
	fprintf(out, "<svg viewBox=\"0 0 %d %d\" role=img aria-labelledby=%s>", SVG_WIDTH, height,
		label);
}

void svg_close(FILE *out)
{
	fputs("</svg>", out);
}

/* 1, 2 or 5 times a power of ten, so that there are at most MOST. */
static int linear_ticks(const struct svg_axis *a, double *tick, int most)
{
	double step = pow(10, floor(log10((a->hi - a->lo) / most)));
	int n = 0;

	while ((a->hi - a->lo) / step > most)
		step *= (a->hi - a->lo) / (2 * step) <= most ? 2 :
			(a->hi - a->lo) / (5 * step) <= most ? 5 : 10;
	for (double i = ceil(a->lo / step - 1e-9); i * step <= a->hi * (1 + 1e-12) + 1e-9 * step &&
	     n < MOST_TICKS; i++)
		tick[n++] = i * step;
	return n;
}

static int log_ticks(const struct svg_axis *a, double *tick)
{
	static const double few[] = { 1, 0 }, some[] = { 1, 2, 5, 0 }, many[] = { 1, 1.5, 2, 3, 5, 7, 0 };
	double decades = log10(a->hi / a->lo);
	const double *digit = decades < 1 ? many : decades < 3.5 ? some : few;
	int n = 0;

	for (double k = floor(log10(a->lo / a->unit)); k <= log10(a->hi / a->unit); k++)
		for (int i = 0; digit[i] > 0; i++) {
			double v = digit[i] * pow(10, k) * a->unit;

			if (v >= a->lo && v <= a->hi && n < MOST_TICKS)
				tick[n++] = v;
		}
	return n;
}

static int ticks(const struct svg_axis *a, double *tick, int most)
{
	struct svg_axis unit = *a;
	int n;

	if (a->scale == SVG_PROBIT) {
		memcpy(tick, percentile_ticks, sizeof(percentile_ticks));
		return sizeof(percentile_ticks) / sizeof(*percentile_ticks);
	}
	if (a->scale == SVG_LOG2) {
		n = 0;
		for (double v = 1; v <= a->hi && n < MOST_TICKS; v *= 2)
			if (v >= a->lo)
				tick[n++] = v;
		if (n > 1)
			return n;
	}
	if (a->scale == SVG_LOG) {
		n = log_ticks(a, tick);
		if (n > 1)
			return n;
	}
	unit.lo /= a->unit;
	unit.hi /= a->unit;
	n = linear_ticks(&unit, tick, most);
	for (int i = 0; i < n; i++)
		tick[i] *= a->unit;
	return n;
}

static void put_label(FILE *out, const struct svg_axis *a, double v)
{
	char text[32];

	v /= a->unit;
	if (fabs(v) < 1e-12)
		v = 0;
	snprintf(text, sizeof(text), v != 0 && a->plus ? "%+.*g" : "%.*g", a->digits ? a->digits : 6,
		v);
	fputs(text, out);
}

static void x_axis(const struct svg *s, const double *tick, int n)
{
	fputs("<path class=g d=\"", s->out);
	for (int i = 0; i < n; i++)
		fprintf(s->out, "M%.0f %dv-%d", s->left + px(s, tick[i]), s->top + s->height,
			s->height);
	fputs("\"/>", s->out);
	if (s->x.bare)
		return;
	fputs("<g class=x>", s->out);
	for (int i = 0; i < n; i++) {
		fprintf(s->out, "<text x=%.0f y=%d>", s->left + px(s, tick[i]),
			s->top + s->height + 32);
		put_label(s->out, &s->x, tick[i]);
		fputs("</text>", s->out);
	}
	fputs("</g>", s->out);
}

static void y_axis(const struct svg *s, const double *tick, int n)
{
	fputs("<path class=g d=\"", s->out);
	for (int i = 0; i < n; i++)
		fprintf(s->out, "M%d %.0fh%d", s->left, s->top + py(s, tick[i]), s->width);
	fputs("\"/>", s->out);
	if (s->y.bare)
		return;
	fputs("<g class=y>", s->out);
	for (int i = 0; i < n; i++) {
		fprintf(s->out, "<text x=%d y=%.0f>", s->left - 8, s->top + py(s, tick[i]) + 9);
		put_label(s->out, &s->y, tick[i]);
		fputs("</text>", s->out);
	}
	fputs("</g>", s->out);
}

/* Ticks that are far enough apart for their labels. */
static int thin(const struct svg *s, double *tick, int n, int least)
{
	double last = -INFINITY;
	int kept = 0;

	for (int i = 0; i < n; i++) {
		double at = px(s, tick[i]);

		if (at - last < least)
			continue;
		last = at;
		tick[kept++] = tick[i];
	}
	return kept;
}

static bool is_usual(const struct svg *s)
{
	return s->top == SVG_TOP && s->top + s->height == SVG_BOTTOM;
}

void svg_begin(const struct svg *s)
{
	double tick[MOST_TICKS];
	int n;

	if (s->x.scale == SVG_PROBIT) {
		fputs("<use href=#px />", s->out);
	} else {
		n = ticks(&s->x, tick, 7);
		x_axis(s, tick, thin(s, tick, n, s->x.digits > 6 ? 110 : 70));
	}
	if (s->y.shares && is_usual(s)) {
		fputs("<use href=#sh />", s->out);
	} else {
		n = ticks(&s->y, tick, s->height > 250 ? 6 : s->height > 120 ? 4 : 2);
		y_axis(s, tick, n);
	}
	fprintf(s->out, "<svg x=%d y=%d width=%d height=%d>", s->left, s->top, s->width, s->height);
}

void svg_end(const struct svg *s)
{
	fputs("</svg>", s->out);
	if (is_usual(s)) {
		fputs("<use href=#fr />", s->out);
		return;
	}
	fprintf(s->out, "<path class=f d=\"M%d %dv%dh%d\"/>", s->left, s->top, s->height, s->width);
}

struct svg svg_frame(FILE *out, int top, int bottom)
{
	return (struct svg){ .out = out, .left = LEFT, .top = top, .width = RIGHT - LEFT,
		.height = bottom - top, .x = { .unit = 1 }, .y = { .unit = 1 } };
}

struct svg_axis svg_percentiles(void)
{
	return (struct svg_axis){ .scale = SVG_PROBIT, .lo = 0.9, .hi = 99.91, .unit = 1 };
}

struct svg_axis svg_shares(void)
{
	return (struct svg_axis){ .lo = 0, .hi = 100, .unit = 1, .shares = true };
}

void svg_shared(FILE *out)
{
	static const double shares[] = { 0, 25, 50, 75, 100 };
	struct svg s = svg_frame(out, SVG_TOP, SVG_BOTTOM);

	s.x = svg_percentiles();
	s.y = svg_shares();
	fputs("<svg class=defs aria-hidden=true width=0 height=0><defs><g id=px>", out);
	x_axis(&s, percentile_ticks, sizeof(percentile_ticks) / sizeof(*percentile_ticks));
	svg_x_title(&s, "percentile (normal quantiles: both tails stretched)");
	fputs("</g><g id=sh>", out);
	y_axis(&s, shares, sizeof(shares) / sizeof(*shares));
	fprintf(out, "</g><path id=fr class=f d=\"M%d %dv%dh%d\"/><g id=kk>", s.left, s.top, s.height,
		s.width);
	svg_key(&s, 0, "b", "before");
	svg_key(&s, 190, "a", "after");
	fputs("</g><g id=ks>", out);
	svg_key(&s, 0, "b", "change");
	svg_key(&s, 165, "kc", "95% interval");
	svg_key(&s, 395, "kd", "joint band");
	svg_key(&s, 600, "l", "margin");
	fputs("</g>"
	      "<marker id=k17 class=m viewBox=\"-10 -10 20 20\" markerUnits=userSpaceOnUse "
	      "markerWidth=20 markerHeight=20><path class=m d=\"M-8-8h16v16h-16z\"/></marker>"
	      "<marker id=k21 viewBox=\"-12 -12 24 24\" markerUnits=userSpaceOnUse markerWidth=24 "
	      "markerHeight=24><path class=m d=\"M0-10l10 10-10 10-10-10z\"/></marker>"
	      "<marker id=kb viewBox=\"-6 -6 12 12\" markerUnits=userSpaceOnUse markerWidth=12 "
	      "markerHeight=12><circle class=mb r=6 /></marker>"
	      "<circle id=mb class=mb r=6 />"
	      "<path id=ma class=ma d=\"M0-8l8 14h-16z\"/>"
	      "</defs></svg>\n", out);
}

static void put_point(FILE *out, char how, double x, double y, long *lx, long *ly)
{
	long nx = lround(x), ny = lround(y);

	if (how == 'M')
		fprintf(out, "M%ld %ld", nx, ny);
	else
		fprintf(out, "%s%ld%s%ld", how ? "l" : nx - *lx < 0 ? "" : " ", nx - *lx,
			ny - *ly < 0 ? "" : " ", ny - *ly);
	*lx = nx;
	*ly = ny;
}

void svg_curve(const struct svg *s, const char *class, const double *x, const double *y, size_t n)
{
	long lx = 0, ly = 0;
	bool any = false;
	int state = 0;		/* 0: pen up, 1: at the first point, 2: on the way */

	for (size_t i = 0; i < n && !any; i++)
		any = !isnan(px(s, x[i])) && !isnan(py(s, y[i]));
	if (!any)
		return;
	fprintf(s->out, "<path class=%s d=\"", class);
	for (size_t i = 0; i < n; i++) {
		double u = px(s, x[i]), v = py(s, y[i]);

		if (isnan(u) || isnan(v)) {
			if (state == 1)		/* one point alone: a dot */
				fputs("h0", s->out);
			state = 0;
			continue;
		}
		put_point(s->out, state == 0 ? 'M' : state == 1 ? 'l' : '\0', u, v, &lx, &ly);
		if (state < 2)
			state++;
	}
	fprintf(s->out, "%s\"/>", state == 1 ? "h0" : "");
}

static void band_part(const struct svg *s, const double *x, const double *lo, const double *hi,
	size_t from, size_t to)
{
	long lx = 0, ly = 0;
	size_t n = 0;

	for (size_t i = from; i < to; i++, n++)
		put_point(s->out, n == 0 ? 'M' : n == 1 ? 'l' : '\0', px(s, x[i]), py(s, hi[i]),
			&lx, &ly);
	for (size_t i = to; i-- > from; n++)
		put_point(s->out, n == 1 ? 'l' : '\0', px(s, x[i]), py(s, lo[i]), &lx, &ly);
	fputc('z', s->out);
}

static bool has(const struct svg *s, const double *x, const double *lo, const double *hi, size_t i)
{
	return !isnan(px(s, x[i])) && !isnan(py(s, lo[i])) && !isnan(py(s, hi[i]));
}

void svg_band(const struct svg *s, const char *class, const double *x, const double *lo,
	const double *hi, size_t n)
{
	bool any = false;

	for (size_t i = 0; i < n && !any; i++)
		any = has(s, x, lo, hi, i);
	if (!any)
		return;
	fprintf(s->out, "<path class=%s d=\"", class);
	for (size_t i = 0; i < n; i++) {
		size_t from = i;

		while (i < n && has(s, x, lo, hi, i))
			i++;
		if (i > from)
			band_part(s, x, lo, hi, from, i);
	}
	fputs("\"/>", s->out);
}

void svg_steps(const struct svg *s, const char *class, const double *x, const double *y, size_t n)
{
	long at = s->height, left = lround(px(s, x[0]));

	fprintf(s->out, "<path class=%s d=\"M%ld %ld", class, left, at);
	for (size_t i = 0; i < n; i++) {
		long up = lround(py(s, isnan(y[i]) ? 0 : y[i])), right = lround(px(s, x[i + 1]));

		if (up != at)
			fprintf(s->out, "v%ld", up - at);
		fprintf(s->out, "h%ld", right - left);
		at = up;
		left = right;
	}
	fprintf(s->out, "V%dz\"/>", s->height);
}

void svg_level(const struct svg *s, const char *class, double y)
{
	if (!isnan(py(s, y)))
		fprintf(s->out, "<path class=%s d=\"M0 %.0fh%d\"/>", class, py(s, y), s->width);
}

void svg_upright(const struct svg *s, const char *class, double x, double y0, double y1)
{
	double from = py(s, y0), to = py(s, y1);

	if (!isnan(px(s, x)) && !isnan(from) && !isnan(to))
		fprintf(s->out, "<path class=%s d=\"M%.0f %.0fV%.0f\"/>", class, px(s, x), from, to);
}

void svg_mark(const struct svg *s, const char *symbol, double x, double y)
{
	if (!isnan(px(s, x)) && !isnan(py(s, y)))
		fprintf(s->out, "<use href=#%s x=%.0f y=%.0f />", symbol, px(s, x), py(s, y));
}

void svg_x_title(const struct svg *s, const char *text)
{
	fprintf(s->out, "<text class=t x=%d y=%d>", s->left + s->width / 2, s->top + s->height + 72);
	put_markup(s->out, "", text, "</text>");
}

void svg_y_title(const struct svg *s, const char *text)
{
	fprintf(s->out, "<text class=t transform=\"translate(24 %d)rotate(-90)\">",
		s->top + s->height / 2);
	put_markup(s->out, "", text, "</text>");
}

void svg_key(const struct svg *s, int at, const char *class, const char *name)
{
	fprintf(s->out, "<path class=%s d=\"M%d 22h44\"/><text x=%d y=31>", class, s->left + at,
		s->left + at + 54);
	put_markup(s->out, "", name, "</text>");
}
