/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A workload: one way for a process to die. This header is the whole contract.
 *
 * A workload is one file here and one line in list.h. Its code is compiled twice: into
 * the worker, which has no libc, no heap and no writable data (the linker refuses
 * variables that are not const), and into the controller, which reads the descriptions
 * only. Use the sys_*() calls of sys.h and keep state in struct context.
 *
 * The life of a block, in the worker:
 *
 *   setup()     before a block whose parameters differ from the previous block's
 *   per operation:
 *     child()   in the child, before its stamp is taken and it exits; may be NULL
 *   teardown()  before the next setup(), and at the end
 */
#ifndef EXITBENCH_WORKLOAD_H
#define EXITBENCH_WORKLOAD_H

#include <stddef.h>
#include <stdint.h>

#define WORKLOAD_PARAMS 13	/* most parameters of a workload, its own and the common */

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

/* Parameter values by position in workload_params() order; set is a bit mask. */
struct param_values {
	int64_t value[WORKLOAD_PARAMS];
	uint32_t set;
};

#define WORKLOAD_STATE 8	/* words that a workload may keep between its hooks */

struct context {
	const int64_t *param;		/* by the workload's own order, then the common */
	uint64_t page_size;
	uint64_t state[WORKLOAD_STATE];
	const char *what;		/* what setup() is doing, for its error message */
};

struct workload {
	const char *name;
	const char *summary;		/* what the child holds at exit */
	const char *drives;		/* the kernel path it drives */
	const char *needs;		/* privilege, feature; NULL: nothing */
	const char *primary;		/* primary metric: "exit" or "cycle" */
	struct param params[WORKLOAD_PARAMS];	/* ends at the first without a name */
	int (*setup)(struct context *c);	/* 0 or -errno, with c->what */
	void (*child)(struct context *c);	/* in the child; on failure sys_exit(1) */
	void (*teardown)(struct context *c);
};

#endif
