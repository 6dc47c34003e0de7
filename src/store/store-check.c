/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A block's check sum: CRC-32 (zlib's) of what is known of its run, cell and arm, of the
 * block itself, and of each part with its samples. doc/result-format.md says of which bytes.
 */
#include "config.h"
#include <endian.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include "base/fail.h"
#include "store/store-priv.h"

#define MOST_REMEMBERED (1 << 26)	/* blocks; their bits take 8 MiB */

static const char identity_sql[] =
	"SELECT uuid, started, label, command, version, seed, switch_level, boot, kernel, unit,"
	" resolution, clock, settings, environment, topology, workload, cell.params, cores, place,"
	" cpus, primary_metric, arm.position, name, arm.params"
	" FROM cell JOIN run ON run.id = cell.run JOIN arm ON arm.run = run.id"
	" WHERE cell.id = ?1 AND arm.id = ?2";

static uint32_t add_bytes(uint32_t crc, char type, const void *p, size_t n)
{
	uint64_t size = htole64(n);

	crc = (uint32_t)crc32_z(crc, (const void *)&type, 1);
	crc = (uint32_t)crc32_z(crc, (const void *)&size, sizeof(size));
	/* zlib takes no bytes at NULL for a new sum. */
	return n ? (uint32_t)crc32_z(crc, p, n) : crc;
}

static uint32_t add_word(uint32_t crc, char type, uint64_t word)
{
	uint8_t bytes[1 + sizeof(word)] = { (uint8_t)type };

	word = htole64(word);
	memcpy(bytes + 1, &word, sizeof(word));
	return (uint32_t)crc32_z(crc, bytes, sizeof(bytes));
}

static uint32_t add_null(uint32_t crc)
{
	return (uint32_t)crc32_z(crc, (const void *)"n", 1);
}

static uint32_t add_integer(uint32_t crc, int64_t v)
{
	return add_word(crc, 'i', (uint64_t)v);
}

static uint32_t add_real(uint32_t crc, double v)
{
	uint64_t word;

	if (isnan(v))
		return add_null(crc);
	memcpy(&word, &v, sizeof(word));
	return add_word(crc, 'r', word);
}

static uint32_t add_column(uint32_t crc, sqlite3_stmt *st, int at)
{
	switch (sqlite3_column_type(st, at)) {
	case SQLITE_INTEGER:
		return add_integer(crc, sqlite3_column_int64(st, at));
	case SQLITE_FLOAT:
		return add_real(crc, sqlite3_column_double(st, at));
	case SQLITE_TEXT:
		return add_bytes(crc, 't', sqlite3_column_text(st, at),
			(size_t)sqlite3_column_bytes(st, at));
	case SQLITE_BLOB:
		return add_bytes(crc, 'b', sqlite3_column_blob(st, at),
			(size_t)sqlite3_column_bytes(st, at));
	}
	return add_null(crc);
}

static struct store_identity *remembered(struct store *s, int64_t cell, int64_t arm)
{
	return &s->identities[((uint64_t)cell * 31 + (uint64_t)arm) % STORE_IDENTITIES];
}

void store_forget_identities(struct store *s)
{
	memset(s->identities, 0, sizeof(s->identities));
}

/* Of run, cell and arm: the same for all blocks of both, so asked for once. */
static int identity(struct store *s, int64_t cell, int64_t arm, uint32_t *crc)
{
	struct store_identity *known = remembered(s, cell, arm);
	sqlite3_stmt *st;
	int code;

	*crc = known->crc;
	if (known->cell == cell && known->arm == arm && cell && arm)
		return 0;
	if (sqlite3_prepare_v2(s->db, identity_sql, -1, &st, NULL))
		return store_fail(s, "read it");
	sqlite3_bind_int64(st, 1, cell);
	sqlite3_bind_int64(st, 2, arm);
	code = sqlite3_step(st);
	*crc = 0;
	for (int i = 0; code == SQLITE_ROW && i < sqlite3_column_count(st); i++)
		*crc = add_column(*crc, st, i);
	sqlite3_finalize(st);
	*known = (struct store_identity){ cell, arm, *crc };
	if (code == SQLITE_ROW)
		return 0;
	known->cell = 0;
	return code == SQLITE_DONE ? fail(STATUS_USAGE, "%s: cell %lld has no arm %lld: the file is "
		"damaged", s->path, (long long)cell, (long long)arm) : store_fail(s, "read it");
}

int store_block_sum(struct store *s, const struct store_block *b, uint32_t *sum)
{
	const int64_t whole[] = { b->round, b->position, b->warmup, b->start_ns, b->duration_ns };
	uint32_t crc;
	int err = identity(s, b->cell, b->arm, &crc);

	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
		crc = add_integer(crc, whole[i]);
	crc = add_real(crc, b->throughput);
	crc = add_real(crc, b->steal_ms);
	if (b->tick_period > 0) {
		crc = add_real(crc, b->tick_first);
		crc = add_real(crc, b->tick_period);
		crc = add_real(crc, b->between);
	}
	*sum = crc;
	return err;
}

uint32_t store_run_sum(sqlite3_stmt *st)
{
	uint32_t crc = 0;

	/* Not its id, which is another in another file, nor the sum itself. */
	for (int i = 1; i < sqlite3_column_count(st) - 1; i++)
		crc = add_column(crc, st, i);
	return crc;
}

int store_note_start(struct store *s, int64_t run, uint32_t *start)
{
	sqlite3_stmt *st;
	int code;

	if (sqlite3_prepare_v2(s->db, "SELECT uuid FROM run WHERE id = ?", -1, &st, NULL))
		return store_fail(s, "read it");
	sqlite3_bind_int64(st, 1, run);
	code = sqlite3_step(st);
	*start = code == SQLITE_ROW ? add_column(0, st, 0) : 0;
	sqlite3_finalize(st);
	return code == SQLITE_ROW || code == SQLITE_DONE ? 0 : store_fail(s, "read it");
}

uint32_t store_note_sum(uint32_t start, const char *kind, const char *text)
{
	return add_bytes(add_bytes(start, 't', kind, strlen(kind)), 't', text, strlen(text));
}

/* Parts are summed up, so that their order does not matter; each has its CPU in it. */
uint32_t store_part_sum(const struct store_part *p)
{
	const int64_t whole[] = { p->cpu, p->ops, p->failed, p->lead_in, p->fill, p->duration_ns,
		p->voluntary, p->involuntary, p->disturbed };
	uint32_t crc = 0;

	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++)
		crc = add_integer(crc, whole[i]);
	return p->samples ? add_bytes(crc, 'b', p->samples, p->size) : add_null(crc);
}

static int sum_part(void *arg, const struct store_part *p)
{
	*(uint32_t *)arg += store_part_sum(p);
	return 0;
}

/* Was the block found to be right before? A bit for each is kept. */
static bool seen(const struct store *s, int64_t block)
{
	return block >= 0 && (size_t)block / 8 < s->seen_size && s->seen[block / 8] & 1 << block % 8;
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

int store_check_block(struct store *s, const struct store_block *b, int64_t wanted)
{
	char where[64];
	uint32_t sum;
	int err;

	if (seen(s, b->id))
		return 0;
	err = store_block_sum(s, b, &sum);
	if (!err)
		err = store_parts(s, b->id, sum_part, &sum);
	if (err)
		return err;
	if (sum != wanted)
		return fail(STATUS_USAGE, "%s: %s: its check sum is wrong: the file was damaged; go back "
			"to a copy, or take its other runs with --run", s->path,
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
