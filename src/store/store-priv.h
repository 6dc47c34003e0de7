/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files that make up the store. */
#ifndef EXITBENCH_STORE_PRIV_H
#define EXITBENCH_STORE_PRIV_H

#include <sqlite3.h>
#include <sys/types.h>
#include "store/store.h"

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

/* What the check sums of a cell's and an arm's blocks begin with. */
#define STORE_IDENTITIES 256
struct store_identity {
	int64_t cell, arm;
	uint32_t crc;
};

struct store {
	sqlite3 *db;
	char *path;		/* as it was given, for messages */
	char *safe_path;	/* of the file */
	bool writable;
	bool created;		/* by us, and no run in it yet */
	bool was_created;	/* that, when the transaction began */
	int ticks;		/* is there a table of ticks? 1 yes, -1 no, 0 not yet known */
	char *rescue;		/* where all goes to when the file is gone; NULL: it is not */
	ino_t log, log_index;	/* inodes of -wal and -shm; 0: none */
	bool sums;		/* has the table of blocks a column of check sums? */
	bool had_sums;		/* that, when the transaction began */
	struct store_identity identities[STORE_IDENTITIES];
	uint8_t *seen;		/* a bit for each block whose sum was right */
	size_t seen_size;
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

/* store-sync.c: is our file no longer the one of its path? */
bool store_moved(struct store *s);
/* The same as a failure, that names the file to which store_close() rescues all. */
int store_check_moved(struct store *s);
void store_rescue(struct store *s);
/* Is there a log beside the file; which one is ours; and away with it, of a file that was moved. */
bool store_has_log(const struct store *s);
void store_remember_log(struct store *s);
void store_remove_log(struct store *s);

/* store-trust.c: no code of a file's own, and limits; before anything is read. */
void store_restrict(sqlite3 *db);
/* Is there nothing but tables and indices in it, without expressions? */
int store_check_schema(struct store *s);
/* Has SQLite a fault to find, or is there a row that belongs to none? */
int store_check_structure(struct store *s);

/*
 * store-check.c: the sum of a block and all that says whose it is, of a part; a block's is
 * that and those of all its parts, modulo 2^32.
 */
int store_block_sum(struct store *s, const struct store_block *b, uint32_t *sum);
uint32_t store_run_sum(sqlite3_stmt *st);	/* of a row of SELECT_RUNS */
/* What the sums of a run's notes begin with; 0 or negative after fail(). */
int store_note_start(struct store *s, int64_t run, uint32_t *start);
uint32_t store_note_sum(uint32_t start, const char *kind, const char *text);
uint32_t store_part_sum(const struct store_part *p);
/* Is WANTED the sum of this block, as read? 0 or negative after fail(). */
int store_check_block(struct store *s, const struct store_block *b, int64_t wanted);
/* When ids may mean other rows than before. */
void store_forget_identities(struct store *s);

/* "run 1, block 17", for messages; returns BUF. */
char *store_where(struct store *s, int64_t block, char *buf, size_t size);

/* fail() with SQLite's own words for what happened, and a remedy where there is one. */
int store_fail(struct store *s, const char *what);

#endif
