/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The proof that a workload reaches the path it is meant to drive: a traced run of a few
 * operations, never one that is measured. Without tracing, what else can be seen of it.
 */
#ifndef EXITBENCH_PROVE_H
#define EXITBENCH_PROVE_H

#include "base/clock.h"
#include "cell/params.h"
#include "link/link.h"
#include "trace/teardown.h"
#include "trace/tracing.h"

enum proof_verdict {
	PROOF_SEEN,
	PROOF_NOT_SEEN,		/* why */
	PROOF_SKIPPED,		/* cannot be had here: why, and the remedy */
};

/* Of a duration, over all teardowns: ns. */
struct proof_times {
	size_t n;
	double p50, p90, max;
};

struct proof {
	const struct workload *workload;
	char *params;			/* "k=v,...", all of them */
	enum proof_verdict verdict;
	char why[512];
	bool traced;			/* else the counts below are all 0 */
	uint64_t ops;
	uint64_t lost;			/* events */
	size_t by[TEARDOWN_BY];		/* teardowns, by who did them */
	size_t early;			/* of those, by the early return */
	size_t meetings[MEETINGS];	/* of children; with MEET_NOBODY for the rest */
	size_t oom[TRACE_KINDS];	/* events of the OOM killer, by kind */
	struct proof_times teardown;	/* exit_mmap(), from its first lock to its last unlock */
	struct proof_times read_wait, read_hold, write_wait, write_hold;	/* of mmap_lock */
	struct proof_times exit;	/* of OOM victims: oom:mark_victim to the teardown's end */
	uint64_t rise;			/* of the workload's counter in /proc/vmstat, if it has one */
	/* All that was seen of one operation, the one with most going on. */
	struct teardown one;
	struct trace_event *events;
	size_t nevents;
};

struct proof_options {
	uint64_t ops;			/* 0: as many as two seconds have, 4 to 100 */
};

/*
 * Checks and traces W on CPU. T NULL: without tracing. 0, also when the workload cannot be
 * had or shows nothing: see the verdict; or negative after fail() (interrupted, no memory).
 * For proof_free() after both.
 */
int prove(struct link *l, struct tracing *t, const struct workload *w,
	const struct param_values *values, int cpu, const struct tick_clock *clock,
	const struct proof_options *o, struct proof *out);
void proof_free(struct proof *p);

#endif
