/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A block's check sum: CRC-32 (zlib's) of what is known of its run, cell and arm, of the
 * block itself, and of each part with its samples. doc/result-format.md says of which bytes.
 */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "store/store-priv.h"

#define MOST_REMEMBERED (1 << 26)	/* blocks; their bits take 8 MiB */

static struct store_identity *remembered(struct store *s, int64_t cell, int64_t arm)
{
	return &s->identities[((uint64_t)cell * 31 + (uint64_t)arm) % STORE_IDENTITIES];
}

void store_forget_identities(struct store *s)
{
	memset(s->identities, 0, sizeof(s->identities));
}

/*
 * *CRC: the sum of NAMES of the row that FROM finds by KEY and KEY2. NAMES are freed. Returns 1,
 * 0 without such a row, or negative after fail().
 */
static int sum_values(struct store *s, char *names, const char *from, int64_t key, int64_t key2,
	uint32_t *crc)
{
	char *sql = names ? sqlite3_mprintf("SELECT %s %s", names, from) : NULL;
	sqlite3_stmt *st = NULL;
	int code = sql ? sqlite3_prepare_v2(s->db, sql, -1, &st, NULL) : SQLITE_NOMEM;

	sqlite3_free(names);
	sqlite3_free(sql);
	if (code)
		return store_fail(s, "read it");
	sqlite3_bind_int64(st, 1, key);
	if (sqlite3_bind_parameter_count(st) > 1)
		sqlite3_bind_int64(st, 2, key2);
	code = sqlite3_step(st);
	*crc = code == SQLITE_ROW ? store_sum_values(0, st) : 0;
	sqlite3_finalize(st);
	return code == SQLITE_ROW ? 1 : code == SQLITE_DONE ? 0 : store_fail(s, "read it");
}

/* Of run, cell and arm: the same for all blocks of both, so asked for once. */
static int identity(struct store *s, int64_t cell, int64_t arm, uint32_t *crc)
{
	static const enum table tables[] = { TABLE_RUN, TABLE_CELL, TABLE_ARM };
	struct store_identity *known = remembered(s, cell, arm);
	int found;

	*crc = known->crc;
	if (known->cell == cell && known->arm == arm && cell && arm)
		return 0;
	found = sum_values(s, store_names_sql(tables, 3, BLOCK_SUM), "FROM cell"
		" JOIN run ON run.id = cell.run JOIN arm ON arm.run = run.id"
		" WHERE cell.id = ?1 AND arm.id = ?2", cell, arm, crc);
	*known = (struct store_identity){ found > 0 ? cell : 0, arm, *crc };
	return found ? found > 0 ? 0 : found : fail(STATUS_USAGE, "%s: cell %lld has no arm %lld: "
		"the file is damaged", s->path, (long long)cell, (long long)arm);
}

int store_block_sum(struct store *s, const struct store_block *b, uint32_t *sum)
{
	uint32_t crc;
	int err = identity(s, b->cell, b->arm, &crc);

	if (err)
		return err;
	crc = store_sum_row(crc, TABLE_BLOCK, b, BLOCK_SUM);
	*sum = b->tick_period > 0 ? store_sum_row(crc, TABLE_TICK, b, BLOCK_SUM) : crc;
	return 0;
}

int store_run_sum(struct store *s, int64_t run, uint32_t *sum)
{
	static const enum table table = TABLE_RUN;
	int found = sum_values(s, store_names_sql(&table, 1, ROW_SUM), "FROM run WHERE id = ?",
		run, 0, sum);

	return found < 0 ? found : 0;
}

int store_note_sum(struct store *s, const struct store_note *n, uint32_t *sum)
{
	int found = sum_values(s, sqlite3_mprintf("uuid"), "FROM run WHERE id = ?", n->run, 0, sum);

	*sum = store_sum_row(*sum, TABLE_NOTE, n, ROW_SUM);
	return found < 0 ? found : 0;
}

/* Parts are summed up, so that their order does not matter; each has its CPU in it. */
uint32_t store_part_sum(const struct store_part *p)
{
	return store_sum_row(0, TABLE_PART, p, BLOCK_SUM);
}

struct summing {
	struct store_part part;
	uint32_t sum;
};

static int sum_part(void *arg)
{
	struct summing *to = arg;

	to->sum += store_part_sum(&to->part);
	return 0;
}

/* Was the block found to be right before? A bit for each is kept. */
static bool seen(const struct store *s, int64_t block)
{
	return block >= 0 && (size_t)block / 8 < s->seen_size &&
		s->seen[block / 8] & 1 << block % 8;
}

static void remember(struct store *s, int64_t block)
{
	size_t size = s->seen_size;
	uint8_t *grown;

	if (block < 0 || block >= MOST_REMEMBERED)
		return;
	if ((size_t)block / 8 >= size) {
		size = (size_t)block / 4 + 64;
		grown = realloc(s->seen, size);
		if (!grown)
			return;
		memset(grown + s->seen_size, 0, size - s->seen_size);
		s->seen = grown;
		s->seen_size = size;
	}
	s->seen[block / 8] |= (uint8_t)(1 << block % 8);
}

int store_check_block(struct store *s, const struct store_block *b)
{
	char where[64];
	struct summing to;
	int err;

	if (seen(s, b->id))
		return 0;
	err = store_block_sum(s, b, &to.sum);
	if (!err)
		err = store_each(s, TABLE_PART, b->id, 0, &to.part, sum_part, &to);
	if (err)
		return err;
	if (to.sum != b->crc)
		return fail(STATUS_USAGE, "%s: %s: its check sum is wrong: the file was damaged; go "
			"back to a copy, or take its other runs with --run", s->path,
			store_where(s, b->id, where, sizeof(where)));
	remember(s, b->id);
	return 0;
}

char *store_where(struct store *s, int64_t block, char *buf, size_t size)
{
	sqlite3_stmt *st = NULL;
	int64_t run = 0;

	if (!sqlite3_prepare_v2(s->db, "SELECT run FROM block JOIN cell ON cell.id = block.cell"
			" WHERE block.id = ?", -1, &st, NULL)) {
		sqlite3_bind_int64(st, 1, block);
		if (sqlite3_step(st) == SQLITE_ROW)
			run = sqlite3_column_int64(st, 0);
	}
	sqlite3_finalize(st);
	snprintf(buf, size, "run %lld, block %lld", (long long)run, (long long)block);
	return buf;
}
