/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files that make up the store. */
#ifndef EXITBENCH_STORE_PRIV_H
#define EXITBENCH_STORE_PRIV_H

#include <sqlite3.h>
#include "store.h"

enum statement {
	INSERT_RUN,
	END_RUN,
	INSERT_ARM,
	INSERT_CELL,
	INSERT_BLOCK,
	INSERT_PART,
	INSERT_NOTE,
	BEGIN,
	COMMIT,
	ROLLBACK,
	SELECT_RUNS,
	SELECT_ARMS,
	SELECT_CELLS,
	SELECT_BLOCKS,
	SELECT_PARTS,
	SELECT_NOTES,
	SELECT_TOTALS,
	SELECT_UUID,
	STATEMENTS
};

struct store {
	sqlite3 *db;
	char *path;		/* as it was given, for messages */
	char *place;		/* of the file */
	bool writable;
	bool created;		/* by us, and no run in it yet */
	bool was_created;	/* that, when the transaction began */
	int ticks;		/* is there a table of ticks? 1 yes, -1 no, 0 not yet known */
	sqlite3_stmt *statements[STATEMENTS];
};

/* What opens SQLite's files for us, by name; NULL: SQLite's own. */
const char *store_vfs(void);

/* The prepared statement, reset; NULL after fail(). */
sqlite3_stmt *store_statement(struct store *s, enum statement which);

/* Steps a statement that returns no rows. */
int store_do(struct store *s, sqlite3_stmt *st);

/* store-tick.c: the ticks of a block, if it has any; 0 or negative after fail(). */
int store_put_tick(struct store *s, int64_t block, const struct store_block *b);
int store_get_tick(struct store *s, struct store_block *b);

/* fail() with SQLite's own words for what happened, and a remedy where there is one. */
int store_fail(struct store *s, const char *what);

#endif
