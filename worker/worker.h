/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the worker. */
#ifndef EXITBENCH_WORKER_H
#define EXITBENCH_WORKER_H

#include <stdint.h>
#include <time.h>
#include "sys.h"
#include "protocol.h"

/*
 * Shared by the worker and its children, one page: the only one that a child must fault
 * in. Above it nothing, below it the child's stack.
 */
struct child_area {
	volatile uint64_t stamp;	/* the child's clock, as late as it can be read */
	const struct workload *workload;
	uint64_t dose;			/* ticks of user time after the stamp, on average */
	uint64_t dose_spread;		/* ticks, less than 2^32: half of it to either side */
	uint64_t dose_pages;
	uint64_t dose_vmas;
	uint64_t dose_ptes;
	uint32_t clock;
	uint32_t stamped;
	struct context context;
	int64_t param[WORKLOAD_PARAMS];
};

struct worker {
	struct group_area *group;
	struct worker_area *area;
	struct operation *operations;
	struct child_area *child;
	const struct workload *workload;	/* set up, or NULL */
	enum clock_kind clock;
	uint32_t bare;		/* the child has nothing to do but to exit */
	uint32_t stamped;
};

static inline uint64_t clock_now(enum clock_kind kind)
{
	struct timespec ts;

	if (kind == CLOCK_KIND_COUNTER)
		return arch_counter();
	sys_call3(SYS_clock_gettime, CLOCK_MONOTONIC_RAW, &ts, 0);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* Makes the worker ready for the request's workload and parameters: 0 or -errno. */
int worker_prepare(struct worker *w);

/* What a child does that is not bare; never returns. */
void child_main(void *child_area);

#endif
