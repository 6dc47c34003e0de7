/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the controller and its workers share: one group area for all of them, and one
 * area for each worker. Both are mapped from memfds, and kept from children with
 * MADV_DONTFORK, so that nothing the worker writes between two forks costs a
 * copy-on-write fault and nothing here is copied into a child.
 *
 * A block: the controller fills in each participant's request, resets the group's counts,
 * then bumps and wakes each participant's `turn`. The workers meet at `ready`, run their
 * lead-in, record their operations, and keep the load up until all have recorded theirs
 * (`done`). The last to leave (`left`) bumps and wakes the controller's `event`.
 *
 * A check is a block of one operation, whose child stands still at its end: the worker
 * sets `look` and wakes the controller, which looks at the process and clears it again.
 */
#ifndef EXITBENCH_PROTOCOL_H
#define EXITBENCH_PROTOCOL_H

#include <stdbool.h>
#include <stdint.h>
#include "contract/workload.h"

#define PROTOCOL_VERSION 3
/* What workers, children and helpers are called: this and the controller's pid. */
#define WORKER_NAME "exitb-"
/* Of System V shared memory while it is being made: this and the worker's pid. */
#define SHM_KEY 0x65000000U
#define SHM_KEY_PID 0x00ffffffU
#define CACHE_LINE 128		/* pairs of 64-byte lines are prefetched together */

/* The file descriptors that a worker starts with; it closes all of them. */
enum { WORKER_FD_GROUP = 3, WORKER_FD_AREA = 4 };

/* Exit statuses of a worker that cannot start, for the controller's message. */
enum worker_failure {
	WORKER_FAILED_GROUP = 81,	/* mapping the group area */
	WORKER_FAILED_AREA,		/* mapping its own area */
	WORKER_FAILED_VERSION,		/* not the controller's protocol */
	WORKER_FAILED_CHILD_AREA,	/* mapping the page it shares with its children */
	WORKER_FAILED_UNMAP,		/* shedding the address space it started with */
};

enum command {
	COMMAND_NONE,
	COMMAND_BLOCK,		/* run one block */
	COMMAND_QUIT,
};

struct group_area {
	uint32_t event __attribute__((aligned(CACHE_LINE)));	/* futex: the controller waits */
	uint32_t abort __attribute__((aligned(CACHE_LINE)));	/* a block that must end now */
	uint32_t ready __attribute__((aligned(CACHE_LINE)));
	uint32_t done __attribute__((aligned(CACHE_LINE)));
	uint32_t left __attribute__((aligned(CACHE_LINE)));
} __attribute__((aligned(CACHE_LINE)));

struct block_request {
	uint32_t command;
	uint32_t workload;	/* index in workloads[] */
	uint32_t clock;		/* enum clock_kind */
	uint32_t workers;	/* participants of this block */
	uint64_t lead_in;	/* operations before the recorded ones */
	uint64_t ops;		/* operations to record, at most the area's capacity */
	uint64_t fresh;		/* parameters differ from the last block's: setup() again */
	uint64_t dose;		/* ticks of user time between stamp and exit */
	uint64_t dose_spread;	/* ticks: over which a dose's end is spread evenly */
	uint64_t spin;		/* ticks to look for the next turn before sleeping on it */
	int64_t param[WORKLOAD_PARAMS];
	uint32_t check;		/* let the controller look at the child */
	int32_t child_cpu;	/* where children go before they do anything; -1: they stay */
	uint32_t ncpus;		/* other CPUs, for helpers and threads */
	int32_t cpu[WORKLOAD_CPUS];
};

enum block_error {
	BLOCK_OK,
	BLOCK_SETUP,		/* setup() failed: error and what */
	BLOCK_CHILD,		/* a child did not end as it should: error is its wait status */
	BLOCK_FORK,		/* fork kept failing: error is the errno */
	BLOCK_FORKED,		/* fork should have failed with error, an errno */
	BLOCK_HELPER,		/* a helper did not start: error is the errno or wait status */
	BLOCK_ABORTED,		/* another worker failed, or the controller gave up */
};

struct block_result {
	uint32_t kind;		/* enum block_error */
	int32_t error;		/* errno or wait status */
	int32_t cause;		/* of BLOCK_CHILD: the child's errno, 0 if it gave none */
	int32_t pid;		/* the child to be looked at */
	int32_t cpu;		/* where the worker was at the end; -1: not known */
	uint32_t row;		/* of BLOCK_FORK: how many failed in a row */
	char what[64];		/* the call that failed */
	uint64_t ops;		/* recorded */
	uint64_t failed;	/* in the whole block: forks that failed, children that missed */
	uint64_t lead_in;	/* operations before */
	uint64_t fill;		/* operations after, while others still recorded */
	uint64_t begin;		/* ticks: all workers are there, the lead-in begins */
	uint64_t start, end;	/* ticks: of the recorded part */
	uint64_t finish;	/* ticks: all have recorded */
	uint64_t voluntary;	/* context switches in the recorded part */
	uint64_t involuntary;
	/* Of a check: what the child should hold. */
	uint64_t holds[HOLDINGS];
	uint64_t dose_vmas;	/* besides holds; some may have merged */
	uint32_t hosted;	/* a worker with a libc, whose children hold more */
};

/* One operation, in ticks; 0 is what the workload does not measure, or without a stamp. */
struct operation {
	uint64_t metric[COLUMNS];	/* by enum metric */
	int64_t detail;			/* see struct context */
};

struct worker_area {
	uint32_t version;
	uint32_t turn;			/* futex: bumped by the controller for a command */
	uint64_t size;			/* of the whole mapping */
	uint64_t capacity;		/* operations */
	uint64_t stack_top;		/* offset: the worker's own stack is below it */
	uint64_t operations;		/* offset of struct operation[capacity] */
	uint64_t group_size;
	struct block_request request __attribute__((aligned(CACHE_LINE)));
	struct block_result result __attribute__((aligned(CACHE_LINE)));
	uint64_t progress;		/* moves while the worker does: one that hangs stops it */
	uint32_t look;			/* futex: set by the worker, cleared by the controller */
	uint32_t in_block;		/* set by the controller, cleared when the worker leaves */
};

/* In an area, behind its struct: the worker's own stack, then the operations. */
#define WORKER_STACK_SIZE (UINT64_C(64) << 10)

/* Bytes of an area with a stack of STACK bytes, 0 or WORKER_STACK_SIZE. */
static inline uint64_t area_size(uint64_t stack, uint64_t capacity)
{
	return sizeof(struct worker_area) + stack + capacity * sizeof(struct operation);
}

/* Says what is where in A, which is zeroed and has room for area_size(STACK, CAPACITY). */
static inline void area_lay_out(struct worker_area *a, uint64_t stack, uint64_t capacity)
{
	a->version = PROTOCOL_VERSION;
	a->size = area_size(stack, capacity);
	a->capacity = capacity;
	a->stack_top = sizeof(*a) + stack;
	a->operations = a->stack_top;
	a->group_size = sizeof(struct group_area);
}

static inline struct operation *area_operations(const struct worker_area *a)
{
	return (struct operation *)((char *)a + a->operations);
}

/* Does what setup() made for request A do for B? */
static inline bool same_setup(const struct block_request *a, const struct block_request *b)
{
	bool same = a->command == b->command && a->workload == b->workload &&
		a->clock == b->clock && a->ncpus == b->ncpus;

	for (int i = 0; i < WORKLOAD_CPUS; i++)
		same &= a->cpu[i] == b->cpu[i];
	for (int i = 0; i < WORKLOAD_PARAMS; i++)
		same &= a->param[i] == b->param[i];
	return same;
}

#endif
