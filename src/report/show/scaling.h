/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How throughput grows with the number of cores. */
#ifndef EXITBENCH_SCALING_H
#define EXITBENCH_SCALING_H

#include "store/store.h"

struct scaling {
	double throughput;	/* median over blocks, operations per second over all cores */
	double efficiency;	/* that, over as many times one core's; NAN without that cell */
};

/*
 * Of cell C of run RUN under one arm. One core's is the cell of the same workload,
 * parameters and place in the same run. 0, or negative after fail().
 */
int scaling_of(struct store *s, int64_t run, const struct store_cell *c, int64_t arm,
	struct scaling *out);

#endif
