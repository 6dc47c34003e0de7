/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From result files to what the statistics take: which two sides there are, which cells
 * both have, and the blocks of one cell and metric at a time.
 */
#ifndef EXITBENCH_DATASET_H
#define EXITBENCH_DATASET_H

#include <jansson.h>
#include <stdint.h>
#include "compare.h"
#include "metric.h"

struct dataset;

/* One side's facts; all strings may be NULL. */
struct dataset_side {
	char *file, *arm;
	char *label;		/* the arm's name; of two files the run's label if it has one */
	char *kernel;
	char *cpu;		/* model */
	char *hypervisor;	/* NULL: bare metal, or not known */
	int boots;
	json_t *environment;	/* of the last run of this side, NULL if none was kept */
};

struct dataset_cell {
	char *workload, *params, *place, *primary, *unit;
	char *changes[2];	/* what each side's arm sets */
	int cores;
	bool on[2];		/* has this side any run with it? */
	bool warned;
};

struct dataset_options {
	const char *files[2];	/* the second NULL: both sides are arms of the first */
	const char *arms[2];	/* by name; NULL: the first and the second, or the only one */
};

/*
 * Opens the files and finds sides and cells; sides of one file are its arms. Returns 0 or
 * negative after fail() (no such arm, one arm only, several to choose from).
 */
int dataset_open(const struct dataset_options *o, struct dataset **out);
void dataset_close(struct dataset *d);

const struct dataset_side *dataset_side(const struct dataset *d, int side);
int dataset_cells(const struct dataset *d);
const struct dataset_cell *dataset_cell(const struct dataset *d, int i);

/* How often sides alternated: block within runs, else file or boot by the boots' ids. */
enum compare_level dataset_level(const struct dataset *d);

/*
 * Was any of it measured until an interval was tight enough? Then intervals have to be
 * those of a confidence sequence.
 */
bool dataset_sequential(const struct dataset *d);

/* "exit of fork-exit, 2 cores compact, ballast=10"; into BUF. */
char *dataset_cell_title(const struct dataset *d, int cell, const char *metric, char *buf,
	size_t size);

struct dataset_blocks {
	struct compare_block *v;	/* v[i].v are owned by this */
	size_t n;
};

/*
 * All blocks of a cell that have METRIC, of both sides (or one side if ONLY is 0 or 1;
 * -1: both), samples of all cores together; of throughput, a block is one sample. Boots
 * are numbered across both files. On success free with dataset_blocks_free().
 */
int dataset_load(struct dataset *d, int cell, enum metric metric, int only,
	struct dataset_blocks *out);
void dataset_blocks_free(struct dataset_blocks *b);

#endif
