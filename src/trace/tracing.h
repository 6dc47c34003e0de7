/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tracing of children's deaths: a tracefs instance of our own, in which the tracepoints
 * that teardowns_find() understands are on for our processes only. Where tracefs is not
 * mounted it is mounted in a mount namespace of our own. Everything is raw events, decoded
 * by libtracefs.
 */
#ifndef EXITBENCH_TRACING_H
#define EXITBENCH_TRACING_H

#include "process/guard.h"
#include "trace/teardown.h"

#define TRACING_INSTANCE "exitbench-"	/* and the pid of who made it */

struct tracing;

/*
 * Mounts tracefs for this process if need be and possible. Before guard_open(), so that
 * the guard sees it, too.
 */
void tracing_reach(void);

/*
 * Makes the instance "exitbench-PID", off, its clock CLOCK_MONOTONIC in ns, with a buffer
 * for each of NCPUS (and a small one for the others). What processes of these names do is
 * traced, wherever they come from: "name", or "name*". GUARD removes the instance should
 * we be killed. 0, or -STATUS_MACHINE: no libtracefs in this build, no privilege, no
 * tracefs, no room; with the remedy.
 */
int tracing_open(const char *const *names, int nnames, const int *cpus, int ncpus,
	struct guard *guard, struct tracing **out);

/* Removes the instance. NULL is fine. */
void tracing_close(struct tracing *t);

/* Has this kernel the tracepoint? Without TRACE_EXIT_MMAP (before 6.1) it is not seen. */
bool tracing_has(const struct tracing *t, enum trace_kind kind);

/* From empty; and stop. 0 or -STATUS_MACHINE. */
int tracing_start(struct tracing *t);
int tracing_stop(struct tracing *t);

/*
 * What was traced since the last start, in order of time: *events is malloc'ed; *lost is
 * how many more did not fit. 0 or -STATUS_MACHINE.
 */
int tracing_read(struct tracing *t, struct trace_event **events, size_t *n, uint64_t *lost);

/*
 * Removes the instances of exitbench processes that are gone, which would slow down what
 * is measured, and warns of each. Does nothing where there is no tracefs or no privilege,
 * and leaves mounts as they are. Never fails.
 */
void tracing_repair(void);

#endif
