/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which two sides, metrics and margin: the options of all that reports on a comparison. */
#ifndef EXITBENCH_SIDES_H
#define EXITBENCH_SIDES_H

#include "contract/metric.h"
#include "dataset/dataset.h"
#include "text/options.h"

struct sides {
	struct dataset_options data;	/* borrows the command line */
	double margin;			/* 0.01: 1% */
	unsigned int metrics;		/* METRIC_BIT()s; 0: each cell's primary one */
};

/* A row for --margin, which is a double in struct type BASE. */
#define MARGIN_ROW(base, field)									\
	{ "margin", 'M', "PCT", TO_FRACTION(base, field), "a change that does not matter",	\
		.def = "1", .above = "0", .max = "100" }

/* Rows for struct sides FIELD in struct type BASE. BOTH: what --after says of twice the same. */
#define SIDES_ROWS(base, field, both)								\
	{ "metric", 'm', "M,...", TO_CHOICES(base, field.metrics), NULL, .words = metric_names,	\
		.shown = "each cell's primary one" },						\
	MARGIN_ROW(base, field.margin),								\
	{ "before", 'b', "ARM", TO_TEXT(base, field.data.arms[0]), "the arm that is before",	\
		.shown = "the first" },								\
	{ "after", 'a', "ARM", TO_TEXT(base, field.data.arms[1]), "the arm that is after" both,	\
		.shown = "the second" }

/* The one or two files that are left of the arguments. */
void sides_files(struct sides *s, const struct arguments *a);

#endif
