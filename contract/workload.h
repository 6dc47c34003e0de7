/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A workload: one way for a process to die. This header is the whole contract;
 * doc/adding-a-workload.md walks through one.
 *
 * A workload is one file in workloads/ and one line in its local.mk. Its code is compiled
 * twice: into the worker, which has no libc, no heap and no writable data (the linker refuses
 * variables that are not const), and into the controller, which reads the descriptions
 * only. Use the sys_*() calls of sys.h and keep state in struct context, which the
 * worker, its children and its helpers share.
 *
 * The life of a block, in the worker. Any hook may be NULL.
 *
 *   setup()     in the worker, when the parameters differ from the last block's
 *   helper()    in each of context.helpers processes on other CPUs, for the whole block
 *   per operation:
 *     child()   in the child, before its stamp
 *     end()     in the child, after its stamp, instead of exit_group
 *     before()  in the worker: the child is ready to be killed (ENDS_KILLED only)
 *     during()  in the worker: the child is dying, and not yet waited for
 *     after()   in the worker: it is reaped
 *   teardown()  before the next setup(), and at the end
 *
 * Before a cell is measured, one operation is checked: its child stands still when it
 * has done its part, and the controller looks whether it holds what holds() says.
 */
#ifndef EXITBENCH_WORKLOAD_H
#define EXITBENCH_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "contract/metric.h"

#define WORKLOAD_PARAMS 13	/* most parameters of a workload, its own and the common */
#define WORKLOAD_STATE 8	/* words that a workload may keep between its hooks */
#define WORKLOAD_CPUS 8		/* most other CPUs that a worker is given */

enum param_unit {
	PARAM_COUNT,		/* a plain number */
	PARAM_BYTES,		/* takes k, M, G */
	PARAM_NS,		/* takes ns, us, ms, s; stored in ns */
	PARAM_FLAG,		/* 0 or 1 */
};

struct param {
	const char *name;
	const char *help;
	enum param_unit unit;
	int64_t def, min, max;
};

/* Parameter values by position, as params_at() counts it; set is a bit mask. */
struct param_values {
	int64_t value[WORKLOAD_PARAMS];
	uint32_t set;
};

#define SETUP_REFUSED 4096	/* behind the last errno: setup() says why in what */

/* Exit statuses of a child besides 0. */
enum child_failure {
	CHILD_FAILED = 70,	/* the cell cannot be measured */
	CHILD_MISSED,		/* this time it did not get what it should hold: not recorded */
	CHILD_NOT_MOVED,	/* it could not go to the CPU it should be on */
	CHILD_DOSE,		/* no memory for its dose */
};

enum clock_kind {
	CLOCK_KIND_COUNTER,	/* TSC or cntvct_el0: no memory touched, no system call */
	CLOCK_KIND_SYSCALL,	/* clock_gettime(CLOCK_MONOTONIC_RAW) as a system call */
};

/* How an operation ends. */
enum ending {
	ENDS_EXIT,		/* the child takes its stamp and calls exit_group */
	ENDS_KILLED,		/* it waits; the worker's stamp is taken, then SIGKILL sent */
	ENDS_UNFORKED,		/* fork itself fails, with context.fork_error: `fork` only */
};

/* A workload that is no worker's: the controller starts a program for each block. */
enum workload_program {
	PROGRAM_NONE,
	PROGRAM_EXIT_TIME,	/* programs/exit-time: a sample a line, in counter ticks */
	PROGRAM_SPAWN_TRUE,	/* a shell's loop of /bin/true, timed as a whole */
	PROGRAM_OOM_EXIT,	/* programs/oom-victim in a memory cgroup, one after the other */
	PROGRAM_OOM_REAPED,	/* and held until the OOM reaper comes */
};

/* What a traced run is to show besides that each child is torn down in exit_mmap(). */
enum shows {
	SHOWS_EXEC = 1,		/* a second teardown for each: the old mm, at exec */
	SHOWS_OTHER = 2,	/* a teardown by somebody else: the child's mm was pinned */
	SHOWS_MEETING = 4,	/* somebody else with mmap_lock for read: process_mrelease() */
	SHOWS_VICTIM = 8,	/* oom:mark_victim for each */
	SHOWS_REAPER = 16,	/* oom:start_task_reaping */
};

/* What a child can hold at its end, as the kernel counts it. */
enum holding {
	HOLDS_VMAS,		/* lines of /proc/PID/maps, beyond a bare child's */
	HOLDS_ANON,		/* bytes, smaps_rollup: Anonymous (with AnonHugePages) */
	HOLDS_HUGE,		/* bytes, smaps_rollup: AnonHugePages */
	HOLDS_HUGETLB,		/* bytes, smaps_rollup: Private_Hugetlb */
	HOLDS_MAPPED,		/* bytes, status: RssFile and RssShmem, beyond a bare child's */
	HOLDS_LOCKED,		/* bytes, smaps_rollup: Locked */
	HOLDS_COPIED,		/* bytes, smaps_rollup: Private_Dirty; 0: not looked at */
	HOLDS_SWAP,		/* bytes, smaps_rollup: Swap */
	HOLDS_TABLES,		/* bytes, status: VmPTE, beyond a bare child's; at least */
	HOLDS_ACCOUNTED,	/* VMAs with the flag "ac" in smaps, beyond a bare child's */
	HOLDS_THREADS,		/* status: Threads, less the first */
	HOLDS_COUNTED,		/* the rise of workload.counter by one operation; at least */
	HOLDINGS,
};

/* In shared memory, at the same address in the worker, its children and its helpers. */
struct context {
	const int64_t *param;		/* by the workload's own order, then the common */
	uint64_t page_size;
	uint64_t state[WORKLOAD_STATE];
	const char *what;		/* what fails, should it: "mmap of the ballast" */
	int64_t error;			/* of a child that failed: errno */
	int64_t pid;			/* of the child, from before() on; 0 after after() */
	uint64_t release;		/* ticks: after() sets it where METRIC_RELEASE is measured */
	int64_t detail;			/* of an operation, to classify it by: see the workload */
	uint32_t clock;			/* enum clock_kind, for clock_now() */
	uint32_t helpers;		/* set by setup(): how many helper processes */
	int32_t fork_error;		/* set by setup(), with ENDS_UNFORKED: errno */
	uint32_t fork_flags;		/* set by setup(): flags of clone() besides SIGCHLD */
	uint32_t ncpus;			/* other CPUs, for helpers and for a child's threads */
	int32_t cpu[WORKLOAD_CPUS];
};

struct workload {
	const char *name;
	const char *summary;		/* what the child holds at exit */
	const char *drives;		/* the kernel path it drives */
	const char *proof;		/* by what it is seen that it does */
	uint32_t shows;			/* of enum shows: what `exitbench prove` looks for */
	bool reaps;			/* somebody else walks the child's mm while it exits:
					   not for kernels whose exit_mmap() takes no lock */
	uint8_t main;			/* among those that the lab measures by default: 1, 2,
					   ... in its order; 0: none of them */
	const char *mind;		/* where a number of it would mislead; NULL: nowhere */
	const char *needs;		/* privilege, feature; NULL: nothing */
	const char *remedy;		/* what to do where that is missing */
	const char *primary;		/* primary metric, by name */
	uint32_t metrics;		/* METRIC_BIT()s; 0: fork, cycle and exit */
	enum workload_program program;	/* then no hooks, and none of the common parameters */
	enum ending ending;
	int other_cpus;			/* how many it cannot do without, up to WORKLOAD_CPUS */
	const char *counter;		/* in /proc/vmstat, or NULL */
	struct param params[WORKLOAD_PARAMS];	/* ends at the first without a name */
	int (*setup)(struct context *c);	/* 0 or -errno, with c->what */
	void (*helper)(struct context *c, unsigned int which);	/* never returns */
	void (*child)(struct context *c);	/* on failure child_failed() */
	void (*end)(struct context *c);		/* never returns */
	void (*before)(struct context *c);
	void (*during)(struct context *c);
	void (*after)(struct context *c);
	void (*teardown)(struct context *c);
	/* After setup(); HOLDS is zeroed. Leave NULL what cannot be seen from outside. */
	void (*holds)(const struct context *c, uint64_t holds[HOLDINGS]);
};

static inline uint32_t workload_metrics(const struct workload *w)
{
	return w->metrics ? w->metrics
			  : METRIC_BIT(METRIC_FORK) | METRIC_BIT(METRIC_CYCLE) | METRIC_BIT(METRIC_EXIT);
}

#endif
