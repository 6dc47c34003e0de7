/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plot-findings.c: what a picture shows, in words, for its title. */
#ifndef EXITBENCH_PLOT_PRIV_H
#define EXITBENCH_PLOT_PRIV_H

#include "report/plot/plot.h"

void plot_finding(const struct plot_source *s, const struct plot_data *c, enum plot_kind kind,
	char *buf, size_t size);
void plot_finding_cores(const struct plot_source *s, const struct plot_cores *c, char *buf,
	size_t size);
void plot_finding_calibration(const struct plot_calibration *c, char *buf, size_t size);

/* Why there is no picture; "" if there is one. */
void plot_emptiness(const struct plot_source *s, const struct plot_data *c, enum plot_kind kind,
	char *buf, size_t size);

/* Has it any throughput? */
bool plot_any_cores(const struct plot_cores *c);

#endif
