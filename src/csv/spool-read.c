/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocks out: their fragments put together, a round at a time. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "csv/spool-priv.h"

/* A round of one cell: a block of each arm that has one. */
struct round {
	struct spool *s;
	int boot, cell;
	int64_t number;
	struct fragment block[SPOOL_ARMS];
	int order[SPOOL_ARMS], n;	/* arms as they appear */
	int (*fn)(void *arg, const struct spool_block *);
	void *arg;
};

static int block_fails(const struct round *r, const struct fragment *f, const char *what)
{
	const struct spool_boot *b = &r->s->boots[r->boot];

	return fail(STATUS_USAGE, "%s:%lld: block %lld of arm %s, boot %s, %s, cores %d: %s",
		r->s->name, (long long)f->line, (long long)r->number, b->arms[f->arm], b->name,
		b->cells[r->cell].workload, b->cells[r->cell].cores, what);
}

/* An operation has a sample of each metric, so the columns are equally long. */
static int check_counts(const struct round *r, const struct fragment *f, size_t *n)
{
	char what[COLUMNS * 40 + 100] = "";
	bool differ = false;

	*n = 0;
	for (int c = 0; c < COLUMNS; c++) {
		size_t have = f->column[c].n;

		if (!have)
			continue;
		differ |= *n && *n != have;
		*n = have;
		snprintf(what + strlen(what), sizeof(what) - strlen(what), "%s%zu %s",
			*what ? ", " : "", have, metric_names[c]);
	}
	if (!differ)
		return 0;
	snprintf(what + strlen(what), sizeof(what) - strlen(what), ": an operation has one of "
		"each; complete the rows, or leave a metric out");
	return block_fails(r, f, what);
}

static int end_block(struct round *r, int position)
{
	struct fragment *f = &r->block[r->order[position]];
	struct spool_block b = { .boot = r->boot, .cell = r->cell, .arm = f->arm,
		.round = r->number, .position = position, .throughput = f->throughput };
	int err = check_counts(r, f, &b.n);

	for (int c = 0; c < COLUMNS; c++)
		b.column[c] = f->column[c].n ? f->column[c].v : NULL;
	return err ? err : r->fn(r->arg, &b);
}

static int end_round(struct round *r)
{
	int err = 0;

	for (int i = 0; i < r->n && !err; i++)
		err = end_block(r, i);
	for (int i = 0; i < r->n; i++) {
		struct fragment *f = &r->block[r->order[i]];

		for (int c = 0; c < COLUMNS; c++)
			f->column[c].n = 0;
		f->line = 0;
	}
	r->n = 0;
	return err;
}

static int append(struct round *r, struct fragment *f, int column, const int64_t *v, size_t n)
{
	struct column *c = &f->column[column];
	int err;

	if (c->n + n > SPOOL_SAMPLES)
		return block_fails(r, f,
			"more than 4194304 samples of one metric; number them as "
			"several blocks, in order of time");
	err = column_reserve(c, n);
	if (err)
		return err;
	memcpy(c->v + c->n, v, n * sizeof(*v));
	c->n += n;
	return 0;
}

/* A fragment's samples of one metric: one number, or a blob of several. */
static int add_samples(struct round *r, struct fragment *f, int column, sqlite3_stmt *st)
{
	int at = FRAGMENT_METRICS + column, type = sqlite3_column_type(st, at), err;
	struct unpacked u;
	int64_t v;

	if (type == SQLITE_NULL)
		return 0;
	if (type == SQLITE_INTEGER) {
		v = sqlite3_column_int64(st, at);
		return append(r, f, column, &v, 1);
	}
	err = unpack(sqlite3_column_blob(st, at), sqlite3_column_bytes(st, at), PACK_MOST,
		&u);
	if (err)
		return err;
	err = append(r, f, column, u.column[0], u.n);
	unpacked_free(&u);
	return err;
}

static int add_fragment(struct round *r, sqlite3_stmt *st)
{
	int arm = sqlite3_column_int(st, 3), err = 0;
	struct fragment *f = &r->block[arm];

	if (!f->line) {		/* the first of this block */
		f->arm = arm;
		f->line = sqlite3_column_int64(st, 4);
		f->throughput = NAN;
		r->order[r->n++] = arm;
	}
	for (int c = 0; c < COLUMNS && !err; c++)
		err = add_samples(r, f, c, st);
	if (err || sqlite3_column_type(st, FRAGMENT_THROUGHPUT) == SQLITE_NULL)
		return err;
	if (!isnan(f->throughput))
		return block_fails(
			r, f, "has two throughputs; a block has one: number them apart");
	f->throughput = sqlite3_column_double(st, FRAGMENT_THROUGHPUT);
	return 0;
}

static int read_all(struct round *r, sqlite3_stmt *st)
{
	int err = 0, code = SQLITE_ROW;

	while (!err && (code = sqlite3_step(st)) == SQLITE_ROW) {
		int boot = sqlite3_column_int(st, 0), cell = sqlite3_column_int(st, 1);
		int64_t number = sqlite3_column_int64(st, 2);

		if (boot != r->boot || cell != r->cell || number != r->number)
			err = end_round(r);
		r->boot = boot;
		r->cell = cell;
		r->number = number;
		if (!err)
			err = add_fragment(r, st);
	}
	if (!err && code != SQLITE_DONE)
		err = spool_db_fail(r->s);
	return err ? err : end_round(r);
}

int spool_each(struct spool *s, int (*fn)(void *arg, const struct spool_block *), void *arg)
{
	static const char sorted[] = "SELECT * FROM fragment ORDER BY boot, cell, round, rowid";
	struct round *r = calloc(1, sizeof(*r));
	sqlite3_stmt *st = NULL;
	int err;

	if (!r)
		return fail_nomem();
	r->s = s;
	r->fn = fn;
	r->arg = arg;
	err = sqlite3_prepare_v2(s->db, sorted, -1, &st, NULL) ? spool_db_fail(s) : 0;
	if (!err)
		err = read_all(r, st);
	sqlite3_finalize(st);
	for (int i = 0; i < SPOOL_ARMS; i++)
		for (int c = 0; c < COLUMNS; c++)
			free(r->block[i].column[c].v);
	free(r);
	return err;
}
