/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What chart.c and chart-time.c share. */
#ifndef EXITBENCH_CHART_PRIV_H
#define EXITBENCH_CHART_PRIV_H

#include "report/page/chart.h"
#include "report/page/svg.h"

extern const char *const chart_curve[2], *const chart_band[2], *const chart_mark[2],
	*const chart_role[2];

/* The unit that V of a metric is best read in, and its name: 1000 and "µs". */
double chart_unit(bool throughput, const char *unit, double v, char *name, size_t size);

/* As axis: with some room, logarithmic if the ends are RATIO apart. */
struct svg_axis chart_axis(double lo, double hi, double unit, double ratio);

/* What LO and HI are shown. */
void chart_see(double v, double *lo, double *hi);

/* "before" and "after", where there are both. */
void chart_key(const struct svg *s, bool alone, const bool has[2]);

void chart_time(FILE *out, const struct plot_source *s, const struct plot_data *c,
	const char *label);

#endif
