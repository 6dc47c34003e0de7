/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the worker. */
#ifndef EXITBENCH_WORKER_H
#define EXITBENCH_WORKER_H

#include <stdint.h>
#include <sys/prctl.h>
#include "contract/protocol.h"
#include "contract/sys.h"
#include "contract/ticks.h"

/*
 * Shared by the worker and its children, one page: the only one that a child must fault
 * in. Above it nothing, below it the child's stack.
 */
struct child_area {
	volatile uint64_t stamp;	/* the child's clock, as late as it can be read */
	/* The workload's hooks; that itself is in pages which children need not map. */
	void (*child_hook)(struct context *c);
	void (*end_hook)(struct context *c);
	uint64_t dose;			/* ticks of user time after the stamp, on average */
	uint64_t dose_spread;		/* ticks, less than 2^32: half of it to either side */
	uint64_t dose_pages;
	uint64_t dose_vmas;
	uint64_t dose_ptes;
	uint32_t clock;
	uint32_t stamped;
	int32_t cpu;			/* where the child goes first, or -1 */
	uint32_t halts;			/* it stands still at its end, until `go` or killed */
	uint32_t ready;			/* futex: it stands still */
	uint32_t go;			/* futex */
	uint32_t helpers_ready;
	int32_t worker;			/* its pid, as its children see it */
	const struct workload *workload;
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
	uint32_t plain;		/* nothing between fork and wait4 */
	uint32_t check;
	int32_t helper[WORKLOAD_CPUS];	/* their pids; 0: none */
};

static inline uint32_t load(const uint32_t *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

/*
 * For children and helpers that wait for somebody: they do not outlive a worker that is
 * killed, not even one that was before the kernel knew.
 */
static inline void die_with_worker(const struct child_area *a)
{
	sys_call3(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0);
	if (sys_call3(SYS_getppid, 0, 0, 0) != a->worker)
		sys_exit(0);
}

/* Makes the worker ready for the request's workload and parameters: 0 or -errno. */
int worker_prepare(struct worker *w);

/* Before each block: what does not need setup(). */
void worker_start_block(struct worker *w);

/* What a child does that is not bare; never returns. */
void child_main(void *child_area);

/* Runs COUNT operations into OPS, or over one another where OPS is NULL. */
void run_operations(struct worker *w, struct operation *ops, uint64_t count, uint64_t *completed);

/* The first error of a block is kept; it ends the block for the whole group. */
void worker_block_fails(struct worker *w, enum block_error kind, int error);

/* Starts the helpers that setup() asked for; 0 or what BLOCK_HELPER has. Ends them. */
int helpers_start(struct worker *w);
void helpers_end(struct worker *w);

#endif
