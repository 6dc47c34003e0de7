/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Workloads that are programs: one block is one run of the program on each CPU. Used by
 * link.c only, and for what a run says of them.
 */
#ifndef EXITBENCH_LINK_PROGRAM_H
#define EXITBENCH_LINK_PROGRAM_H

#include <stdint.h>
#include <sys/types.h>
#include "contract/protocol.h"
#include "contract/workload.h"
#include "machine/topology/topology.h"
#include "process/guard.h"

/* What runs on one CPU in a block. */
struct program_slot {
	int cpu;
	struct worker_area *area;	/* the result goes here */
	pid_t pid;			/* 0: not running */
	int out;			/* memfd: standard output and error; -1 */
	uint64_t ended;			/* ticks */
};

/* For workloads that need a memory cgroup; all zero at first. */
struct program_cgroup {
	struct guard *guard;
	char *path;		/* NULL: not made yet */
	int claim;		/* of the path, see memcg_make() */
};

void program_cgroup_close(struct program_cgroup *c);

struct program_job {
	const struct topology *topology;
	const struct workload *workload;
	const struct block_request *request;	/* param by the workload's own order */
	double hang;			/* seconds */
	uint32_t *event;		/* bumped by signals, SIGCHLD among them */
	struct program_cgroup *cgroup;	/* made when first needed */
};

/* An area for results like a worker's, not shared; free() it. NULL without memory. */
struct worker_area *program_area(void);

/*
 * Runs one block. Exit-time fills in each operation's exit; operations of spawn-true have
 * the loop's time divided by their number, all the same, as cycle. 0, or negative after
 * fail() with no process left: -STATUS_MACHINE (cannot be started, ended badly, hung),
 * -STATUS_INTERRUPTED.
 */
int program_block(const struct program_job *job, struct program_slot *slots, int n);

/*
 * What a run with these parameters should say of the program: how the shell starts its
 * commands, and which shell it is; "" if there is nothing. Returns TEXT.
 */
char *program_note(const struct workload *w, const int64_t *param, char *text, size_t size);

#endif
