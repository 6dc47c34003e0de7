/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The result file: one SQLite database, suffix .exb; runs are appended to it. The schema
 * is in doc/result-format.md. Every function that returns int returns 0, or negative
 * after fail() with the file's name, the cause and the remedy.
 */
#ifndef EXITBENCH_STORE_H
#define EXITBENCH_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "store/columns.h"
#include "store/pack.h"

#define STORE_APPLICATION_ID 0x45584231	/* "EXB1" */
#define STORE_SCHEMA_VERSION 1

struct store;

enum store_mode {
	STORE_READ,
	STORE_APPEND,		/* created when there is none */
};

int store_open(const char *path, enum store_mode mode, struct store **out);

/*
 * Closes; after STORE_APPEND the file is again one file, without a log beside it, and a
 * file that was created but never got a run is removed.
 */
void store_close(struct store *s);
const char *store_path(const struct store *s);

/*
 * What was written before is on the disk when this returns: no power cut loses it. Fails, too,
 * when the file was removed or replaced since it was opened; what was written goes to another
 * file then, when it is closed.
 */
int store_sync(struct store *s);

/*
 * Does another process have the file open: is a run in it perhaps still going on? Ask
 * before opening it here (closing a descriptor would drop SQLite's own locks).
 */
bool store_in_use(const char *path);

/*
 * All that is added between these is in the file or none of it. Rolling back a file's
 * first run makes it a file without runs again.
 */
int store_begin(struct store *s);
int store_commit(struct store *s);
void store_rollback(struct store *s);

/* Their members are the columns of columns.h, and what is said here. */
struct store_run {
	RUN_COLUMNS(COLUMN_MEMBER)
};

struct store_arm {
	ARM_COLUMNS(COLUMN_MEMBER)
};

struct store_cell {
	CELL_COLUMNS(COLUMN_MEMBER)
};

struct store_block {
	BLOCK_COLUMNS(COLUMN_MEMBER)
	int parts;		/* 0: throughput is all there is */
	TICK_COLUMNS(COLUMN_MEMBER)
};

/* One worker's share of a block. */
struct store_part {
	PART_COLUMNS(COLUMN_MEMBER)
	size_t size;		/* of the samples */
};

/* A check sum is made when a row is written. *ID is the number that it gets, unless it fails. */
int store_add_run(struct store *s, const struct store_run *run, int64_t *id);
int store_end_run(struct store *s, int64_t run, const char *status);
int store_add_arm(struct store *s, const struct store_arm *arm, int64_t *id);
int store_add_cell(struct store *s, const struct store_cell *cell, int64_t *id);
/* The block and its parts, all or nothing; a kill -9 after it returns loses none of it. */
int store_add_block(struct store *s, const struct store_block *b, const struct store_part *parts);
/* A line for the run's log: a warning, what disturbed it. */
int store_add_note(struct store *s, int64_t run, const char *kind, const char *text);

/*
 * A callback returns 0 to go on, else what the reader returns at once. A row with a value
 * of the wrong type or a negative count is an error, not handed out; neither is a run, a
 * note or a block whose check sum is wrong.
 */
int store_runs(struct store *s, int (*fn)(void *arg, const struct store_run *), void *arg);
int store_arms(struct store *s, int64_t run, int (*fn)(void *arg, const struct store_arm *),
	void *arg);
int store_cells(struct store *s, int64_t run, int (*fn)(void *arg, const struct store_cell *),
	void *arg);
int store_notes(struct store *s, int64_t run,
	int (*fn)(void *arg, const char *kind, const char *text), void *arg);

#define STORE_ALL_ARMS 0
#define STORE_WARMUPS_TOO (-1)

/*
 * A cell's blocks of one arm, or of all arms without or with the warm-ups, in the order
 * measured.
 */
int store_blocks(struct store *s, int64_t cell, int64_t arm,
	int (*fn)(void *arg, const struct store_block *), void *arg);
/* The parts of a block. */
int store_parts(struct store *s, int64_t block,
	int (*fn)(void *arg, const struct store_part *), void *arg);

/*
 * Unpacks a part's samples, which it has; as many as it has operations. unpacked_free()
 * is for the caller.
 */
int store_samples(struct store *s, const struct store_part *p, struct unpacked *out);

/* One column of them, as unpack_column(). */
int store_column(struct store *s, const struct store_part *p, int column, int64_t *v, size_t *n);

/*
 * Sums over the blocks of one cell and arm. Of the warm-ups, lead_in, fill and failed are
 * counted too: these and ops and warmup_ops are all operations that were started. An error,
 * too, when a sum is larger than any file's, 2^63.
 */
struct store_totals {
	TOTALS(COLUMN_MEMBER)
};
int store_totals(struct store *s, int64_t cell, int64_t arm, struct store_totals *out);

/*
 * Copies run RUN of FROM with all that belongs to it. A run of the same uuid is not
 * copied again: *copied is false then. All or nothing.
 */
int store_copy_run(struct store *to, struct store *from, int64_t run, bool *copied);

#endif
