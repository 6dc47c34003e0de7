/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include <math.h>
#include "base/fail.h"
#include "store/store-priv.h"

static void bind_text(sqlite3_stmt *st, int at, const char *text)
{
	sqlite3_bind_text(st, at, text, -1, SQLITE_STATIC);
}

/* NAN is SQLite's NULL. */
static void bind_number(sqlite3_stmt *st, int at, double value)
{
	if (!isnan(value))
		sqlite3_bind_double(st, at, value);
}

static int insert(struct store *s, sqlite3_stmt *st, int64_t *id)
{
	int err = store_do(s, st);

	if (!err)
		*id = sqlite3_last_insert_rowid(s->db);
	return err;
}

static int simple(struct store *s, enum statement which)
{
	sqlite3_stmt *st = store_statement(s, which);

	return st ? store_do(s, st) : -STATUS_USAGE;
}

/* A file of before there were check sums: the blocks that it has stay without. */
static int add_sums(struct store *s)
{
	static const enum statement selects[] = { SELECT_RUNS, SELECT_BLOCKS, SELECT_NOTES };

	if (sqlite3_exec(s->db, "ALTER TABLE run ADD COLUMN crc INTEGER;"
			" ALTER TABLE block ADD COLUMN crc INTEGER;"
			" ALTER TABLE note ADD COLUMN crc INTEGER", NULL, NULL, NULL))
		return store_fail(s, "write to it");
	for (size_t i = 0; i < sizeof(selects) / sizeof(selects[0]); i++) {
		sqlite3_finalize(s->statements[selects[i]]);
		s->statements[selects[i]] = NULL;
	}
	s->sums = true;
	return 0;
}

/* The run's check sum, from what is in the file now. */
static int seal_run(struct store *s, int64_t run)
{
	sqlite3_stmt *st = store_statement(s, SELECT_RUNS);
	char *sql = NULL;
	int code = 0;

	while (st && (code = sqlite3_step(st)) == SQLITE_ROW)
		if (sqlite3_column_int64(st, 0) == run)
			break;
	if (code == SQLITE_ROW)
		sql = sqlite3_mprintf("UPDATE run SET crc = %u WHERE id = %lld", store_run_sum(st),
			(long long)run);
	if (st)
		sqlite3_reset(st);
	code = sql ? sqlite3_exec(s->db, sql, NULL, NULL, NULL) : -1;
	sqlite3_free(sql);
	return code ? store_fail(s, "write to it") : 0;
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

/* Does what ST says, adding a run if *RUN is 0, and seals the run: both or neither. */
static int sealed(struct store *s, sqlite3_stmt *st, int64_t *run)
{
	bool own = sqlite3_get_autocommit(s->db);
	int err = own ? simple(s, BEGIN) : 0;

	if (err)
		return err;
	err = *run ? store_do(s, st) : insert(s, st, run);
	if (!err && s->sums)
		err = seal_run(s, *run);
	return own ? end_transaction(s, err) : err;
}

int store_add_run(struct store *s, const struct store_run *r, int64_t *id)
{
	int err = s->sums ? 0 : add_sums(s);
	sqlite3_stmt *st = err ? NULL : store_statement(s, INSERT_RUN);

	if (!st)
		return err ? err : -STATUS_USAGE;
	*id = 0;
	bind_text(st, 1, r->uuid);
	bind_text(st, 2, r->started);
	bind_text(st, 3, r->finished);
	bind_text(st, 4, r->status);
	bind_text(st, 5, r->label);
	bind_text(st, 6, r->command);
	bind_text(st, 7, r->version);
	sqlite3_bind_int64(st, 8, r->seed);
	bind_text(st, 9, r->switch_level);
	bind_text(st, 10, r->boot);
	bind_text(st, 11, r->kernel);
	bind_text(st, 12, r->unit);
	sqlite3_bind_double(st, 13, r->resolution);
	bind_text(st, 14, r->clock);
	bind_text(st, 15, r->settings);
	bind_text(st, 16, r->environment);
	bind_text(st, 17, r->topology);
	err = sealed(s, st, id);
	if (!err)
		s->created = false;
	return err;
}

int store_end_run(struct store *s, int64_t run, const char *status)
{
	sqlite3_stmt *st = store_statement(s, END_RUN);
	int err;

	if (!st)
		return -STATUS_USAGE;
	sqlite3_bind_int64(st, 1, run);
	bind_text(st, 2, status);
	err = sealed(s, st, &run);
	return err ? err : store_check_moved(s);
}

int store_add_arm(struct store *s, const struct store_arm *arm, int64_t *id)
{
	sqlite3_stmt *st = store_statement(s, INSERT_ARM);

	if (!st)
		return -STATUS_USAGE;
	sqlite3_bind_int64(st, 1, arm->run);
	sqlite3_bind_int(st, 2, arm->position);
	bind_text(st, 3, arm->name);
	bind_text(st, 4, arm->params);
	return insert(s, st, id);
}

int store_add_cell(struct store *s, const struct store_cell *cell, int64_t *id)
{
	sqlite3_stmt *st = store_statement(s, INSERT_CELL);

	if (!st)
		return -STATUS_USAGE;
	sqlite3_bind_int64(st, 1, cell->run);
	bind_text(st, 2, cell->workload);
	bind_text(st, 3, cell->params);
	sqlite3_bind_int(st, 4, cell->cores);
	bind_text(st, 5, cell->place);
	bind_text(st, 6, cell->cpus);
	bind_text(st, 7, cell->primary);
	return insert(s, st, id);
}

int store_add_note(struct store *s, int64_t run, const char *kind, const char *text)
{
	sqlite3_stmt *st = store_statement(s, INSERT_NOTE);
	uint32_t start;

	if (!st || store_note_start(s, run, &start))
		return -STATUS_USAGE;
	sqlite3_bind_int64(st, 1, run);
	bind_text(st, 2, kind);
	bind_text(st, 3, text);
	sqlite3_bind_int64(st, 4, store_note_sum(start, kind, text));
	return store_do(s, st);
}

static int insert_block(struct store *s, const struct store_block *b, uint32_t sum, int64_t *id)
{
	sqlite3_stmt *st = store_statement(s, INSERT_BLOCK);

	if (!st)
		return -STATUS_USAGE;
	sqlite3_bind_int64(st, 10, sum);
	sqlite3_bind_int64(st, 1, b->cell);
	sqlite3_bind_int64(st, 2, b->arm);
	sqlite3_bind_int64(st, 3, b->round);
	sqlite3_bind_int(st, 4, b->position);
	sqlite3_bind_int(st, 5, b->warmup);
	sqlite3_bind_int64(st, 6, b->start_ns);
	sqlite3_bind_int64(st, 7, b->duration_ns);
	bind_number(st, 8, b->throughput);
	bind_number(st, 9, b->steal_ms);
	return insert(s, st, id);
}

static int insert_part(struct store *s, int64_t block, const struct store_part *p)
{
	const int64_t values[] = { p->ops, p->failed, p->lead_in, p->fill, p->duration_ns,
		p->voluntary, p->involuntary, p->disturbed };
	sqlite3_stmt *st = store_statement(s, INSERT_PART);

	if (!st)
		return -STATUS_USAGE;
	sqlite3_bind_int64(st, 1, block);
	sqlite3_bind_int(st, 2, p->cpu);
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		sqlite3_bind_int64(st, 3 + (int)i, values[i]);
	if (p->samples)
		sqlite3_bind_blob64(st, 11, p->samples, p->size, SQLITE_STATIC);
	return store_do(s, st);
}

int store_begin(struct store *s)
{
	s->was_created = s->created;
	s->had_sums = s->sums;
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
	s->sums = s->had_sums;
	store_forget_identities(s);
}

int store_add_block(struct store *s, const struct store_block *b, const struct store_part *parts)
{
	/* Inside a larger transaction (store_copy_run) that one decides. */
	bool own = sqlite3_get_autocommit(s->db);
	uint32_t sum;
	int64_t id;
	int err = store_block_sum(s, b, &sum);

	for (int i = 0; i < b->parts; i++)
		sum += store_part_sum(&parts[i]);
	if (!err && own)
		err = simple(s, BEGIN);
	if (err)
		return err;
	err = insert_block(s, b, sum, &id);
	if (!err)
		err = store_put_tick(s, id, b);
	for (int i = 0; !err && i < b->parts; i++)
		err = insert_part(s, id, &parts[i]);
	return own ? end_transaction(s, err) : err;
}
