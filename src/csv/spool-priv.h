/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What spool.c and spool-read.c share. */
#ifndef EXITBENCH_SPOOL_PRIV_H
#define EXITBENCH_SPOOL_PRIV_H

#include <sqlite3.h>
#include "csv/spool.h"

/* Positions in a row of the table "fragment". */
enum { FRAGMENT_THROUGHPUT = 5, FRAGMENT_METRICS };

struct column {
	int64_t *v;
	size_t n, room;
};

/* Rows of one block that followed one another; a block is one or more of these. */
struct fragment {
	int boot, cell, arm;
	int64_t round, line;
	struct column column[COLUMNS];
	double throughput;
};

struct spool {
	const char *name;		/* of the CSV, for messages */
	sqlite3 *db;
	sqlite3_stmt *insert;
	struct spool_boot *boots;
	int nboots;
	struct fragment current;
	uint8_t *packed;
	size_t packed_room;
	int64_t rows, rounded;
};

int column_reserve(struct column *c, size_t more);
int spool_db_fail(const struct spool *s);

#endif
