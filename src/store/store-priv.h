/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the files that make up the store. From low to high: store-vfs, store-fail,
 * store-columns, store-statement; -sync, -trust; -check; -read, -write; -copy; store.c.
 */
#ifndef EXITBENCH_STORE_PRIV_H
#define EXITBENCH_STORE_PRIV_H

#include <sqlite3.h>
#include <sys/stat.h>
#include "store/store.h"

enum table {
	TABLE_RUN,
	TABLE_ARM,
	TABLE_CELL,
	TABLE_BLOCK,
	TABLE_PART,
	TABLE_NOTE,
	TABLE_TICK,
	TABLE_TOTALS,		/* of parts and blocks: none of its own */
	TABLES
};

/* To each table: one that adds a row, and one that reads rows. */
enum statement {
	INSERT,
	SELECT = INSERT + TABLES,
	END_RUN = SELECT + TABLES,
	BEGIN,
	COMMIT,
	SELECT_UUID,
	STATEMENTS
};

struct store_note {
	NOTE_COLUMNS(COLUMN_MEMBER)
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
	struct store_identity identities[STORE_IDENTITIES];
	uint8_t *seen;		/* a bit for each block whose sum was right */
	size_t seen_size;
	sqlite3_stmt *statements[STATEMENTS];
};

/* What opens SQLite's files for us, by name; NULL: SQLite's own. */
const char *store_vfs(void);

/* store-fail.c: fail() with SQLite's own words for what happened, and what helps. */
int store_fail(struct store *s, const char *what);
/* The file END beside ours, such as "-wal", if it is there: its name in PATH. */
bool store_beside(const struct store *s, const char *end, struct stat *st, char path[4096]);

/* store-columns.c: SQL, sqlite3_free()d by the caller; NULL without memory. */
char *store_create_sql(enum table t);
char *store_insert_sql(enum table t);
char *store_select_sql(enum table t);
/* "table.column, ..." of the columns that have one of FLAGS, of the N tables of LIST. */
char *store_names_sql(const enum table *list, int n, int flags);
/* ROW, the table's struct, to the parameters of its INSERT; and from a row of its SELECT. */
void store_bind(enum table t, sqlite3_stmt *st, const void *row);
void store_fetch(enum table t, sqlite3_stmt *st, void *row);
/* Is each value one that its column may have? 0 or negative after fail(). */
int store_check_row(struct store *s, enum table t, sqlite3_stmt *st);
/* CRC, and behind it the columns that have one of FLAGS. */
uint32_t store_sum_row(uint32_t crc, enum table t, const void *row, int flags);
/* CRC, and behind it all columns of a row of ST. */
uint32_t store_sum_values(uint32_t crc, sqlite3_stmt *st);

/* store-statement.c: the prepared statement, reset; NULL after fail(). */
sqlite3_stmt *store_statement(struct store *s, enum statement which);
/* Steps a statement that returns no rows. */
int store_do(struct store *s, sqlite3_stmt *st);
/* Adds ROW; its id is sqlite3_last_insert_rowid(). */
int store_insert(struct store *s, enum table t, const void *row);
/* SQL, which it sqlite3_free()s; NULL is for want of memory. */
int store_exec(struct store *s, char *sql, const char *what);
/*
 * Puts each row, checked, into ROW (the table's struct) and calls FN, if any, until that returns
 * other than 0. FN may read with the same statement, but not that of parts or ticks.
 */
int store_each(struct store *s, enum table t, int64_t key, int64_t key2, void *row,
	int (*fn)(void *arg), void *arg);

/* store-sync.c: is our file no longer the one of its path? */
bool store_moved(struct store *s);
/* The same as a failure, that names the file to which store_close() rescues all. */
int store_check_moved(struct store *s);
void store_rescue(struct store *s);
/* Which log beside the file is ours; and away with it, of a file that was moved. */
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
uint32_t store_part_sum(const struct store_part *p);
/* Of the run of this id as it is in the file; and of a note. 0 or negative after fail(). */
int store_run_sum(struct store *s, int64_t run, uint32_t *sum);
int store_note_sum(struct store *s, const struct store_note *n, uint32_t *sum);
/* Has the block, as read, the sum that it should? 0 or negative after fail(). */
int store_check_block(struct store *s, const struct store_block *b);
/* When ids may mean other rows than before. */
void store_forget_identities(struct store *s);

/* "run 1, block 17", for messages; returns BUF. */
char *store_where(struct store *s, int64_t block, char *buf, size_t size);

#endif
