/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pictures inside a page: few bytes, colours and fonts from the page's style sheet. Sizes
 * are in half pixels of a picture 480 pixels wide. Colours and dashes are those of the
 * gnuplot scripts. Values are in the units of the axes.
 */
#ifndef EXITBENCH_SVG_H
#define EXITBENCH_SVG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define SVG_WIDTH 960

enum svg_scale { SVG_LINEAR, SVG_LOG, SVG_LOG2, SVG_PROBIT };

struct svg_axis {
	enum svg_scale scale;
	double lo, hi;
	double unit;		/* labels are values over this */
	int digits;		/* of a label; 0: six */
	bool plus;		/* with a sign */
	bool bare;		/* no labels */
	bool shares;		/* 0 to 100, drawn once for all */
};

/* A frame with its axes. */
struct svg {
	FILE *out;
	int left, top, width, height;
	struct svg_axis x, y;
};

/* BEFORE and AFTER as they are, markup; TEXT between them, which may hold anything, escaped. */
void put_markup(FILE *out, const char *before, const char *text, const char *after);

/* LABEL is the id of the element that says what it shows. */
void svg_open(FILE *out, int height, const char *label);
void svg_close(FILE *out);

/* Axes with grid and labels; what is drawn then is clipped to the frame, until svg_end(). */
void svg_begin(const struct svg *s);
void svg_end(const struct svg *s);

/*
 * What the pictures of a page share and refer to: the usual frame, the percentile axis,
 * shares up the side, marks (mb, ma: before, after), keys (kk: before and after; ks: of the
 * change).
 */
void svg_shared(FILE *out);

/* The frame that most pictures have, between TOP and BOTTOM. */
struct svg svg_frame(FILE *out, int top, int bottom);
#define SVG_TOP 44
#define SVG_BOTTOM 420
#define SVG_HEIGHT 510
/* Of several panels, one below the other. */
#define SVG_PANELS_BOTTOM 540
#define SVG_PANELS_HEIGHT 630

struct svg_axis svg_percentiles(void);	/* 1 to 99.9 */
struct svg_axis svg_shares(void);	/* 0 to 100 */

/*
 * Gaps at NAN. CLASS is one of the style sheet's: b before, a after, ...; those that begin
 * with p have a mark at each point and no line.
 */
void svg_curve(const struct svg *s, const char *class, const double *x, const double *y,
	size_t n);
void svg_band(const struct svg *s, const char *class, const double *x, const double *lo,
	const double *hi, size_t n);
/* Steps: from x[i] to x[i + 1] at y[i]; N values of y, one more of x. */
void svg_steps(const struct svg *s, const char *class, const double *x, const double *y, size_t n);
void svg_level(const struct svg *s, const char *class, double y);
void svg_upright(const struct svg *s, const char *class, double x, double y0, double y1);
/* A mark: SYMBOL is the id of a shared one. */
void svg_mark(const struct svg *s, const char *symbol, double x, double y);

/* Words under the frame, and up its left side. */
void svg_x_title(const struct svg *s, const char *text);
void svg_y_title(const struct svg *s, const char *text);

/* Sample and name of what is drawn, from left to right above the frame. */
void svg_key(const struct svg *s, int at, const char *class, const char *name);

#endif
