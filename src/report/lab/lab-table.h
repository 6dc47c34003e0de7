/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several kernels at once: what an operation costs under the first, in instructions, and how
 * much more under each of the others.
 */
#ifndef EXITBENCH_LAB_TABLE_H
#define EXITBENCH_LAB_TABLE_H

#include <jansson.h>
#include <stdio.h>
#include "dataset/dataset.h"

struct lab_entry {
	bool has;		/* was the cell measured under this kernel? */
	double change;		/* instructions more than under the first */
	double typical;		/* the most frequent value */
	double mean_change;	/* of all operations, ticks included */
	size_t same, ops;	/* that differ by exactly change, of those without a tick */
};

struct lab_row {
	char *workload, *params;	/* params: those that are not at their default */
	const char *metric;
	struct lab_entry *entry;	/* one for each kernel; the first has change 0 */
};

struct lab_table {
	char **kernels;
	int nkernels;
	struct lab_row *rows;
	int nrows;
};

/*
 * From run RUN of FILE, whose arms are NAMES in this order. METRICS as for results_make().
 * 0, or negative after fail(); *out is for lab_table_free() either way.
 */
int lab_table_make(const char *file, int64_t run, const char *const *names, int n,
	unsigned int metrics, struct lab_table *out);
void lab_table_free(struct lab_table *t);

/* For people; 80 columns where the names allow. */
void lab_table_text(const struct lab_table *t, FILE *out);
/* A new reference, NULL without memory. */
json_t *lab_table_json(const struct lab_table *t);
/* For analysis/gnuplot/lab.gp. */
void lab_table_write(const struct lab_table *t, const char *title, const char *subtitle, FILE *out);

#endif
