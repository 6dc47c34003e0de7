/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a result file back. */
#include "config.h"
#include <stdio.h>
#include <string.h>
#include "base/fail.h"
#include "store/store-priv.h"

/* Who reads, and the row that is handed out. */
struct reader {
	struct store *s;
	void *arg;
	union {
		int (*run)(void *, const struct store_run *);
		int (*arm)(void *, const struct store_arm *);
		int (*cell)(void *, const struct store_cell *);
		int (*block)(void *, const struct store_block *);
		int (*part)(void *, const struct store_part *);
		int (*note)(void *, const char *, const char *);
	} fn;
	union {
		struct store_run run;
		struct store_arm arm;
		struct store_cell cell;
		struct store_block block;
		struct store_part part;
		struct store_note note;
	} row;
	int64_t last;			/* block's id */
};

static int row_run(void *arg)
{
	struct reader *r = arg;
	const struct store_run *run = &r->row.run;

	if (!(run->resolution > 0 && run->resolution < 1e12))
		return fail(STATUS_USAGE, "%s: run %lld has the resolution %g: the file is damaged",
			r->s->path, (long long)run->id, run->resolution);
	if (store_sum_row(0, TABLE_RUN, run, ROW_SUM) != run->crc)
		return fail(STATUS_USAGE, "%s: run %lld: its check sum is wrong: the file was damaged; "
			"go back to a copy", r->s->path, (long long)run->id);
	return r->fn.run(r->arg, run);
}

int store_runs(struct store *s, int (*fn)(void *arg, const struct store_run *), void *arg)
{
	struct reader r = { .s = s, .fn.run = fn, .arg = arg };

	return store_each(s, TABLE_RUN, 0, 0, &r.row, row_run, &r);
}

static int row_arm(void *arg)
{
	struct reader *r = arg;

	return r->fn.arm(r->arg, &r->row.arm);
}

int store_arms(struct store *s, int64_t run, int (*fn)(void *arg, const struct store_arm *),
	void *arg)
{
	struct reader r = { .fn.arm = fn, .arg = arg };

	return store_each(s, TABLE_ARM, run, 0, &r.row, row_arm, &r);
}

static int row_cell(void *arg)
{
	struct reader *r = arg;

	return r->fn.cell(r->arg, &r->row.cell);
}

int store_cells(struct store *s, int64_t run, int (*fn)(void *arg, const struct store_cell *),
	void *arg)
{
	struct reader r = { .fn.cell = fn, .arg = arg };

	return store_each(s, TABLE_CELL, run, 0, &r.row, row_cell, &r);
}

static bool has_ticks(struct store *s)
{
	if (!s->ticks)
		s->ticks = sqlite3_table_column_metadata(s->db, "main", "tick", NULL, NULL, NULL,
			NULL, NULL, NULL) ? -1 : 1;
	return s->ticks > 0;
}

static int row_block(void *arg)
{
	struct reader *r = arg;
	struct store_block *b = &r->row.block;
	char where[64];
	int err = 0;

	/* An index that was damaged may hand out a block twice, or one of another cell. */
	if (b->id <= r->last && r->last != INT64_MIN)
		return fail(STATUS_USAGE, "%s: %s: is there twice: the file is damaged; go back to a "
			"copy", r->s->path, store_where(r->s, b->id, where, sizeof(where)));
	r->last = b->id;
	b->tick_first = b->tick_period = b->between = 0;
	if (has_ticks(r->s))
		err = store_each(r->s, TABLE_TICK, b->id, 0, b, NULL, NULL);
	if (!err)
		err = store_check_block(r->s, b);
	return err ? err : r->fn.block(r->arg, b);
}

int store_blocks(struct store *s, int64_t cell, int64_t arm,
	int (*fn)(void *arg, const struct store_block *), void *arg)
{
	struct reader r = { .s = s, .fn.block = fn, .arg = arg, .last = INT64_MIN };

	return store_each(s, TABLE_BLOCK, cell, arm, &r.row, row_block, &r);
}

static int row_part(void *arg)
{
	struct reader *r = arg;

	return r->fn.part(r->arg, &r->row.part);
}

int store_parts(struct store *s, int64_t block, int (*fn)(void *arg, const struct store_part *),
	void *arg)
{
	struct reader r = { .fn.part = fn, .arg = arg };

	return store_each(s, TABLE_PART, block, 0, &r.row, row_part, &r);
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

static int row_note(void *arg)
{
	struct reader *r = arg;
	const struct store_note *n = &r->row.note;
	uint32_t sum;
	int err = store_note_sum(r->s, n, &sum);

	if (err)
		return err;
	if (sum != n->crc)
		return fail(STATUS_USAGE, "%s: run %lld, a note: its check sum is wrong: the file was "
			"damaged; go back to a copy", r->s->path, (long long)n->run);
	return r->fn.note(r->arg, n->kind, n->text);
}

int store_notes(struct store *s, int64_t run,
	int (*fn)(void *arg, const char *kind, const char *text), void *arg)
{
	struct reader r = { .s = s, .fn.note = fn, .arg = arg };

	return store_each(s, TABLE_NOTE, run, 0, &r.row, row_note, &r);
}

int store_totals(struct store *s, int64_t cell, int64_t arm, struct store_totals *out)
{
	memset(out, 0, sizeof(*out));
	return store_each(s, TABLE_TOTALS, cell, arm, out, NULL, NULL);
}
