/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of a comparison as people read them, the same in every report. */
#ifndef EXITBENCH_FORMAT_H
#define EXITBENCH_FORMAT_H

#include "dataset/dataset.h"

#define FORMAT_PCT 16
#define FORMAT_INTERVAL 40
#define FORMAT_VALUE 48

/*
 * A value of METRIC, which is in UNIT: "5.72 µs", "61200/s", else the number alone; "-" for
 * what there is none of. All return BUF.
 */
char *format_value(enum metric metric, const char *unit, double v, char *buf, size_t size);

/* A log ratio in per cent without the sign %, in at most 7 columns: "+1.59". */
char *format_pct(double log_ratio, char *buf, size_t size);

/* "[-0.27, +0.08]", of log ratios; "-" for none. */
char *format_interval(struct interval i, char *buf, size_t size);

/* A percentile's values, change and intervals: a row of each report's table. */
struct format_row {
	char before[FORMAT_VALUE], after[FORMAT_VALUE], pct[FORMAT_PCT];
	char ci[FORMAT_INTERVAL], band[FORMAT_INTERVAL];
};
void format_row(enum metric metric, const char *unit, const struct compare_percentile *p,
	struct format_row *row);

/* "+1.59% [+1.19, +2.00]", or what is missing of it, appended. */
void text_add_change(char *buf, size_t size, double delta, struct interval i);

#endif
