/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timer ticks of blocks whose operations are counted exactly. Their table is there only
 * where there are such blocks, so that files without them are as they always were.
 */
#include "config.h"
#include "base/fail.h"
#include "store/store-priv.h"

static int run_statement(struct store *s, const char *sql, int64_t block, const double *v, int n)
{
	sqlite3_stmt *st;
	int err;

	if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL))
		return store_fail(s, "write to it");
	if (n)
		sqlite3_bind_int64(st, 1, block);
	for (int i = 0; i < n; i++)
		sqlite3_bind_double(st, 2 + i, v[i]);
	err = store_do(s, st);
	sqlite3_finalize(st);
	return err;
}

int store_put_tick(struct store *s, int64_t block, const struct store_block *b)
{
	const double v[] = { b->tick_first, b->tick_period, b->between };
	int err;

	if (!(b->tick_period > 0))
		return 0;
	err = run_statement(s, "CREATE TABLE IF NOT EXISTS tick (block INTEGER PRIMARY KEY"
		" REFERENCES block, first REAL NOT NULL, period REAL NOT NULL,"
		" between_ops REAL NOT NULL)", 0, NULL, 0);
	return err ? err : run_statement(s, "INSERT INTO tick VALUES (?, ?, ?, ?)", block, v, 3);
}

static bool has_ticks(struct store *s)
{
	sqlite3_stmt *st;

	if (s->ticks)
		return s->ticks > 0;
	s->ticks = -1;
	if (sqlite3_prepare_v2(s->db, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND"
				      " name = 'tick'", -1, &st, NULL))
		return false;
	if (sqlite3_step(st) == SQLITE_ROW)
		s->ticks = 1;
	sqlite3_finalize(st);
	return s->ticks > 0;
}

int store_get_tick(struct store *s, struct store_block *b)
{
	sqlite3_stmt *st;

	if (!has_ticks(s))
		return 0;
	if (sqlite3_prepare_v2(s->db, "SELECT first, period, between_ops FROM tick WHERE block = ?",
		    -1, &st, NULL))
		return store_fail(s, "read it");
	sqlite3_bind_int64(st, 1, b->id);
	if (sqlite3_step(st) == SQLITE_ROW) {
		b->tick_first = sqlite3_column_double(st, 0);
		b->tick_period = sqlite3_column_double(st, 1);
		b->between = sqlite3_column_double(st, 2);
	}
	sqlite3_finalize(st);
	return 0;
}
