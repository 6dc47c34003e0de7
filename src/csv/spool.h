/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CSV rows in any order, to be read back block by block in order of time. What does not
 * fit into memory is in a temporary database (in $SQLITE_TMPDIR, $TMPDIR or /var/tmp),
 * which vanishes with us however we end. Memory holds names, and one round's samples.
 */
#ifndef EXITBENCH_SPOOL_H
#define EXITBENCH_SPOOL_H

#include "csv/csv.h"
#include "store/pack.h"

#define SPOOL_ARMS 256		/* most in a boot */
#define SPOOL_CELLS 4096	/* most in a boot */
#define SPOOL_SAMPLES 4194304	/* most of one metric in a block */

/* An arm, or a cell. */
struct spool_item {
	char *name;		/* a cell's workload */
	int cores;
	unsigned int metrics;	/* mask of those that a cell has */
};

struct spool_list {
	struct spool_item *v;
	int n;
};

struct spool_boot {
	char *name;
	struct spool_list arms, cells;
	int decimals;		/* that its samples need: 0 to CSV_DECIMALS */
};

struct spool_contents {
	struct spool_boot *boots;
	int nboots;
	int64_t rows, rounded;	/* rounded: values with too many decimals */
};

struct spool;

/* Reads all rows of R, or fails with the first bad one. */
int spool_read(struct csv_reader *r, struct spool **out);
void spool_free(struct spool *s);

const struct spool_contents *spool_contents(const struct spool *s);

struct spool_block {
	int boot, cell, arm;
	int64_t round;
	int position;			/* in the round, by order of appearance */
	size_t n;
	int64_t *column[COLUMNS];	/* thousandths; NULL: not measured */
	double throughput;		/* NAN: none */
};

/* Every block, by boot, cell and round; FN may change the columns' values. */
int spool_each(struct spool *s, int (*fn)(void *arg, const struct spool_block *), void *arg);

#endif
