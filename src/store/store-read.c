/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a result file back. */
#include "config.h"
#include <stdio.h>
#include <string.h>
#include "base/fail.h"
#include "store/store-priv.h"

struct to_run {
	struct store *s;
	int (*fn)(void *, const struct store_run *);
	void *arg;
};

static int row_run(void *arg, sqlite3_stmt *st)
{
	struct to_run *to = arg;
	struct store_run r;

	store_fetch(TABLE_RUN, st, &r);
	if (!(r.resolution > 0 && r.resolution < 1e12))
		return fail(STATUS_USAGE, "%s: run %lld has the resolution %g: the file is damaged",
			to->s->path, (long long)r.id, r.resolution);
	if (store_sum_row(0, TABLE_RUN, &r, ROW_SUM) != r.crc)
		return fail(STATUS_USAGE, "%s: run %lld: its check sum is wrong: the file was damaged; "
			"go back to a copy", to->s->path, (long long)r.id);
	return to->fn(to->arg, &r);
}

int store_runs(struct store *s, int (*fn)(void *arg, const struct store_run *), void *arg)
{
	struct to_run to = { s, fn, arg };

	return store_each(s, TABLE_RUN, 0, 0, row_run, &to);
}

struct to_arm {
	int (*fn)(void *, const struct store_arm *);
	void *arg;
};

static int row_arm(void *arg, sqlite3_stmt *st)
{
	struct to_arm *to = arg;
	struct store_arm a;

	store_fetch(TABLE_ARM, st, &a);
	return to->fn(to->arg, &a);
}

int store_arms(struct store *s, int64_t run, int (*fn)(void *arg, const struct store_arm *),
	void *arg)
{
	struct to_arm to = { fn, arg };

	return store_each(s, TABLE_ARM, run, 0, row_arm, &to);
}

struct to_cell {
	int (*fn)(void *, const struct store_cell *);
	void *arg;
};

static int row_cell(void *arg, sqlite3_stmt *st)
{
	struct to_cell *to = arg;
	struct store_cell c;

	store_fetch(TABLE_CELL, st, &c);
	return to->fn(to->arg, &c);
}

int store_cells(struct store *s, int64_t run, int (*fn)(void *arg, const struct store_cell *),
	void *arg)
{
	struct to_cell to = { fn, arg };

	return store_each(s, TABLE_CELL, run, 0, row_cell, &to);
}

struct to_block {
	struct store *s;
	int (*fn)(void *, const struct store_block *);
	void *arg;
	int64_t last;			/* id */
};

/* An index that was damaged may hand out a block twice, or one of another cell. */
static int check_order(struct to_block *to, const struct store_block *b)
{
	char where[64];

	if (b->id > to->last || to->last == INT64_MIN)
		return 0;
	return fail(STATUS_USAGE, "%s: %s: is there twice: the file is damaged; go back to a copy",
		to->s->path, store_where(to->s, b->id, where, sizeof(where)));
}

static int row_block(void *arg, sqlite3_stmt *st)
{
	struct to_block *to = arg;
	struct store_block b = { 0 };
	int err;

	store_fetch(TABLE_BLOCK, st, &b);
	b.parts = sqlite3_column_int(st, sqlite3_column_count(st) - 1);
	err = check_order(to, &b);
	to->last = b.id;
	if (!err)
		err = store_get_tick(to->s, &b);
	if (!err)
		err = store_check_block(to->s, &b);
	return err ? err : to->fn(to->arg, &b);
}

int store_blocks(struct store *s, int64_t cell, int64_t arm,
	int (*fn)(void *arg, const struct store_block *), void *arg)
{
	struct to_block to = { .s = s, .fn = fn, .arg = arg, .last = INT64_MIN };

	return store_each(s, TABLE_BLOCK, cell, arm, row_block, &to);
}

struct to_part {
	int (*fn)(void *, const struct store_part *);
	void *arg;
};

static int row_part(void *arg, sqlite3_stmt *st)
{
	struct to_part *to = arg;
	struct store_part p;

	store_fetch(TABLE_PART, st, &p);
	return to->fn(to->arg, &p);
}

int store_parts(struct store *s, int64_t block, int (*fn)(void *arg, const struct store_part *),
	void *arg)
{
	struct to_part to = { fn, arg };

	return store_each(s, TABLE_PART, block, 0, row_part, &to);
}

/* What is wrong with a part's samples, after ERR of unpacking. */
static int bad_samples(struct store *s, const struct store_part *p, int err)
{
	char where[64], why[160];

	if (err == -STATUS_MACHINE)
		return err;
	snprintf(why, sizeof(why), "%s", err ? fail_message() :
		"its samples are not as many as its operations: damaged");
	return fail(STATUS_USAGE, "%s: %s: %s; go back to a copy, or take its other runs with --run",
		s->path, store_where(s, p->block, where, sizeof(where)), why);
}

int store_samples(struct store *s, const struct store_part *p, struct unpacked *out)
{
	int err = unpack(p->samples, p->size, (size_t)p->ops, out);

	if (!err && out->n == (size_t)p->ops)
		return 0;
	if (!err)
		unpacked_free(out);
	return bad_samples(s, p, err);
}

int store_column(struct store *s, const struct store_part *p, int column, int64_t *v, size_t *n)
{
	int err = unpack_column(p->samples, p->size, column, v, n);

	return !err && (!*n || *n == (size_t)p->ops) ? 0 : bad_samples(s, p, err);
}

struct to_note {
	struct store *s;
	int (*fn)(void *, const char *, const char *);
	void *arg;
};

static int row_note(void *arg, sqlite3_stmt *st)
{
	struct to_note *to = arg;
	struct store_note n;
	uint32_t sum;
	int err;

	store_fetch(TABLE_NOTE, st, &n);
	err = store_note_sum(to->s, &n, &sum);
	if (err)
		return err;
	if (sum != n.crc)
		return fail(STATUS_USAGE, "%s: run %lld, a note: its check sum is wrong: the file was "
			"damaged; go back to a copy", to->s->path, (long long)n.run);
	return to->fn(to->arg, n.kind, n.text);
}

int store_notes(struct store *s, int64_t run,
	int (*fn)(void *arg, const char *kind, const char *text), void *arg)
{
	struct to_note to = { s, fn, arg };

	return store_each(s, TABLE_NOTE, run, 0, row_note, &to);
}

static int row_totals(void *arg, sqlite3_stmt *st)
{
	store_fetch(TABLE_TOTALS, st, arg);
	return 0;
}

int store_totals(struct store *s, int64_t cell, int64_t arm, struct store_totals *out)
{
	memset(out, 0, sizeof(*out));
	return store_each(s, TABLE_TOTALS, cell, arm, row_totals, out);
}
