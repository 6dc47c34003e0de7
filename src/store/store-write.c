/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adding to a result file, in transactions. */
#include "config.h"
#include "base/fail.h"
#include "store/store-priv.h"

static int insert(struct store *s, enum table t, const void *row, int64_t *id)
{
	int err = store_insert(s, t, row);

	if (!err)
		*id = sqlite3_last_insert_rowid(s->db);
	return err;
}

static int simple(struct store *s, enum statement which)
{
	sqlite3_stmt *st = store_statement(s, which);

	return st ? store_do(s, st) : -STATUS_USAGE;
}

/* The run's check sum, from what is in the file now. */
static int seal_run(struct store *s, int64_t run)
{
	uint32_t sum;
	int err = store_run_sum(s, run, &sum);

	return err ? err : store_exec(s, sqlite3_mprintf("UPDATE run SET crc = %u WHERE id = %lld",
		sum, (long long)run), "write to it");
}

/* Commits unless ERR, else takes all of it back. */
static int end_transaction(struct store *s, int err)
{
	if (!err)
		err = simple(s, COMMIT);
	if (err && !sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return err;
}

/* Does what ST says, or adds R where there is none, and seals the run: both or neither. */
static int sealed(struct store *s, sqlite3_stmt *st, const struct store_run *r, int64_t *run)
{
	bool own = sqlite3_get_autocommit(s->db);
	int err = own ? simple(s, BEGIN) : 0;

	if (err)
		return err;
	err = st ? store_do(s, st) : insert(s, TABLE_RUN, r, run);
	if (!err)
		err = seal_run(s, *run);
	return own ? end_transaction(s, err) : err;
}

int store_add_run(struct store *s, const struct store_run *r, int64_t *id)
{
	int64_t added;
	int err = sealed(s, NULL, r, &added);

	if (err)
		return err;
	*id = added;
	s->created = false;
	return 0;
}

int store_end_run(struct store *s, int64_t run, const char *status)
{
	sqlite3_stmt *st = store_statement(s, END_RUN);
	int err;

	if (!st)
		return -STATUS_USAGE;
	sqlite3_bind_int64(st, 1, run);
	sqlite3_bind_text(st, 2, status, -1, SQLITE_STATIC);
	err = sealed(s, st, NULL, &run);
	return err ? err : store_check_moved(s);
}

int store_add_arm(struct store *s, const struct store_arm *arm, int64_t *id)
{
	return insert(s, TABLE_ARM, arm, id);
}

int store_add_cell(struct store *s, const struct store_cell *cell, int64_t *id)
{
	return insert(s, TABLE_CELL, cell, id);
}

int store_add_note(struct store *s, int64_t run, const char *kind, const char *text)
{
	struct store_note note = { .run = run, .kind = kind, .text = text };
	uint32_t sum;
	int err = store_note_sum(s, &note, &sum);

	if (err)
		return err;
	note.crc = sum;
	return store_insert(s, TABLE_NOTE, &note);
}

int store_begin(struct store *s)
{
	s->was_created = s->created;
	return simple(s, BEGIN);
}

int store_commit(struct store *s)
{
	return simple(s, COMMIT);
}

void store_rollback(struct store *s)
{
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	s->created = s->was_created;
	s->ticks = 0;
	store_forget_identities(s);
}

static int insert_parts(struct store *s, int64_t block, const struct store_part *parts, int n)
{
	int err = 0;

	for (int i = 0; i < n && !err; i++) {
		struct store_part p = parts[i];

		p.block = block;
		err = store_insert(s, TABLE_PART, &p);
	}
	return err;
}

/* Ticks have a table only where there are any, so that files without them are as they always were. */
static int insert_tick(struct store *s, const struct store_block *b)
{
	int err;

	if (!(b->tick_period > 0))
		return 0;
	err = store_exec(s, store_create_sql(TABLE_TICK), "write to it");
	s->ticks = 0;
	return err ? err : store_insert(s, TABLE_TICK, b);
}

int store_add_block(struct store *s, const struct store_block *b, const struct store_part *parts)
{
	/* Inside a larger transaction (store_copy_run) that one decides. */
	bool own = sqlite3_get_autocommit(s->db);
	struct store_block block = *b;
	uint32_t sum;
	int err = store_block_sum(s, b, &sum);

	for (int i = 0; i < b->parts && !err; i++)
		sum += store_part_sum(&parts[i]);
	if (!err && own)
		err = simple(s, BEGIN);
	if (err)
		return err;
	block.crc = sum;
	err = insert(s, TABLE_BLOCK, &block, &block.id);
	if (!err)
		err = insert_tick(s, &block);
	if (!err)
		err = insert_parts(s, block.id, parts, b->parts);
	return own ? end_transaction(s, err) : err;
}
