/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statements: prepared once, run, and their rows handed out. */
#include "config.h"
#include <errno.h>
#include "base/fail.h"
#include "store/store-priv.h"

static char *text_of(enum statement which)
{
	static const char *const other[STATEMENTS] = {
		[END_RUN] = "UPDATE run SET status = ?2, finished = strftime('%Y-%m-%dT%H:%M:%SZ')"
			    " WHERE id = ?1",
		[BEGIN] = "BEGIN IMMEDIATE",
		[COMMIT] = "COMMIT",
		[SELECT_UUID] = "SELECT 1 FROM run WHERE uuid = ?",
	};

	if (which < SELECT)
		return store_insert_sql((enum table)(which - INSERT));
	if (which < END_RUN)
		return store_select_sql((enum table)(which - SELECT));
	return sqlite3_mprintf("%s", other[which]);
}

sqlite3_stmt *store_statement(struct store *s, enum statement which)
{
	sqlite3_stmt **st = &s->statements[which];

	if (!*st) {
		char *text = text_of(which);
		int code = text ? sqlite3_prepare_v3(s->db, text, -1, SQLITE_PREPARE_PERSISTENT, st,
			NULL) : SQLITE_NOMEM;

		sqlite3_free(text);
		if (code) {
			store_fail(s, "read its tables");
			return NULL;
		}
	}
	sqlite3_reset(*st);
	sqlite3_clear_bindings(*st);
	return *st;
}

int store_do(struct store *s, sqlite3_stmt *st)
{
	int code, err;

	errno = 0;
	code = sqlite3_step(st);
	err = code == SQLITE_DONE ? 0 : store_fail(s, "write to it");

	sqlite3_reset(st);
	return err;
}

int store_exec(struct store *s, char *sql, const char *what)
{
	int err = sql ? 0 : fail_nomem();

	if (sql && sqlite3_exec(s->db, sql, NULL, NULL, NULL))
		err = store_fail(s, what);
	sqlite3_free(sql);
	return err;
}

int store_insert(struct store *s, enum table t, const void *row)
{
	sqlite3_stmt *st = store_statement(s, INSERT + t);

	if (!st)
		return -STATUS_USAGE;
	store_bind(t, st, row);
	return store_do(s, st);
}

static int each(struct store *s, enum table t, sqlite3_stmt *st, void *row, int (*fn)(void *arg),
	void *arg)
{
	int err = 0, code = SQLITE_ROW;

	while (!err && (code = sqlite3_step(st)) == SQLITE_ROW) {
		err = store_check_row(s, t, st);
		if (err)
			break;
		store_fetch(t, st, row);
		err = fn ? fn(arg) : 0;
	}
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		err = store_fail(s, "read it");
	sqlite3_reset(st);
	return err;
}

int store_each(struct store *s, enum table t, int64_t key, int64_t key2, void *row,
	int (*fn)(void *arg), void *arg)
{
	sqlite3_stmt *shared = store_statement(s, SELECT + t), *st = shared;
	int err;

	if (!shared)
		return -STATUS_USAGE;
	/* One for each reader, but for those of every block. */
	if (t != TABLE_PART && t != TABLE_TICK &&
		sqlite3_prepare_v2(s->db, sqlite3_sql(shared), -1, &st, NULL))
		return store_fail(s, "read it");
	if (sqlite3_bind_parameter_count(st) > 0)
		sqlite3_bind_int64(st, 1, key);
	if (sqlite3_bind_parameter_count(st) > 1)
		sqlite3_bind_int64(st, 2, key2);
	err = each(s, t, st, row, fn, arg);
	if (st != shared)
		sqlite3_finalize(st);
	return err;
}
