/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXITBENCH_EXACT_PRIV_H
#define EXITBENCH_EXACT_PRIV_H

#include "exact.h"
#include "progress.h"

struct exact_cell {
	int64_t id;		/* in the store */
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
	struct exact_cell *cells;
	int64_t *arms;			/* ids */
	int *order;			/* [kernel * ncells + block]: the cell */
	bool trial;
	int blocks, nblocks;		/* had, and asked for */
	struct progress progress;
	int64_t *column[COLUMNS];	/* room for ROOM operations */
	uint8_t *packed;
	size_t room;
};

/* Arms and cells that are not skipped, into the store. */
int exact_add_cells(struct exact *x);

/* A block that was recorded, into the store. */
int exact_store(struct exact *x, int kernel, int cell, const struct guest_block *b,
	const struct operation *ops);

/* The value that a share of P of the operations is below or at. */
/* The metric that a whole operation takes: cycle, or fork where there is no child. */
enum metric exact_whole(const struct workload *w);

uint64_t exact_quantile(const struct operation *ops, uint64_t n, enum metric metric, double p);

/* Carries X out, which has all but its cells, arms and order. */
int exact_run(struct exact *x);

#endif
