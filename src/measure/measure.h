/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Measuring: carries out a plan with the workers, block by block, into the store.
 *
 * The time is shared out equally among the cells. It is spent in passes; each pass visits
 * every cell once in random order, so that an interrupted run has some of each, and a
 * machine that drifts slowly meets all of them. In a visit, warm-up rounds come first;
 * then rounds of one block of each arm in random order.
 */
#ifndef EXITBENCH_MEASURE_H
#define EXITBENCH_MEASURE_H

#include "base/clock.h"
#include "link/link.h"
#include "measure/plan.h"
#include "store/store.h"

struct measure_options {
	int64_t time_ns;	/* in all; 0: until the other limits */
	int64_t ops;		/* recorded operations of each arm in a cell; 0: no limit */
	double until_ci;	/* half-width in % of the effect's interval; 0: no limit */
	int64_t block_ns;	/* how long the recorded part of a block is meant to take;
				   0: MEASURE_BLOCK_MS, or longer to keep the overhead small */
	int64_t lead_in_ns;	/* and the operations before it */
	double resolution;	/* ns that a stored sample is a multiple of */
	bool quiet;		/* no progress */
	const char *purpose;	/* for the file; NULL: a measurement */
};

/* Choices that doc/method.md explains with their figures. */
#define MEASURE_BLOCK_MS 10
#define MEASURE_LEAD_IN_MS 2
#define MEASURE_TIME_S 20

/* What became of a run. */
struct measure_summary {
	int64_t blocks, operations;
	int64_t failed;		/* operations: forks that failed, warm-up included */
	double seconds;
	double overhead;	/* share of the time in which no worker was in a block */
};

/*
 * Carries out PLAN as run RUN of STORE, whose start was at START (monotonic_ns()). 0, or
 * negative after fail(); what was measured until then is in the store, and *summary says
 * how much. The run is not ended in the store.
 */
int measure(const struct plan *plan, struct link *link, struct store *store, int64_t run,
	const struct tick_clock *clock, uint64_t start, const struct measure_options *options,
	struct measure_summary *summary);

#endif
