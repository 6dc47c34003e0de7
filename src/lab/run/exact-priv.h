/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of exact mode share, and timed mode with them. */
#ifndef EXITBENCH_EXACT_PRIV_H
#define EXITBENCH_EXACT_PRIV_H

#include "base/progress.h"
#include "lab/run/exact.h"

struct exact_job {
	int64_t id;		/* in the store */
	uint64_t total;			/* recorded operations, in blocks of OPS */
	uint64_t ops, lead_in;
	char *skipped;		/* why it is left out, or NULL */
};

struct exact {
	const struct plan *plan;
	struct exact_kernel *kernels;
	struct store *store;		/* NULL: the one number that is wanted goes to NUMBER */
	int64_t run;
	double *number;
	enum metric metric;
	const struct exact_options *o;
	struct exact_summary *summary;
	struct exact_job *cells;
	int64_t *arms;			/* ids */
	int *order;			/* [kernel * ncells + position in the plan]: the cell */
	int64_t *round;			/* [kernel * ncells + cell]: the next block's */
	bool trial;
	int blocks, nblocks;		/* had, and asked for */
	struct progress progress;
	int64_t *column[COLUMNS];	/* room for ROOM operations */
	uint8_t *packed;
	size_t room;
};

/* Arms and cells that are not skipped, into the store. */
int exact_add_cells(struct exact *x);

/*
 * A block that was recorded, into the store, in ns; with NS_PER_TICK of 0 its operations are
 * counted in instructions. BLOCK has what the caller knows: round, position, warmup, start_ns.
 */
int exact_store(struct exact *x, int kernel, int cell, const struct guest_block *b,
	const struct operation *ops, struct store_block *block, double ns_per_tick);

/*
 * The value that a share of P of the operations is below or at, NAN without any, into *OUT.
 * 0, or negative after fail().
 */
int exact_quantile(const struct operation *ops, uint64_t n, enum metric metric, double p,
	double *out);

/* Room for what follows, in X that has plan, kernels, options and summary; and its end. */
int exact_begin(struct exact *x);
void exact_end(struct exact *x);

/*
 * A short guest of the first kernel, of the kind in the options: sets ops and lead_in of each
 * cell, or why it is skipped. The options' instructions are ticks of the counter here.
 */
int exact_trial(struct exact *x);

/* Can and may the kernel run the cell? */
bool exact_takes_part(const struct exact *x, int kernel, int cell);

/* A kernel's guest with its initramfs, which is to be closed; sets its row of x->order. */
int exact_guest(struct exact *x, int kernel, enum guest_source source, struct qemu_options *out);

/* What a GUEST_HELLO record says of a kernel. 0, or negative after fail(). */
int exact_keep_hello(struct exact *x, int kernel, const char *text, size_t size);

/* What a GUEST_BLOCK record holds: its cell, or negative after fail(). */
int exact_cell_of(const struct exact *x, int kernel, const struct guest_record *head,
	const struct guest_block *b);

/* fail() for a block that has no samples. */
int exact_failed(const struct exact *x, int kernel, int cell, const struct block_result *r);

#endif
