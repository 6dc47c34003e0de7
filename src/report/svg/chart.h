/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the charts of a page share: the classes of both sides, units, axes, keys. */
#ifndef EXITBENCH_CHART_H
#define EXITBENCH_CHART_H

#include "contract/metric.h"
#include "report/svg/svg.h"

/* Of before and after: classes of curves, bands, error bars and steps, symbols of marks. */
extern const char *const chart_curve[2], *const chart_band[2], *const chart_error[2],
	*const chart_steps[2], *const chart_mark[2];

/*
 * The unit that a value V is best read in: 1000 for "µs" with UNIT "ns". Its name, with what
 * UNIT says (operations/s if THROUGHPUT), goes to NAME.
 */
double chart_unit(bool throughput, const char *unit, double v, char *name, size_t size);

/* An axis from LO to HI with some room, in UNIT; logarithmic if the ends are RATIO apart. */
struct svg_axis chart_axis(double lo, double hi, double unit, double ratio);

/* Likewise of METRIC's values, measured in UNIT; TITLE: "exit time (µs), log scale". */
struct svg_axis chart_value_axis(enum metric metric, const char *unit, double lo, double hi,
	double ratio, char *title, size_t size);

/* Makes *LO and *HI include V, if that is a number. */
void chart_see(double v, double *lo, double *hi);
/* Likewise each of N values. */
void chart_see_all(const double *v, size_t n, double *lo, double *hi);

/*
 * Likewise those of N values that are not far beyond their quartiles: a tail that knows
 * nothing must not flatten it all.
 */
void chart_see_core(const double *v, size_t n, double *lo, double *hi);

/* The key of "before" and "after", of those that there are; none for one side ALONE. */
void chart_key(const struct svg *s, bool alone, const bool has[2]);

#endif
