/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a dataset knows of its files and runs; not for others. */
#ifndef EXITBENCH_DATASET_PRIV_H
#define EXITBENCH_DATASET_PRIV_H

#include "dataset/dataset.h"
#include "store/store.h"

struct run {
	int file;
	int64_t id;
	double start;		/* s since the epoch */
	double resolution;
	int boot;
	int64_t arm[2];		/* its arm of each side; 0: none */
	bool paired;		/* both sides are arms of this run */
	bool exact;		/* instructions, counted by an emulator */
	bool vm;		/* arms were guests side by side */
	bool emulated;		/* timed, but in an emulator */
	bool stopped_early;	/* looked at until the interval was tight enough */
};

struct dataset {
	struct store *store[2];
	int nfiles;
	size_t keep;		/* samples of a cell that may be in memory */
	int64_t only;		/* run, 0: all but calibrations */
	struct dataset_side side[2];
	struct run *runs;	/* that have an arm of a side */
	int nruns;
	char **boots;		/* ids */
	int nboots;
	char **arms[2];		/* of each file, in order of appearance */
	int narms[2];
	struct dataset_cell *cells;
	int ncells;
	int file;		/* while scanning */
};

/* Is the stored cell C one of those that HAVE stands for? */
bool dataset_is_cell(const struct dataset_cell *have, const struct store_cell *c);

/* BLOCK is called for the blocks of a cell, and finds where they are. */
struct dataset_walk {
	struct dataset *d;
	const struct dataset_cell *cell;
	int only;		/* that side; -1: both */
	int (*block)(void *arg, const struct store_block *b);
	void *arg;
	const struct run *run;
	int side;
	int64_t ordinal[2];	/* of the run among those of each side */
};
int dataset_walk(struct dataset_walk *w);	/* 0, or the first of BLOCK's that is not */

#endif
