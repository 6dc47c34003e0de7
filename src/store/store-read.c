/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a result file back. */
#include "config.h"
#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "store/store-priv.h"

/* A file from elsewhere may hold anything anywhere: text is never NULL where it must be. */
static const char *text(sqlite3_stmt *st, int at)
{
	const unsigned char *t = sqlite3_column_text(st, at);

	return t ? (const char *)t : "";
}

static const char *text_or_null(sqlite3_stmt *st, int at)
{
	return (const char *)sqlite3_column_text(st, at);
}

static double number(sqlite3_stmt *st, int at)
{
	return sqlite3_column_type(st, at) == SQLITE_NULL ? NAN : sqlite3_column_double(st, at);
}

/*
 * What each column must be, by a letter: i any whole number, n one that is not negative, c one
 * that fits an int besides (C: or -1), r a finite number, t text, b a blob; upper case: or
 * NULL. SQLite lets a column hold anything; what exitbench writes keeps to these.
 */
static const struct kind {
	const char *table, *letters;
} kinds[STATEMENTS] = {
	[SELECT_RUNS] = { "run", "ittTtTttittTtrTTTTN" },
	[SELECT_ARMS] = { "arm", "iictt" },
	[SELECT_CELLS] = { "cell", "iittctTt" },
	[SELECT_BLOCKS] = { "block", "iiincnnnRRcN" },
	[SELECT_PARTS] = { "part", "CnnnnnnnnBi" },
	[SELECT_NOTES] = { "note", "ttN" },
	/* A sum that overflows is a real number, as are those of other types. */
	[SELECT_TOTALS] = { "part", "nnNNNNNNNNNR" },
};

static bool whole_fits(int64_t v, char letter)
{
	switch (letter) {
	case 'n':
	case 'N':
		return v >= 0;
	case 'c':
		return v >= 0 && v <= INT_MAX;
	case 'C':
		return v >= -1 && v <= INT_MAX;
	}
	return letter == 'i' || letter == 'r' || letter == 'R';
}

static bool value_fits(sqlite3_stmt *st, int at, char letter)
{
	switch (sqlite3_column_type(st, at)) {
	case SQLITE_INTEGER:
		return whole_fits(sqlite3_column_int64(st, at), letter);
	case SQLITE_FLOAT:
		return (letter == 'r' || letter == 'R') && isfinite(sqlite3_column_double(st, at));
	case SQLITE_TEXT:
		return (letter == 't' || letter == 'T') && strlen(text(st, at)) ==
			(size_t)sqlite3_column_bytes(st, at);
	case SQLITE_BLOB:
		return letter == 'B' && sqlite3_column_bytes(st, at) > 0;
	}
	return isupper(letter) && letter != 'C';
}

static int check_row(struct store *s, sqlite3_stmt *st, const struct kind *k)
{
	for (int i = 0; k->letters && k->letters[i]; i++)
		if (!value_fits(st, i, k->letters[i]))
			return fail(STATUS_USAGE, "%s: damaged: in table %s, %s is '%.20s'; go back to a "
				"copy", s->path, k->table, sqlite3_column_name(st, i),
				sqlite3_column_type(st, i) == SQLITE_BLOB ? "bytes" : text(st, i));
	return 0;
}

/* Hands each row to ROW until it returns other than 0. */
static int each(struct store *s, sqlite3_stmt *st, const struct kind *k,
	int (*row)(sqlite3_stmt *, void *), void *arg)
{
	int err = 0, code = SQLITE_ROW;

	while (!err && (code = sqlite3_step(st)) == SQLITE_ROW) {
		err = check_row(s, st, k);
		if (!err)
			err = row(st, arg);
	}
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		err = store_fail(s, "read it");
	sqlite3_reset(st);
	return err;
}

/* The statement is the reader's own: its callback may read with the same one. */
static int each_of(struct store *s, enum statement which, int64_t key, int64_t key2,
	int (*row)(sqlite3_stmt *, void *), void *arg)
{
	sqlite3_stmt *shared = store_statement(s, which), *st = shared;
	int err;

	if (!shared)
		return -STATUS_USAGE;
	if (which != SELECT_PARTS &&
		sqlite3_prepare_v2(s->db, sqlite3_sql(shared), -1, &st, NULL))
		return store_fail(s, "read it");
	if (sqlite3_bind_parameter_count(st) > 0)
		sqlite3_bind_int64(st, 1, key);
	if (sqlite3_bind_parameter_count(st) > 1)
		sqlite3_bind_int64(st, 2, key2);
	err = each(s, st, &kinds[which], row, arg);
	if (st != shared)
		sqlite3_finalize(st);
	return err;
}

struct to_run {
	struct store *s;
	int (*fn)(void *, const struct store_run *);
	void *arg;
};

static int row_run(sqlite3_stmt *st, void *arg)
{
	struct to_run *to = arg;
	struct store_run r = {
		.id = sqlite3_column_int64(st, 0),
		.uuid = text(st, 1),
		.started = text(st, 2),
		.finished = text_or_null(st, 3),
		.status = text(st, 4),
		.label = text_or_null(st, 5),
		.command = text(st, 6),
		.version = text(st, 7),
		.seed = sqlite3_column_int64(st, 8),
		.switch_level = text(st, 9),
		.boot = text(st, 10),
		.kernel = text_or_null(st, 11),
		.unit = text(st, 12),
		.resolution = sqlite3_column_double(st, 13),
		.clock = text_or_null(st, 14),
		.settings = text_or_null(st, 15),
		.environment = text_or_null(st, 16),
		.topology = text_or_null(st, 17),
	};

	if (!(r.resolution > 0 && r.resolution < 1e12))
		return fail(STATUS_USAGE, "%s: run %lld has the resolution %g: the file is damaged",
			to->s->path, (long long)r.id, r.resolution);
	if (sqlite3_column_type(st, 18) != SQLITE_NULL &&
		sqlite3_column_int64(st, 18) != store_run_sum(st))
		return fail(STATUS_USAGE, "%s: run %lld: its check sum is wrong: the file was damaged; "
			"go back to a copy", to->s->path, (long long)r.id);
	return to->fn(to->arg, &r);
}

int store_runs(struct store *s, int (*fn)(void *arg, const struct store_run *), void *arg)
{
	struct to_run to = { s, fn, arg };

	return each_of(s, SELECT_RUNS, 0, 0, row_run, &to);
}

struct to_arm {
	int (*fn)(void *, const struct store_arm *);
	void *arg;
};

static int row_arm(sqlite3_stmt *st, void *arg)
{
	struct to_arm *to = arg;
	struct store_arm a = {
		.id = sqlite3_column_int64(st, 0),
		.run = sqlite3_column_int64(st, 1),
		.position = sqlite3_column_int(st, 2),
		.name = text(st, 3),
		.params = text(st, 4),
	};

	return to->fn(to->arg, &a);
}

int store_arms(struct store *s, int64_t run, int (*fn)(void *arg, const struct store_arm *),
	void *arg)
{
	struct to_arm to = { fn, arg };

	return each_of(s, SELECT_ARMS, run, 0, row_arm, &to);
}

struct to_cell {
	int (*fn)(void *, const struct store_cell *);
	void *arg;
};

static int row_cell(sqlite3_stmt *st, void *arg)
{
	struct to_cell *to = arg;
	struct store_cell c = {
		.id = sqlite3_column_int64(st, 0),
		.run = sqlite3_column_int64(st, 1),
		.workload = text(st, 2),
		.params = text(st, 3),
		.cores = sqlite3_column_int(st, 4),
		.place = text(st, 5),
		.cpus = text_or_null(st, 6),
		.primary = text(st, 7),
	};

	return to->fn(to->arg, &c);
}

int store_cells(struct store *s, int64_t run, int (*fn)(void *arg, const struct store_cell *),
	void *arg)
{
	struct to_cell to = { fn, arg };

	return each_of(s, SELECT_CELLS, run, 0, row_cell, &to);
}

struct to_block {
	struct store *s;
	int (*fn)(void *, const struct store_block *);
	void *arg;
	int64_t last;			/* id */
	bool checked, unchecked;	/* blocks so far */
};

/* An index that was damaged may hand out a block twice, or one of another cell. */
static int check_order(struct to_block *to, const struct store_block *b)
{
	char where[64];

	to->checked |= b->checked;
	to->unchecked |= !b->checked;
	if ((b->id > to->last || to->last == INT64_MIN) && !(to->checked && to->unchecked))
		return 0;
	return fail(STATUS_USAGE, "%s: %s: %s: the file is damaged; go back to a copy", to->s->path,
		store_where(to->s, b->id, where, sizeof(where)),
		b->checked ? "is there twice" : "has no check sum, though others of its run have");
}

static int row_block(sqlite3_stmt *st, void *arg)
{
	struct to_block *to = arg;
	struct store_block b = {
		.id = sqlite3_column_int64(st, 0),
		.cell = sqlite3_column_int64(st, 1),
		.arm = sqlite3_column_int64(st, 2),
		.round = sqlite3_column_int64(st, 3),
		.position = sqlite3_column_int(st, 4),
		.warmup = sqlite3_column_int(st, 5),
		.start_ns = sqlite3_column_int64(st, 6),
		.duration_ns = sqlite3_column_int64(st, 7),
		.throughput = number(st, 8),
		.steal_ms = number(st, 9),
		.parts = sqlite3_column_int(st, 10),
		.checked = sqlite3_column_type(st, 11) != SQLITE_NULL,
	};
	int err = check_order(to, &b);

	to->last = b.id;
	if (!err)
		err = store_get_tick(to->s, &b);
	if (!err && b.checked)
		err = store_check_block(to->s, &b, sqlite3_column_int64(st, 11));
	return err ? err : to->fn(to->arg, &b);
}

int store_blocks(struct store *s, int64_t cell, int64_t arm,
	int (*fn)(void *arg, const struct store_block *), void *arg)
{
	struct to_block to = { .s = s, .fn = fn, .arg = arg, .last = INT64_MIN };

	return each_of(s, SELECT_BLOCKS, cell, arm, row_block, &to);
}

struct to_part {
	int (*fn)(void *, const struct store_part *);
	void *arg;
};

static int row_part(sqlite3_stmt *st, void *arg)
{
	struct to_part *to = arg;
	struct store_part p = {
		.cpu = sqlite3_column_int(st, 0),
		.ops = sqlite3_column_int64(st, 1),
		.failed = sqlite3_column_int64(st, 2),
		.lead_in = sqlite3_column_int64(st, 3),
		.fill = sqlite3_column_int64(st, 4),
		.duration_ns = sqlite3_column_int64(st, 5),
		.voluntary = sqlite3_column_int64(st, 6),
		.involuntary = sqlite3_column_int64(st, 7),
		.disturbed = sqlite3_column_int64(st, 8),
		.samples = sqlite3_column_blob(st, 9),
		.size = sqlite3_column_bytes(st, 9),
		.block = sqlite3_column_int64(st, 10),
	};

	return to->fn(to->arg, &p);
}

int store_parts(struct store *s, int64_t block, int (*fn)(void *arg, const struct store_part *),
	void *arg)
{
	struct to_part to = { fn, arg };

	return each_of(s, SELECT_PARTS, block, 0, row_part, &to);
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
	int64_t run;
	uint32_t start;		/* of check sums */
	int (*fn)(void *, const char *, const char *);
	void *arg;
};

static int row_note(sqlite3_stmt *st, void *arg)
{
	struct to_note *to = arg;

	if (sqlite3_column_type(st, 2) != SQLITE_NULL &&
		sqlite3_column_int64(st, 2) != store_note_sum(to->start, text(st, 0), text(st, 1)))
		return fail(STATUS_USAGE, "%s: run %lld, a note: its check sum is wrong: the file was "
			"damaged; go back to a copy", to->s->path, (long long)to->run);
	return to->fn(to->arg, text(st, 0), text(st, 1));
}

int store_notes(struct store *s, int64_t run,
	int (*fn)(void *arg, const char *kind, const char *text), void *arg)
{
	struct to_note to = { .s = s, .run = run, .fn = fn, .arg = arg };
	int err = store_note_start(s, run, &to.start);

	return err ? err : each_of(s, SELECT_NOTES, run, 0, row_note, &to);
}

static int row_totals(sqlite3_stmt *st, void *arg)
{
	struct store_totals *t = arg;

	t->blocks = sqlite3_column_int64(st, 0);
	t->warmups = sqlite3_column_int64(st, 1);
	t->started = sqlite3_column_int64(st, 2);
	t->ops = sqlite3_column_int64(st, 3);
	t->warmup_ops = sqlite3_column_int64(st, 4);
	t->failed = sqlite3_column_int64(st, 5);
	t->lead_in = sqlite3_column_int64(st, 6);
	t->fill = sqlite3_column_int64(st, 7);
	t->disturbed = sqlite3_column_int64(st, 8);
	t->involuntary = sqlite3_column_int64(st, 9);
	t->bytes = sqlite3_column_int64(st, 10);
	t->steal_ms = sqlite3_column_double(st, 11);
	return 0;
}

int store_totals(struct store *s, int64_t cell, int64_t arm, struct store_totals *out)
{
	memset(out, 0, sizeof(*out));
	return each_of(s, SELECT_TOTALS, cell, arm, row_totals, out);
}
