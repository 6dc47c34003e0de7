/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The comparison of all cells of a dataset, for every kind of report. */
#ifndef EXITBENCH_RESULTS_H
#define EXITBENCH_RESULTS_H

#include <stdio.h>
#include "dataset/calibration.h"
#include "dataset/dataset.h"

struct results_row {
	int cell;			/* in the dataset */
	enum metric metric;
	bool primary;
	struct compare_result *r;
	struct compare_exact_result *exact;	/* of deterministic sides, r is of it; else NULL */
	bool regression;		/* after Holm's correction over the primary cells */
	double failed[2];		/* operations of each side that failed, not of throughput */
	const struct calibration *calibration;	/* the latest of this cell and metric, or NULL */
};

struct results {
	const struct dataset *d;
	double margin;			/* 0.01: 1% */
	enum switch_level switch_level;
	struct results_row *v;
	int n;
	enum compare_verdict verdict;	/* of all primary cells together */
	struct calibration *calibrations;	/* in either file; owned */
	int ncalibrations;
	char **warnings;		/* about the sides; plain sentences, owned */
	int nwarnings;
};

/*
 * Compares every cell that both sides have in each metric of METRICS, a mask of
 * 1 << enum metric; 0: each cell's primary one. OPTIONS: switch_level is set here. Returns
 * 0 or negative after fail(); a cell that only one side has is a warning.
 */
int results_make(struct dataset *d, unsigned int metrics, const struct compare_options *options,
	struct results *out);
void results_free(struct results *r);

/* As a test: a regression that counts fails it, what is undecided was not tested. */
enum results_outcome { RESULTS_PASSED, RESULTS_FAILED, RESULTS_SKIPPED };

/*
 * Of a cell: failed if it is part of what makes the whole a regression (so never of a
 * metric that is not the cell's primary one), skipped if it is inconclusive or a
 * regression that does not stand after the correction, else passed.
 */
enum results_outcome results_outcome(const struct results_row *c);

/* "regression: effect +1.60% [+1.21, +2.00], worst p75 +1.83% [...], margin 1%"; BUF. */
char *results_summary(const struct results *r, const struct results_row *c, char *buf,
	size_t size);

/*
 * The cell that the verdict is best shown by: the worst regression, the largest
 * improvement, of what is not settled the likeliest loss, else the largest change.
 */
const struct results_row *results_leading(const struct results *r);

/* The verdict, that cell and its change in one sentence; returns BUF. */
char *results_sentence(const struct results *r, char *buf, size_t size);

/* "4 cells: 1 regression, 3 inconclusive"; returns BUF. */
char *results_counts(const struct results *r, char *buf, size_t size);

/* For people, 80 columns. */
void results_text(const struct results *r, FILE *out);
/* As in the contract; a new reference, NULL without memory. */
json_t *results_json(const struct results *r);
/* A table that a mail or a page takes. */
void results_markdown(const struct results *r, FILE *out);
/* For continuous integration: a test for each cell. */
void results_junit(const struct results *r, FILE *out);
void results_ktap(const struct results *r, FILE *out);
/* One line for each cell and percentile. */
void results_csv(const struct results *r, FILE *out);

#endif
