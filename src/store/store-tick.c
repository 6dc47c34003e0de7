/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timer ticks of blocks whose operations are counted exactly. Their table is there only
 * where there are such blocks, so that files without them are as they always were.
 */
#include "config.h"
#include "base/fail.h"
#include "store/store-priv.h"

static bool has_ticks(struct store *s)
{
	if (!s->ticks)
		s->ticks = sqlite3_table_column_metadata(s->db, "main", "tick", NULL, NULL, NULL,
			NULL, NULL, NULL) ? -1 : 1;
	return s->ticks > 0;
}

int store_put_tick(struct store *s, const struct store_block *b)
{
	char *sql;
	int err = 0;

	if (!(b->tick_period > 0))
		return 0;
	sql = store_create_sql(TABLE_TICK);
	if (!sql)
		return fail_nomem();
	if (sqlite3_exec(s->db, sql, NULL, NULL, NULL))
		err = store_fail(s, "write to it");
	sqlite3_free(sql);
	s->ticks = 0;
	return err ? err : store_insert(s, TABLE_TICK, b);
}

static int fetch_tick(void *arg, sqlite3_stmt *st)
{
	store_fetch(TABLE_TICK, st, arg);
	return 0;
}

int store_get_tick(struct store *s, struct store_block *b)
{
	return has_ticks(s) ? store_each(s, TABLE_TICK, b->id, 0, fetch_tick, b) : 0;
}
