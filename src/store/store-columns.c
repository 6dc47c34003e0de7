/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What columns.h says, as data: SQL, binding, reading, checking and summing up any table's rows. */
#include "config.h"
#include <ctype.h>
#include <endian.h>
#include <limits.h>
#include <math.h>
#include <string.h>
#include <zlib.h>
#include "base/fail.h"
#include "store/store-priv.h"

enum member { WHOLE, SMALL, FLAG, REAL, TEXT, BYTES };

struct column {
	const char *sql;	/* its name, and what it is */
	size_t offset;		/* of the member */
	enum member member;
	char value;
	int flags;
};

struct table_def {
	const char *name;
	const struct column *columns;
	int n;
	const char *create;	/* behind the columns */
	const char *select;
};

#define MEMBER_OF(type)										\
	_Generic((type){ 0 }, int64_t: WHOLE, int: SMALL, bool: FLAG, double: REAL,		\
		const char *: TEXT, const void *: BYTES)

#define COLUMN(table, type, member, sql, value, flags)						\
	{ sql, offsetof(struct store_##table, member), MEMBER_OF(type), value, flags },

#define RUN(...) COLUMN(run, __VA_ARGS__)
#define ARM(...) COLUMN(arm, __VA_ARGS__)
#define CELL(...) COLUMN(cell, __VA_ARGS__)
#define BLOCK(...) COLUMN(block, __VA_ARGS__)
#define PART(...) COLUMN(part, __VA_ARGS__)
#define NOTE(...) COLUMN(note, __VA_ARGS__)
#define TOTAL(...) COLUMN(totals, __VA_ARGS__)

static const struct column run[] = { RUN_COLUMNS(RUN) }, arm[] = { ARM_COLUMNS(ARM) },
	cell[] = { CELL_COLUMNS(CELL) }, block[] = { BLOCK_COLUMNS(BLOCK) },
	part[] = { PART_COLUMNS(PART) }, note[] = { NOTE_COLUMNS(NOTE) },
	tick[] = {
		BLOCK(int64_t, id, "block INTEGER PRIMARY KEY REFERENCES block", 'i', 0)
		TICK_COLUMNS(BLOCK)
	},
	totals[] = { TOTALS(TOTAL) };

#define TABLE(name, create, select)								\
	{ #name, name, sizeof(name) / sizeof(name[0]), create, select }

static const struct table_def tables[TABLES] = {
	[TABLE_RUN] = TABLE(run, ");", " FROM run ORDER BY id"),
	[TABLE_ARM] = TABLE(arm, ", UNIQUE (run, name));",
		" FROM arm WHERE run = ? ORDER BY position"),
	[TABLE_CELL] = TABLE(cell, ");", " FROM cell WHERE run = ? ORDER BY id"),
	[TABLE_BLOCK] = TABLE(block, "); CREATE INDEX block_cell ON block (cell, arm);",
		", (SELECT count(*) FROM part WHERE block = block.id) FROM block WHERE cell = ?1"
		" AND (?2 <= 0 OR arm = ?2) AND (?2 < 0 OR NOT warmup) ORDER BY id"),
	[TABLE_PART] = TABLE(part, ", PRIMARY KEY (block, cpu)) WITHOUT ROWID;",
		" FROM part WHERE block = ? ORDER BY cpu"),
	[TABLE_NOTE] = TABLE(note, ");", " FROM note WHERE run = ? ORDER BY id"),
	[TABLE_TICK] = TABLE(tick, ");", " FROM tick WHERE block = ?"),
	[TABLE_TOTALS] = TABLE(totals, NULL, " FROM block LEFT JOIN part ON part.block = block.id"
		" WHERE cell = ?1 AND arm = ?2"),
};

_Static_assert(offsetof(struct store_part, size) ==
	offsetof(struct store_part, samples) + sizeof(void *), "samples, then their size");

/* How long a column's name is; that of a total is all of its expression. */
static int name_length(const struct table_def *t, const struct column *c)
{
	return (int)(t->create ? strcspn(c->sql, " ") : strlen(c->sql));
}

char *store_create_sql(enum table which)
{
	const struct table_def *t = &tables[which];
	sqlite3_str *sql = sqlite3_str_new(NULL);

	sqlite3_str_appendf(sql, "CREATE TABLE IF NOT EXISTS %s (", t->name);
	for (int i = 0; i < t->n; i++)
		sqlite3_str_appendf(sql, "%s %s", i ? "," : "", t->columns[i].sql);
	sqlite3_str_appendall(sql, t->create);
	return sqlite3_str_finish(sql);
}

char *store_insert_sql(enum table which)
{
	const struct table_def *t = &tables[which];
	sqlite3_str *sql = sqlite3_str_new(NULL), *values = sqlite3_str_new(NULL);
	const char *comma = "";
	char *all;

	sqlite3_str_appendf(sql, "INSERT INTO %s (", t->name);
	for (int i = 0; i < t->n; i++) {
		const struct column *c = &t->columns[i];

		if (c->flags & ROW_ID)
			continue;
		sqlite3_str_appendf(sql, "%s%.*s", comma, name_length(t, c), c->sql);
		sqlite3_str_appendf(values, "%s%s", comma,
			c->flags & NEW_UUID ? "coalesce(?, lower(hex(randomblob(16))))" :
			c->flags & NOW ? "coalesce(?, strftime('%Y-%m-%dT%H:%M:%SZ'))" : "?");
		comma = ", ";
	}
	all = sqlite3_str_finish(values);
	sqlite3_str_appendf(sql, ") VALUES (%s)", all);
	sqlite3_free(all);
	return sqlite3_str_finish(sql);
}

char *store_select_sql(enum table which)
{
	const struct table_def *t = &tables[which];
	sqlite3_str *sql = sqlite3_str_new(NULL);

	for (int i = 0; i < t->n; i++)
		sqlite3_str_appendf(sql, "%s%.*s", i ? ", " : "SELECT ",
			name_length(t, &t->columns[i]), t->columns[i].sql);
	sqlite3_str_appendall(sql, t->select);
	return sqlite3_str_finish(sql);
}

char *store_names_sql(const enum table *list, int n, int flags)
{
	sqlite3_str *sql = sqlite3_str_new(NULL);

	for (int k = 0; k < n; k++) {
		const struct table_def *t = &tables[list[k]];

		for (int i = 0; i < t->n; i++)
			if (t->columns[i].flags & flags)
				sqlite3_str_appendf(sql, "%s%s.%.*s",
					sqlite3_str_length(sql) ? ", " : "", t->name,
					name_length(t, &t->columns[i]), t->columns[i].sql);
	}
	return sqlite3_str_finish(sql);
}

static void bind_member(sqlite3_stmt *st, int at, const struct column *c, const void *member)
{
	const void *bytes;
	size_t size;
	double real;

	switch (c->member) {
	case WHOLE:
		sqlite3_bind_int64(st, at, *(const int64_t *)member);
		break;
	case SMALL:
		sqlite3_bind_int(st, at, *(const int *)member);
		break;
	case FLAG:
		sqlite3_bind_int(st, at, *(const bool *)member);
		break;
	case REAL:		/* NAN is SQLite's NULL */
		real = *(const double *)member;
		if (!isnan(real))
			sqlite3_bind_double(st, at, real);
		break;
	case TEXT:
		sqlite3_bind_text(st, at, *(const char *const *)member, -1, SQLITE_STATIC);
		break;
	case BYTES:
		memcpy(&bytes, member, sizeof(bytes));
		memcpy(&size, (const char *)member + sizeof(bytes), sizeof(size));
		sqlite3_bind_blob64(st, at, bytes, size, SQLITE_STATIC);
		break;
	}
}

void store_bind(enum table which, sqlite3_stmt *st, const void *row)
{
	const struct table_def *t = &tables[which];
	int at = 0;

	for (int i = 0; i < t->n; i++)
		if (!(t->columns[i].flags & ROW_ID))
			bind_member(st, ++at, &t->columns[i],
				(const char *)row + t->columns[i].offset);
}

static void fetch_member(sqlite3_stmt *st, int at, const struct column *c, void *member)
{
	bool null = sqlite3_column_type(st, at) == SQLITE_NULL;
	const char *text;

	switch (c->member) {
	case WHOLE:
		*(int64_t *)member = sqlite3_column_int64(st, at);
		break;
	case SMALL:
		*(int *)member = sqlite3_column_int(st, at);
		break;
	case FLAG:
		*(bool *)member = sqlite3_column_int(st, at);
		break;
	case REAL:
		*(double *)member = null ? NAN : sqlite3_column_double(st, at);
		break;
	case TEXT:		/* never NULL where it must not be, also without memory */
		text = (const char *)sqlite3_column_text(st, at);
		*(const char **)member = text || c->value == 'T' ? text : "";
		break;
	case BYTES:
		*(const void **)member = sqlite3_column_blob(st, at);
		*(size_t *)((char *)member + sizeof(void *)) = (size_t)sqlite3_column_bytes(st, at);
		break;
	}
}

void store_fetch(enum table which, sqlite3_stmt *st, void *row)
{
	const struct table_def *t = &tables[which];

	for (int i = 0; i < t->n; i++)
		fetch_member(st, i, &t->columns[i], (char *)row + t->columns[i].offset);
	if (which == TABLE_BLOCK)
		((struct store_block *)row)->parts = sqlite3_column_int(st, t->n);
}

static bool whole_fits(int64_t v, char value)
{
	switch (value) {
	case 'n':
	case 'N':
		return v >= 0;
	case 'c':
		return v >= 0 && v <= INT_MAX;
	case 'p':
		return v >= -1 && v <= INT_MAX;
	}
	return value == 'i' || value == 'r' || value == 'R';
}

static const char *text_at(sqlite3_stmt *st, int at)
{
	const char *text = (const char *)sqlite3_column_text(st, at);

	return text ? text : "";
}

/* SQLite lets a column hold anything; what exitbench writes keeps to the table. */
static bool value_fits(sqlite3_stmt *st, int at, char value)
{
	switch (sqlite3_column_type(st, at)) {
	case SQLITE_INTEGER:
		return whole_fits(sqlite3_column_int64(st, at), value);
	case SQLITE_FLOAT:
		return (value == 'r' || value == 'R') && isfinite(sqlite3_column_double(st, at));
	case SQLITE_TEXT:
		return (value == 't' || value == 'T') && strlen(text_at(st, at)) ==
			(size_t)sqlite3_column_bytes(st, at);
	case SQLITE_BLOB:
		return value == 'B' && sqlite3_column_bytes(st, at) > 0;
	}
	return isupper(value);
}

int store_check_row(struct store *s, enum table which, sqlite3_stmt *st)
{
	const struct table_def *t = &tables[which];

	for (int i = 0; i < t->n; i++) {
		int type = sqlite3_column_type(st, i);

		if (!value_fits(st, i, t->columns[i].value))
			return fail(STATUS_USAGE, "%s: damaged: in table %s, %s is '%.20s'; go back to "
				"a copy", s->path, which == TABLE_TOTALS ? "part" : t->name,
				sqlite3_column_name(st, i), type == SQLITE_BLOB ? "bytes" :
				type == SQLITE_NULL ? "NULL" : text_at(st, i));
	}
	return 0;
}

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

static uint32_t add_real(uint32_t crc, double v)
{
	uint64_t word;

	if (isnan(v))
		return add_null(crc);
	memcpy(&word, &v, sizeof(word));
	return add_word(crc, 'r', word);
}

static uint32_t add_member(uint32_t crc, const struct column *c, const void *member)
{
	const char *text;
	const void *bytes;
	size_t size;

	switch (c->member) {
	case WHOLE:
		return add_word(crc, 'i', (uint64_t)*(const int64_t *)member);
	case SMALL:
		return add_word(crc, 'i', (uint64_t)(int64_t)*(const int *)member);
	case FLAG:
		return add_word(crc, 'i', *(const bool *)member);
	case REAL:
		return add_real(crc, *(const double *)member);
	case TEXT:
		text = *(const char *const *)member;
		return text ? add_bytes(crc, 't', text, strlen(text)) : add_null(crc);
	case BYTES:
		memcpy(&bytes, member, sizeof(bytes));
		memcpy(&size, (const char *)member + sizeof(bytes), sizeof(size));
		return bytes ? add_bytes(crc, 'b', bytes, size) : add_null(crc);
	}
	return crc;
}

uint32_t store_sum_row(uint32_t crc, enum table which, const void *row, int flags)
{
	const struct table_def *t = &tables[which];

	for (int i = 0; i < t->n; i++)
		if (t->columns[i].flags & flags)
			crc = add_member(crc, &t->columns[i],
				(const char *)row + t->columns[i].offset);
	return crc;
}

uint32_t store_sum_values(uint32_t crc, sqlite3_stmt *st)
{
	for (int i = 0; i < sqlite3_column_count(st); i++)
		switch (sqlite3_column_type(st, i)) {
		case SQLITE_INTEGER:
			crc = add_word(crc, 'i', (uint64_t)sqlite3_column_int64(st, i));
			break;
		case SQLITE_FLOAT:
			crc = add_real(crc, sqlite3_column_double(st, i));
			break;
		case SQLITE_TEXT:
			crc = add_bytes(crc, 't', sqlite3_column_text(st, i),
				(size_t)sqlite3_column_bytes(st, i));
			break;
		case SQLITE_BLOB:
			crc = add_bytes(crc, 'b', sqlite3_column_blob(st, i),
				(size_t)sqlite3_column_bytes(st, i));
			break;
		default:
			crc = add_null(crc);
		}
	return crc;
}
