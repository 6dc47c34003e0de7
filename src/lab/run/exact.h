/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exact mode: the same plan in a guest of each kernel, where time is the number of
 * instructions. The method is in doc/lab.md.
 */
#ifndef EXITBENCH_EXACT_H
#define EXITBENCH_EXACT_H

#include "lab/qemu/qemu.h"
#include "measure/plan.h"
#include "store/store.h"
#include "text/options.h"

/* A kernel that takes part; the plan's arm of the same number is named after it. */
struct exact_kernel {
	const char *image;	/* what QEMU's -kernel takes */
	const char *append;	/* for its command line, may be NULL */
	const char *no_reaper;	/* why workloads with a reaper must not run on it; or NULL */
	char *release, *version;	/* what it says of itself; owned, set by exact_measure() */
};

struct exact_options {
	int64_t ops;		/* recorded operations of each cell; 0: by INSTRUCTIONS */
	int64_t instructions;	/* about how many a cell may take */
	int64_t memory_mb;	/* of a guest */
	const char *machine;	/* QEMU's -M, NULL: microvm */
	enum qemu_kind kind;	/* of a trial, see exact-priv.h; measuring is QEMU_EXACT */
	double limit;		/* seconds without a sign of life before a guest counts as hung */
	double start_limit;	/* the same until its first one */
	bool silent;		/* no word about a guest that fails, but the error */
	int parallel;		/* guests at once */
	const char *keep_console;	/* see struct qemu_options */
	bool quiet;
};

#define EXACT_INSTRUCTIONS 100000000
#define EXACT_LIMIT 60
#define EXACT_START_LIMIT 120.0

struct exact_summary {
	int64_t operations, blocks;
	int cells, skipped;	/* measured; left out since a guest cannot run them */
	double seconds;
};

/*
 * Measures the cells of PLAN with one core on KERNELS, plan->narms of them, as run RUN of
 * STORE. A cell that a guest cannot run is left out with a warning. 0, or negative after
 * fail().
 */
int exact_measure(const struct plan *plan, struct exact_kernel *kernels, struct store *store,
	int64_t run, const struct exact_options *o, struct exact_summary *summary);

/*
 * One number: what an operation of WORKLOAD with PARAMS ("k=v") takes in a guest of the
 * kernel IMAGE, called NAME in messages: the first percentile of METRIC ("exit", "cycle" or
 * "fork"), which no timer tick reaches, in the block that has the least. OPS of 0: as many as
 * exact_measure() takes. Nothing is written. 0, or negative after fail(); a guest that does not
 * boot, hangs or panics is -STATUS_MACHINE. Call signals_catch() before.
 */
int exact_number(const char *image, const char *name, const char *workload,
	const struct strings *params, const char *metric, int64_t ops, bool quiet,
	double *instructions);

#endif
