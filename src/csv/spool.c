/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows in: each checked, then kept with the others of its block. */
#include "config.h"
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "csv/spool-priv.h"

#define FRAGMENT_SAMPLES 65536	/* most of one metric in a fragment */
#define MOST_CORES 65536

static const char settings[] =
	"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384;"
	"PRAGMA temp_store = FILE; PRAGMA locking_mode = EXCLUSIVE;";

#define METRIC_COLUMN(id, name) ", " name
#define METRIC_VALUE(id, name) ", ?"

static const char schema[] =
	"CREATE TABLE fragment (boot INTEGER, cell INTEGER, round INTEGER, arm INTEGER,"
	" line INTEGER, throughput REAL" METRIC_LIST(METRIC_COLUMN) "); BEGIN";
static const char insertion[] =
	"INSERT INTO fragment VALUES (?, ?, ?, ?, ?, ?" METRIC_LIST(METRIC_VALUE) ")";

int spool_db_fail(const struct spool *s)
{
	return fail(STATUS_MACHINE, "%s: cannot sort its rows in a temporary file: %s; name a "
		"directory with more space in TMPDIR", s->name, sqlite3_errmsg(s->db));
}

int column_reserve(struct column *c, size_t more)
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
		return s->db ? spool_db_fail(s) : fail_nomem();
	if (sqlite3_exec(s->db, settings, NULL, NULL, NULL) ||
		sqlite3_exec(s->db, schema, NULL, NULL, NULL) ||
		sqlite3_prepare_v2(s->db, insertion, -1, &s->insert, NULL))
		return spool_db_fail(s);
	return 0;
}

static int bind_column(struct spool *s, int column)
{
	struct column *c = &s->current.column[column];
	const int64_t *columns[COLUMNS] = { c->v };
	size_t size = pack_bound(c->n);

	if (c->n == 1)		/* rows in no order at all: a number is quicker than a blob */
		sqlite3_bind_int64(s->insert, 1 + FRAGMENT_METRICS + column, c->v[0]);
	if (c->n <= 1) {
		c->n = 0;
		return 0;
	}
	if (size > s->packed_room) {
		free(s->packed);
		s->packed = malloc(size);
		s->packed_room = s->packed ? size : 0;
		if (!s->packed)
			return fail_nomem();
	}
	size = pack(columns, c->n, s->packed);
	sqlite3_bind_blob64(s->insert, 1 + FRAGMENT_METRICS + column, s->packed, size,
		SQLITE_TRANSIENT);
	c->n = 0;
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
	return code == SQLITE_DONE ? 0 : spool_db_fail(s);
}

/* LIST, which has N elements of SIZE, with room for one more; NULL after fail(), LIST as it was. */
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

static int find_boot(struct spool *s, const char *name)
{
	struct spool_boot *b;

	for (int i = 0; i < s->nboots; i++)
		if (!strcmp(s->boots[i].name, name))
			return i;
	b = grow(s->boots, s->nboots, sizeof(*b));
	if (!b)
		return -STATUS_MACHINE;
	s->boots = b;
	b += s->nboots;
	memset(b, 0, sizeof(*b));
	b->name = strdup(name);
	if (!b->name)
		return fail_nomem();
	return s->nboots++;
}

static int find_arm(struct csv_reader *r, struct spool_boot *b, const char *name)
{
	char **arms;

	for (int i = 0; i < b->narms; i++)
		if (!strcmp(b->arms[i], name))
			return i;
	if (b->narms == SPOOL_ARMS)
		return csv_fail(r, CSV_ARM, name,
			"the 257th arm of its boot; an arm is what is compared, not an "
			"operation");
	arms = grow(b->arms, b->narms, sizeof(*arms));
	if (!arms)
		return -STATUS_MACHINE;
	b->arms = arms;
	b->arms[b->narms] = strdup(name);
	if (!b->arms[b->narms])
		return fail_nomem();
	return b->narms++;
}

static int find_cell(
	struct csv_reader *r, struct spool_boot *b, const char *workload, int cores)
{
	struct spool_cell *c;

	for (int i = 0; i < b->ncells; i++)
		if (b->cells[i].cores == cores && !strcmp(b->cells[i].workload, workload))
			return i;
	if (b->ncells == SPOOL_CELLS)
		return csv_fail(r, CSV_WORKLOAD, workload,
			"the 4097th pair of workload and cores of its boot; are the "
			"columns in order?");
	c = grow(b->cells, b->ncells, sizeof(*c));
	if (!c)
		return -STATUS_MACHINE;
	b->cells = c;
	c += b->ncells;
	*c = (struct spool_cell){ .workload = strdup(workload), .cores = cores };
	if (!c->workload)
		return fail_nomem();
	return b->ncells++;
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
	const struct spool_boot *b = s->boots ? &s->boots[f->boot] : NULL;

	return b && f->line && f->round == round && b->cells[f->cell].cores == cores &&
	       !strcmp(b->arms[f->arm], fields[CSV_ARM]) &&
	       !strcmp(b->cells[f->cell].workload, fields[CSV_WORKLOAD]) &&
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
	boot = find_boot(s, fields[CSV_BOOT]);
	if (boot < 0)
		return boot;
	arm = find_arm(r, &s->boots[boot], fields[CSV_ARM]);
	if (arm < 0)
		return arm;
	cell = find_cell(r, &s->boots[boot], fields[CSV_WORKLOAD], (int)cores);
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
	return thousandths % 1000 == 0  ? 0
	       : thousandths % 100 == 0 ? 1
	       : thousandths % 10       ? 3
					: 2;
}

static int add_sample(struct spool *s, struct csv_reader *r, enum metric metric, const char *text)
{
	struct spool_boot *b = &s->boots[s->current.boot];
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
	s->rounded += rounded;
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
	s->rows++;
	s->boots[f->boot].cells[f->cell].metrics |= METRIC_BIT(metric);
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
	if (!err && !s->rows)
		err = fail(STATUS_USAGE, "%s: a header, but no samples; add a row for each",
			s->name);
	if (err)
		spool_free(s);
	else
		*out = s;
	return err;
}

void spool_free(struct spool *s)
{
	if (!s)
		return;
	for (int i = 0; i < s->nboots; i++) {
		struct spool_boot *b = &s->boots[i];

		for (int k = 0; k < b->narms; k++)
			free(b->arms[k]);
		for (int k = 0; k < b->ncells; k++)
			free(b->cells[k].workload);
		free(b->arms);
		free(b->cells);
		free(b->name);
	}
	for (int c = 0; c < COLUMNS; c++)
		free(s->current.column[c].v);
	free(s->boots);
	free(s->packed);
	sqlite3_finalize(s->insert);
	sqlite3_close(s->db);
	free(s);
}

int spool_boots(const struct spool *s)
{
	return s->nboots;
}

const struct spool_boot *spool_boot(const struct spool *s, int boot)
{
	return &s->boots[boot];
}

int64_t spool_rows(const struct spool *s)
{
	return s->rows;
}

int64_t spool_rounded(const struct spool *s)
{
	return s->rounded;
}
