/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which two sides, metrics and margin: the options of all that reports on a comparison. */
#ifndef EXITBENCH_SIDES_H
#define EXITBENCH_SIDES_H

#include <getopt.h>
#include "dataset/dataset.h"

struct sides {
	struct dataset_options data;	/* borrows the command line */
	double margin;			/* 0.01: 1% */
	unsigned int metrics;		/* METRIC_BIT()s; 0: each cell's primary one */
};

#define SIDES_DEFAULT { .margin = 0.01 }

/* For the table of options, and what --help says of the metrics. */
#define SIDES_LONGS						\
	{ "metric", required_argument, NULL, 'm' },		\
	{ "margin", required_argument, NULL, 'M' },		\
	{ "before", required_argument, NULL, 'b' },		\
	{ "after", required_argument, NULL, 'a' }

#define SIDES_METRIC_HELP								\
	"  -m, --metric M,...   " METRIC_LIST(METRIC_IN_TEXT) "throughput, all\n"	\
	"                       (each cell's primary one)\n"

/* Takes option C if it is one of SIDES_LONGS: 0, or negative after fail(). */
int sides_set(struct sides *s, int c, const char *value);

/* The one or two files that are left of the arguments. */
void sides_files(struct sides *s, int argc, char **argv);

#endif
