/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pictures of plot.h inside a page, without gnuplot: what gnuplot makes of one cell is
 * 150 kB, these are 5, and they take the page's colours, light or dark. LABEL is the id of
 * the element that says what is seen. Only for what plot_emptiness() has no word about.
 */
#ifndef EXITBENCH_CHART_H
#define EXITBENCH_CHART_H

#include "report/plot/plot.h"

void chart_cell(FILE *out, const struct plot_source *s, const struct plot_data *c,
	enum plot_kind kind, const char *label);
void chart_cores(FILE *out, const struct plot_source *s, const struct plot_cores *c,
	const char *label);
void chart_calibration(FILE *out, const struct plot_calibration *c, const char *label);

/* An effect with its interval on a scale from -END to END (log ratios), and the margin. */
void chart_effect(FILE *out, double delta, struct interval ci, double margin, double end);

#endif
