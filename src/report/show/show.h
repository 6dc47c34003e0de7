/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The contents of a result file, for people and for programs. */
#ifndef EXITBENCH_SHOW_H
#define EXITBENCH_SHOW_H

#include <stdio.h>
#include "store/store.h"

struct show {
	struct store *store;
	bool in_use;		/* another process has the file open */
	bool verbose;
};

/* On stdout; 0 or negative after fail(). */
int show_text(struct show *s);
int show_json(struct show *s);
int show_environment(struct show *s);

/* A run's status in words: one that nobody ended is running, or was killed. */
const char *show_status(const struct show *s, const struct store_run *r);

/* Reads all BLOCKS of a run, whose check sums are right then; 0 or negative after fail(). */
int show_check(const struct show *s, int64_t run, int64_t *blocks);

struct scaling {
	double throughput;	/* median over blocks, operations per second over all cores */
	double efficiency;	/* that, over as many times one core's; NAN without that cell */
};

/*
 * How throughput grows with cores: of cell C of run RUN under one arm. One core's is the cell
 * of the same workload, parameters and place in the same run. 0, or negative after fail().
 */
int scaling_of(struct store *s, int64_t run, const struct store_cell *c, int64_t arm,
	struct scaling *out);

/*
 * Every run of S, or only *RUN where that is not NULL, with cells, blocks and samples as
 * JSON (doc/result-format.md); a block at a time is in memory. 0 or negative after fail().
 */
int samples_json(struct store *s, const uint64_t *run, FILE *out);

#endif
