/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows in: each checked, then kept with the others of its block. Blocks out: their fragments put
 * together, a round at a time.
 */
#include "config.h"
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "csv/spool.h"

#define FRAGMENT_SAMPLES 65536	/* most of one metric in a fragment */
#define MOST_CORES 65536

static const char settings[] =
	"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384;"
	"PRAGMA temp_store = FILE; PRAGMA locking_mode = EXCLUSIVE;";

/* Positions in a row of the table "fragment". */
enum { FRAGMENT_THROUGHPUT = 5, FRAGMENT_METRICS };

struct column {
	int64_t *v;
	size_t n, room;
};

/* Rows of one block that followed one another; a block is one or more of these. */
struct fragment {
	int boot, cell, arm;
	int64_t round, line;
	struct column column[COLUMNS];
	double throughput;
};

struct spool {
	const char *name;		/* of the CSV, for messages */
	sqlite3 *db;
	sqlite3_stmt *insert;
	struct spool_contents all;
	struct fragment current;
};

#define METRIC_COLUMN(id, name) ", " name
#define METRIC_VALUE(id, name) ", ?"

static const char schema[] =
	"CREATE TABLE fragment (boot INTEGER, cell INTEGER, round INTEGER, arm INTEGER,"
	" line INTEGER, throughput REAL" METRIC_LIST(METRIC_COLUMN) "); BEGIN";
static const char insertion[] =
	"INSERT INTO fragment VALUES (?, ?, ?, ?, ?, ?" METRIC_LIST(METRIC_VALUE) ")";

static int db_fail(const struct spool *s)
{
	return fail(STATUS_MACHINE, "%s: cannot sort its rows in a temporary file: %s; name a "
		"directory with more space in TMPDIR", s->name, sqlite3_errmsg(s->db));
}

static int column_reserve(struct column *c, size_t more)
{
	size_t room = c->room ? c->room : 256;
	int64_t *v;

	if (c->n + more <= c->room)
		return 0;
	while (room < c->n + more)
		room *= 2;
	v = reallocarray(c->v, room, sizeof(*v));
	if (!v)
		return fail_nomem();
	c->v = v;
	c->room = room;
	return 0;
}

static int open_database(struct spool *s)
{
	/* No name: a file that is unlinked at once. */
	if (sqlite3_open_v2("", &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
				SQLITE_OPEN_NOMUTEX, NULL))
		return s->db ? db_fail(s) : fail_nomem();
	if (sqlite3_exec(s->db, settings, NULL, NULL, NULL) ||
		sqlite3_exec(s->db, schema, NULL, NULL, NULL) ||
		sqlite3_prepare_v2(s->db, insertion, -1, &s->insert, NULL))
		return db_fail(s);
	return 0;
}

static int bind_column(struct spool *s, int column)
{
	struct column *c = &s->current.column[column];
	const int64_t *columns[COLUMNS] = { c->v };
	int at = 1 + FRAGMENT_METRICS + column;
	size_t n = c->n;
	uint8_t *packed;

	c->n = 0;
	if (n == 1)		/* rows in no order at all: a number is quicker than a blob */
		sqlite3_bind_int64(s->insert, at, c->v[0]);
	if (n <= 1)
		return 0;
	packed = malloc(pack_bound(n));
	if (!packed)
		return fail_nomem();
	sqlite3_bind_blob64(s->insert, at, packed, pack(columns, n, packed), free);
	return 0;
}

/* Puts what was gathered of a block into the database. */
static int flush(struct spool *s)
{
	struct fragment *f = &s->current;
	int err = 0, code;

	if (!f->line)
		return 0;
	sqlite3_clear_bindings(s->insert);
	sqlite3_bind_int(s->insert, 1, f->boot);
	sqlite3_bind_int(s->insert, 2, f->cell);
	sqlite3_bind_int64(s->insert, 3, f->round);
	sqlite3_bind_int(s->insert, 4, f->arm);
	sqlite3_bind_int64(s->insert, 5, f->line);
	for (int c = 0; c < COLUMNS && !err; c++)
		err = bind_column(s, c);
	if (err)
		return err;
	if (!isnan(f->throughput))
		sqlite3_bind_double(s->insert, 1 + FRAGMENT_THROUGHPUT, f->throughput);
	code = sqlite3_step(s->insert);
	sqlite3_reset(s->insert);
	f->throughput = NAN;
	f->line = 0;
	return code == SQLITE_DONE ? 0 : db_fail(s);
}

/* LIST, of N elements of SIZE, with room for one more; NULL after fail(), LIST as it was. */
static void *grow(void *list, int n, size_t size)
{
	void *grown;

	if (n & (n - 1))	/* room is a power of two */
		return list;
	grown = reallocarray(list, n ? 2 * (size_t)n : 1, size);
	if (!grown)
		fail_nomem();
	return grown;
}

/* An index, of a new one where there was none; or negative after fail(). */
static int find_boot(struct spool_contents *all, const char *name)
{
	struct spool_boot *b;

	for (int i = 0; i < all->nboots; i++)
		if (!strcmp(all->boots[i].name, name))
			return i;
	b = grow(all->boots, all->nboots, sizeof(*b));
	if (!b)
		return -STATUS_MACHINE;
	all->boots = b;
	b[all->nboots] = (struct spool_boot){ .name = strdup(name) };
	return b[all->nboots].name ? all->nboots++ : fail_nomem();
}

/* Likewise; MOST where that many are there already. */
static int find_item(struct spool_list *list, const char *name, int cores, int most)
{
	struct spool_item *v;

	for (int i = 0; i < list->n; i++)
		if (list->v[i].cores == cores && !strcmp(list->v[i].name, name))
			return i;
	if (list->n == most)
		return most;
	v = grow(list->v, list->n, sizeof(*v));
	if (!v)
		return -STATUS_MACHINE;
	list->v = v;
	v[list->n] = (struct spool_item){ .name = strdup(name), .cores = cores };
	return v[list->n].name ? list->n++ : fail_nomem();
}

/* A plain whole number from LEAST to MOST. */
static bool parse_whole(const char *text, int64_t least, int64_t most, int64_t *out)
{
	int64_t v = 0;

	if (!*text || strspn(text, "0123456789") != strlen(text))
		return false;
	for (; *text; text++)
		if (__builtin_mul_overflow(v, 10, &v) ||
			__builtin_add_overflow(v, *text - '0', &v))
			return false;
	*out = v;
	return v >= least && v <= most;
}

static int check_names(struct csv_reader *r, char **fields)
{
	static const enum csv_field names[] = { CSV_ARM, CSV_BOOT, CSV_WORKLOAD };

	for (int i = 0; i < 3; i++) {
		const char *why = csv_check_name(fields[names[i]]);

		if (why)
			return csv_fail(r, names[i], fields[names[i]], why);
	}
	return 0;
}

/* Is the row of the block that is being gathered? That is nearly always so. */
static bool same_block(const struct spool *s, char **fields, int64_t round, int64_t cores)
{
	const struct fragment *f = &s->current;
	const struct spool_boot *b = s->all.boots ? &s->all.boots[f->boot] : NULL;

	return b && f->line && f->round == round && b->cells.v[f->cell].cores == cores &&
	       !strcmp(b->arms.v[f->arm].name, fields[CSV_ARM]) &&
	       !strcmp(b->cells.v[f->cell].name, fields[CSV_WORKLOAD]) &&
	       !strcmp(b->name, fields[CSV_BOOT]);
}

static int start_block(struct spool *s, struct csv_reader *r, char **fields, int64_t round,
	int64_t cores)
{
	struct fragment *f = &s->current;
	int boot, arm, cell, err = flush(s);

	if (!err)
		err = check_names(r, fields);
	if (err)
		return err;
	boot = find_boot(&s->all, fields[CSV_BOOT]);
	if (boot < 0)
		return boot;
	arm = find_item(&s->all.boots[boot].arms, fields[CSV_ARM], 0, SPOOL_ARMS);
	if (arm == SPOOL_ARMS)
		return csv_fail(r, CSV_ARM, fields[CSV_ARM], "the 257th arm of its boot; an arm is "
			"what is compared, not an operation");
	if (arm < 0)
		return arm;
	cell = find_item(&s->all.boots[boot].cells, fields[CSV_WORKLOAD], (int)cores, SPOOL_CELLS);
	if (cell == SPOOL_CELLS)
		return csv_fail(r, CSV_WORKLOAD, fields[CSV_WORKLOAD], "the 4097th pair of workload "
			"and cores of its boot; are the columns in order?");
	if (cell < 0)
		return cell;
	f->boot = boot;
	f->arm = arm;
	f->cell = cell;
	f->round = round;
	f->line = csv_line(r);
	return 0;
}

static int decimals(int64_t thousandths)
{
	int n = CSV_DECIMALS;

	for (; n && thousandths % 10 == 0; n--)
		thousandths /= 10;
	return n;
}

static int add_sample(struct spool *s, struct csv_reader *r, enum metric metric, const char *text)
{
	struct spool_boot *b = &s->all.boots[s->current.boot];
	struct column *c = &s->current.column[metric];
	bool rounded = false;
	int64_t v = 0;
	const char *why = csv_parse_value(text, &v, &rounded);
	int err;

	if (why)
		return csv_fail(r, CSV_VALUE, text, why);
	err = column_reserve(c, 1);
	if (err)
		return err;
	c->v[c->n++] = v;
	s->all.rounded += rounded;
	if (decimals(v) > b->decimals)
		b->decimals = decimals(v);
	return 0;
}

static int add_throughput(struct spool *s, struct csv_reader *r, const char *text)
{
	const char *why;

	if (!isnan(s->current.throughput))
		return csv_fail(r, CSV_VALUE, text,
			"a second throughput of its block; a block has one: number them apart");
	why = csv_parse_double(text, &s->current.throughput);
	return why ? csv_fail(r, CSV_VALUE, text, why) : 0;
}

static int add_row(struct spool *s, struct csv_reader *r, char **fields)
{
	struct fragment *f = &s->current;
	int64_t round, cores;
	enum metric metric = metric_find(fields[CSV_METRIC]);
	int err = 0;

	if (!parse_whole(fields[CSV_BLOCK], 0, INT64_MAX / 2, &round))
		return csv_fail(r, CSV_BLOCK, fields[CSV_BLOCK],
			"not a block; number them 0, 1, 2, ... in order of time");
	if (!parse_whole(fields[CSV_CORES], 1, MOST_CORES, &cores))
		return csv_fail(r, CSV_CORES, fields[CSV_CORES],
			"not a number of cores; write 1 to 65536");
	if (metric == METRICS)
		return csv_fail(r, CSV_METRIC, fields[CSV_METRIC],
			"no such metric; it is " METRIC_LIST(METRIC_IN_TEXT) "or throughput");
	if (!same_block(s, fields, round, cores))
		err = start_block(s, r, fields, round, cores);
	else if (metric < COLUMNS && f->column[metric].n == FRAGMENT_SAMPLES) {
		err = flush(s);
		f->line = csv_line(r);
	}
	if (err)
		return err;
	s->all.rows++;
	s->all.boots[f->boot].cells.v[f->cell].metrics |= METRIC_BIT(metric);
	if (metric == METRIC_THROUGHPUT)
		return add_throughput(s, r, fields[CSV_VALUE]);
	return add_sample(s, r, metric, fields[CSV_VALUE]);
}

int spool_read(struct csv_reader *r, struct spool **out)
{
	struct spool *s = calloc(1, sizeof(*s));
	char *fields[CSV_FIELDS];
	int err, more = 0;

	if (!s)
		return fail_nomem();
	s->name = csv_name(r);
	s->current.throughput = NAN;
	err = open_database(s);
	while (!err && (more = csv_next(r, fields)) > 0)
		err = add_row(s, r, fields);
	if (!err)
		err = more < 0 ? more : flush(s);
	if (!err && !s->all.rows)
		err = fail(STATUS_USAGE, "%s: a header, but no samples; add a row for each",
			s->name);
	if (err)
		spool_free(s);
	else
		*out = s;
	return err;
}

static void free_list(struct spool_list *list)
{
	for (int i = 0; i < list->n; i++)
		free(list->v[i].name);
	free(list->v);
}

void spool_free(struct spool *s)
{
	if (!s)
		return;
	for (int i = 0; i < s->all.nboots; i++) {
		free_list(&s->all.boots[i].arms);
		free_list(&s->all.boots[i].cells);
		free(s->all.boots[i].name);
	}
	for (int c = 0; c < COLUMNS; c++)
		free(s->current.column[c].v);
	free(s->all.boots);
	sqlite3_finalize(s->insert);
	sqlite3_close(s->db);
	free(s);
}

const struct spool_contents *spool_contents(const struct spool *s)
{
	return &s->all;
}

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
	const struct spool_boot *b = &r->s->all.boots[r->boot];

	return fail(STATUS_USAGE, "%s:%lld: block %lld of arm %s, boot %s, %s, cores %d: %s",
		r->s->name, (long long)f->line, (long long)r->number, b->arms.v[f->arm].name,
		b->name, b->cells.v[r->cell].name, b->cells.v[r->cell].cores, what);
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
		err = db_fail(r->s);
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
	err = sqlite3_prepare_v2(s->db, sorted, -1, &st, NULL) ? db_fail(s) : 0;
	if (!err)
		err = read_all(r, st);
	sqlite3_finalize(st);
	for (int i = 0; i < SPOOL_ARMS; i++)
		for (int c = 0; c < COLUMNS; c++)
			free(r->block[i].column[c].v);
	free(r);
	return err;
}
