/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The comparison of all cells of a dataset, for every kind of report. */
#ifndef EXITBENCH_RESULTS_H
#define EXITBENCH_RESULTS_H

#include <stdio.h>
#include "dataset.h"

struct results_cell {
	int cell;			/* in the dataset */
	enum metric metric;
	bool primary;
	struct compare_result *r;
	bool regression;		/* after Holm's correction over the primary cells */
};

struct results {
	const struct dataset *d;
	double margin;			/* 0.01: 1% */
	enum compare_level level;
	struct results_cell *v;
	int n;
	enum compare_verdict verdict;	/* of all primary cells together */
	char **warnings;		/* about the sides; plain sentences, owned */
	int nwarnings;
};

/*
 * Compares every cell that both sides have in each metric of METRICS, a mask of
 * 1 << enum metric; 0: each cell's primary one. OPTIONS: level is set here. Returns
 * 0 or negative after fail(); a cell that only one side has is a warning.
 */
int results_make(struct dataset *d, unsigned int metrics, const struct compare_options *options,
	struct results *out);
void results_free(struct results *r);

/* For people, 80 columns. */
void results_text(const struct results *r, FILE *out);
/* As in the contract; a new reference, NULL without memory. */
json_t *results_json(const struct results *r);
/* A table that a mail or a page takes. */
void results_markdown(const struct results *r, FILE *out);
/* One line for each cell and percentile. */
void results_csv(const struct results *r, FILE *out);

#endif
