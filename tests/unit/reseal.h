/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A result file that somebody changed, and gave the check sums that go with it: what it says is
 * wrong then, not its sums. Written from doc/result-format.md, not from what the store does.
 */
#ifndef EXITBENCH_RESEAL_H
#define EXITBENCH_RESEAL_H

#include <endian.h>
#include <sqlite3.h>
#include <string.h>
#include <zlib.h>

static void reseal_crc(sqlite3_context *context, int n, sqlite3_value **v)
{
	uLong crc = 0;

	for (int i = 0; i < n; i++) {
		int type = sqlite3_value_type(v[i]);
		const void *bytes = type == SQLITE_TEXT ? sqlite3_value_text(v[i]) :
			type == SQLITE_BLOB ? sqlite3_value_blob(v[i]) : NULL;
		int64_t word = bytes ? sqlite3_value_bytes(v[i]) : sqlite3_value_int64(v[i]);
		double real = sqlite3_value_double(v[i]);

		crc = crc32(crc, (const void *)&"?irtbn"[type], 1);
		if (type == SQLITE_NULL)
			continue;
		if (type == SQLITE_FLOAT)
			memcpy(&word, &real, sizeof(word));
		word = (int64_t)htole64((uint64_t)word);
		crc = crc32(crc, (const void *)&word, sizeof(word));
		if (bytes && sqlite3_value_bytes(v[i]))
			crc = crc32(crc, bytes, (uInt)sqlite3_value_bytes(v[i]));
	}
	sqlite3_result_int64(context, (sqlite3_int64)crc);
}

/* The columns of TABLE but those in BUT, as "TABLE.a, TABLE.b"; to be sqlite3_free()d. */
static char *reseal_columns(sqlite3 *db, const char *table, const char *but)
{
	char *sql = sqlite3_mprintf("SELECT group_concat(%Q || '.' || name, ', ') FROM"
		" pragma_table_info(%Q) WHERE name NOT IN (%s)", table, table, but), *names = NULL;
	sqlite3_stmt *st;

	if (!sqlite3_prepare_v2(db, sql, -1, &st, NULL) && sqlite3_step(st) == SQLITE_ROW)
		names = sqlite3_mprintf("%s", sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	sqlite3_free(sql);
	return names;
}

/* The sums of all blocks; of those WHERE says, with the TICK that they have. */
static void reseal_blocks(sqlite3 *db, const char *tick, const char *where)
{
	char *names[] = {
		reseal_columns(db, "part", "'block'"),
		reseal_columns(db, "run", "'id', 'crc', 'finished', 'status'"),
		reseal_columns(db, "cell", "'id', 'run'"),
		reseal_columns(db, "arm", "'id', 'run'"),
		reseal_columns(db, "block", "'id', 'cell', 'arm', 'crc'"),
	};
	char *sql = sqlite3_mprintf("UPDATE block SET crc = 0xffffffff & (coalesce((SELECT"
		" sum(crc(%s)) FROM part WHERE part.block = block.id), 0) + (SELECT"
		" crc(%s, %s, %s, %s%s) FROM cell JOIN run ON run.id = cell.run JOIN arm ON"
		" arm.id = block.arm WHERE cell.id = block.cell)) %s",
		names[0], names[1], names[2], names[3], names[4], tick, where);

	sqlite3_exec(db, sql, NULL, NULL, NULL);
	sqlite3_free(sql);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		sqlite3_free(names[i]);
}

/* What a change took away or broke has no sum: its row stays as it is. */
static void reseal(sqlite3 *db)
{
	char *run = reseal_columns(db, "run", "'id', 'crc'");
	char *sql = sqlite3_mprintf("UPDATE run SET crc = crc(%s)", run);

	sqlite3_create_function(db, "crc", -1, SQLITE_UTF8, NULL, reseal_crc, NULL, NULL);
	sqlite3_exec(db, sql, NULL, NULL, NULL);
	sqlite3_exec(db, "UPDATE note SET crc = crc((SELECT uuid FROM run WHERE id = note.run), kind,"
		" text)", NULL, NULL, NULL);
	reseal_blocks(db, "", "");
	reseal_blocks(db, ", (SELECT first FROM tick WHERE tick.block = block.id),"
		" (SELECT period FROM tick WHERE tick.block = block.id),"
		" (SELECT between_ops FROM tick WHERE tick.block = block.id)",
		"WHERE id IN (SELECT block FROM tick WHERE period > 0)");
	sqlite3_free(sql);
	sqlite3_free(run);
}

#endif
