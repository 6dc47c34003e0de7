/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What exitbench lab was asked for, and doing it. */
#ifndef EXITBENCH_LAB_MEASURE_H
#define EXITBENCH_LAB_MEASURE_H

#include "command/lab/lab.h"
#include "dataset/dataset.h"
#include "lab/run/exact.h"

struct lab_options {
	const char *output;		/* the result file */
	const char *variants;		/* NULL: all that are shipped, unless kernels are given */
	struct strings kernels;		/* "[NAME=]FILE" */
	struct strings params;
	const char *workloads;		/* NULL: the main ones */
	const char *append;
	unsigned int metrics;		/* as for results_make() */
	int jobs;
	struct kernel_options build;
	struct exact_options exact;
	bool timed;			/* else exact */
	int64_t time_ns;		/* timed: in all */
	double probe_limit;		/* timed: see struct timed_options */
	int boots;			/* timed: of each kernel; 0: 4, or a few more that --pad takes */
	struct pads pads;		/* timed: builds of each variant, in turn; none: as it is */
	uint64_t seed;
	bool json;
};

/*
 * Builds, measures, writes, prints. COMMAND is for the result file. 0, or negative after
 * fail(). Call signals_catch() before.
 */
int lab_measure(const struct lab_options *o, const char *command);

#endif
