/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The link to the workers: starts one for each CPU, hands them blocks, notices when one
 * dies or hangs. Knows nothing of plans or files.
 */
#ifndef EXITBENCH_LINK_H
#define EXITBENCH_LINK_H

#include <stdint.h>
#include <sys/types.h>
#include "contract/protocol.h"
#include "machine/topology/topology.h"

#define LINK_CAPACITY 65536	/* most recorded operations of one worker in a block */
#define LINK_HANG_S 30		/* what `hang` is unless somebody asks */

struct link;

struct link_options {
	/*
	 * All workers run one copy of the executable instead of one each, and so share its
	 * i_mmap_rwsem at every fork and exit. Only to show what that costs.
	 */
	bool shared_image;
	double hang;		/* seconds without an operation before a worker counts as hung */
	int controller_cpu;	/* where the caller is bound, -1: anywhere; its worker never spins */
};

/*
 * Makes the group area and catches signals. T binds the workers and must outlive the link.
 * Returns 0 or negative after fail().
 */
int link_open(const struct topology *t, const struct link_options *o, struct link **out);

/* Ends all workers, waits for them, puts signals back. */
void link_close(struct link *l);

/*
 * The worker on CPU, started when there is none yet: its index, or -STATUS_MACHINE with
 * the reason (no memfd, exec refused, cannot bind).
 */
int link_worker(struct link *l, int cpu);

/*
 * The slot of W, a workload that is a program, on CPU: an index for link_block() like a
 * worker's, without a process between blocks. Or -STATUS_MACHINE.
 */
int link_program(struct link *l, const struct workload *w, int cpu);

struct link_order {
	const struct workload *workload;
	const int *workers;		/* n indices */
	int n;
	const int *child_cpus;		/* n CPUs that children move to; NULL: they stay */
	/* command, workers, fresh, child_cpu, ncpus and cpu are filled in here. */
	struct block_request *request;
	/*
	 * With request->check: called once for each worker, while the child PID stands
	 * still. 0 or negative after fail(). There is no child where fork is to fail.
	 */
	int (*look)(void *arg, pid_t pid, const struct block_result *result);
	void *arg;
};

/*
 * Runs one block. A workload that needs other CPUs is given those that no worker of the
 * block has, or where all have one, those of the others. Returns 0 when every worker
 * recorded its operations; else negative after fail(), which names the CPU, the workload
 * and the cause: -STATUS_MACHINE (a worker died or hung, setup or fork or a child failed,
 * look() did), -STATUS_INTERRUPTED. Workers that are still alive can be used again.
 */
int link_block(struct link *l, const struct link_order *order);

/* A worker's area after link_block(), until the next; borrowed. */
const struct worker_area *link_area(const struct link *l, int worker);
const struct operation *link_operations(const struct link *l, int worker);
int link_cpu(const struct link *l, int worker);
/* Its process, 0 of a program. */
pid_t link_pid(const struct link *l, int worker);

#endif
