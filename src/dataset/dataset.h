/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From result files to what the statistics take: which two sides there are, which cells
 * both have, and the blocks of one cell and metric at a time.
 */
#ifndef EXITBENCH_DATASET_H
#define EXITBENCH_DATASET_H

#include <jansson.h>
#include <stdint.h>
#include "analysis/compare/compare-exact.h"
#include "analysis/compare/compare.h"
#include "contract/metric.h"

struct dataset;

/* One side's facts; all strings may be NULL. */
struct dataset_side {
	char *file, *arm;
	char *label;		/* the arm's name; of two files the run's label if it has one */
	char *kernel;
	char *cpu;		/* model */
	char *hypervisor;	/* NULL: bare metal, or not known */
	char *command;		/* of the last run of this side */
	int boots;
	json_t *environment;	/* of the last run of this side, NULL if none was kept */
};

struct dataset_cell {
	char *workload, *params, *place, *primary, *unit;
	char *changes[2];	/* what each side's arm sets */
	int cores;
	bool on[2];		/* has this side any run with it? */
};

struct dataset_options {
	const char *files[2];	/* the second NULL: both sides are arms of the first */
	const char *arms[2];	/* by name; NULL: the first and the second, or the only one */
	int64_t run;		/* of files[0], that one only; 0: all but calibrations */
};

/*
 * Opens the files and finds sides and cells; sides of one file are its arms. Returns 0 or
 * negative after fail() (no such arm, one arm only, several to choose from).
 */
int dataset_open(const struct dataset_options *o, struct dataset **out);
void dataset_close(struct dataset *d);

/*
 * Is it a run of calibrate's, which is compared only when asked for? 1, 0, or negative after
 * fail().
 */
struct store_run;
int dataset_is_calibration(const struct store_run *r);

const struct dataset_side *dataset_side(const struct dataset *d, int side);
int dataset_cells(const struct dataset *d);
const struct dataset_cell *dataset_cell(const struct dataset *d, int i);

/* What the cell's verdict is about. */
enum metric dataset_primary(const struct dataset *d, int cell);

/* How often sides alternated: block within runs, else file or boot by the boots' ids. */
enum switch_level dataset_switch_level(const struct dataset *d);

/* Is all of it counted in instructions, where measuring again gives the same? */
bool dataset_is_exact(const struct dataset *d);

/* Was any of it timed in an emulated guest? Such times are no machine's. */
bool dataset_is_emulated(const struct dataset *d);

/*
 * Was any of it measured until an interval was tight enough? Then intervals have to be
 * those of a confidence sequence.
 */
bool dataset_sequential(const struct dataset *d);

/* "exit of fork-exit, 2 cores compact, ballast=10"; into BUF. */
char *dataset_cell_title(const struct dataset *d, int cell, const char *metric, char *buf,
	size_t size);

/* As calibrations_load(): those of both files. */
struct calibration;
int dataset_calibrations(struct dataset *d, struct calibration **list);

/* What is known of a block besides its samples; NAN: not known. */
struct dataset_facts {
	double ops, disturbed;		/* operations recorded, and disturbed ones of them */
	double failed;			/* besides: forks that failed, children that missed */
};

struct dataset_source;

struct dataset_blocks {
	struct compare_block *v;	/* v[i].v are owned by this; or v[i].source has them */
	struct dataset_facts *facts;	/* of v[i] */
	size_t n;
	struct dataset_source *source;	/* owned; reads from the dataset, which has to be open */
};

/*
 * All blocks of a cell that have METRIC, of both sides (or one side if ONLY is 0 or 1;
 * -1: both), samples of all cores together; of throughput, a block is one sample. Boots
 * are numbered across both files. Of more than 32 MiB of samples, blocks have a source that
 * reads them from the file. On success free with dataset_blocks_free().
 */
int dataset_load(struct dataset *d, int cell, enum metric metric, int only,
	struct dataset_blocks *out);
void dataset_blocks_free(struct dataset_blocks *b);

/* What compare_cell() returned of such blocks: 0, or negative after fail(). */
int dataset_failed(int err);

/* Keep no more than so many SAMPLES of a cell in memory: for tests, and for who loads all often. */
void dataset_keep(struct dataset *d, size_t samples);

struct dataset_exact {
	struct compare_exact_block *v;		/* v[i].v and .tick are owned by this */
	size_t n;
};

/*
 * All blocks of a cell that have METRIC, for compare_exact_cell(); of throughput there are none.
 * Rounds of the n-th run with the one side are those of the n-th run with the other. On
 * success free with dataset_exact_free().
 */
int dataset_load_exact(struct dataset *d, int cell, enum metric metric,
	struct dataset_exact *out);
void dataset_exact_free(struct dataset_exact *e);

#endif
