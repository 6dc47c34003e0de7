/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A result file may come from anywhere. Before anything of it is read: it can bring no code
 * (views, triggers, virtual tables, expressions in its schema), what it takes is limited,
 * and SQLite finds its structure whole. https://www.sqlite.org/security.html
 */
#include "config.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include "base/clean-text.h"
#include "base/fail.h"
#include "store/store-priv.h"

#define MOST_BYTES (256 << 20)	/* of a value: import's largest blocks fit twice */

void store_restrict(sqlite3 *db)
{
	static const int limits[][2] = {
		{ SQLITE_LIMIT_LENGTH, MOST_BYTES },
		{ SQLITE_LIMIT_SQL_LENGTH, 100000 },
		{ SQLITE_LIMIT_COLUMN, 100 },
		{ SQLITE_LIMIT_EXPR_DEPTH, 20 },
		{ SQLITE_LIMIT_COMPOUND_SELECT, 3 },
		{ SQLITE_LIMIT_VDBE_OP, 25000 },
		{ SQLITE_LIMIT_FUNCTION_ARG, 8 },
		{ SQLITE_LIMIT_ATTACHED, 1 },	/* VACUUM INTO needs one */
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50 },
		{ SQLITE_LIMIT_VARIABLE_NUMBER, 32 },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
	};

	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		sqlite3_limit(db, limits[i][0], limits[i][1]);
	sqlite3_exec(db, "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0", NULL, NULL, NULL);
}

static bool is_word(const char *at, size_t n, const char *word)
{
	return strlen(word) == n && !strncasecmp(at, word, n);
}

/*
 * Words that bring an expression or somebody's code into a table or an index. Where they
 * are only a name in quotes, no exitbench wrote it either.
 */
static bool has_code(const char *sql)
{
	static const char *const words[] = { "AS", "CHECK", "COLLATE", "DEFAULT", "GENERATED",
		"VIRTUAL", "WHERE" };

	while (*sql) {
		size_t n = 0;

		while (isalnum((unsigned char)sql[n]) || sql[n] == '_' || sql[n] & 0x80)
			n++;
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (is_word(sql, n, words[i]))
				return true;
		sql += n ? n : 1;
	}
	return false;
}

/* An index on columns has one pair of parentheses; a second is a call or an expression. */
static bool plain_index(const char *sql)
{
	const char *first = strchr(sql, '(');

	return first && !strpbrk(first + 1, "(+-*/|%<>='\"&~");
}

static int check_object(struct store *s, sqlite3_stmt *st)
{
	const char *type = (const char *)sqlite3_column_text(st, 0);
	const char *name = (const char *)sqlite3_column_text(st, 1);
	const char *sql = (const char *)sqlite3_column_text(st, 2);
	bool table = type && !strcmp(type, "table"), index = type && !strcmp(type, "index");
	char shown[32];

	text_clean(name ? name : "", sizeof(shown), shown, sizeof(shown));
	if (!table && !index)
		return fail(STATUS_USAGE, "%s: has the %s '%s', which no exitbench made; if you did, "
			"drop it, else do not trust the file", s->path,
			type && !strcmp(type, "view") ? "view" :
			type && !strcmp(type, "trigger") ? "trigger" : "object", shown);
	if (index && !sql)		/* of a key */
		return 0;
	if (!sql || has_code(sql) || (index && !plain_index(sql)))
		return fail(STATUS_USAGE, "%s: has the %s '%s' with an expression or code in it, which "
			"no exitbench made; if you did, drop it, else do not trust the file", s->path,
			type, shown);
	return 0;
}

/* On one line, and without "*** in database main ***". */
static int damaged(struct store *s, const char *what)
{
	const char *behind = strchr(what, '\n');
	char line[100];

	text_clean(*what == '*' && behind ? behind + 1 : what, sizeof(line), line, sizeof(line));
	return fail(STATUS_USAGE, "%s: damaged: %s; go back to a copy, or see what 'sqlite3 FILE "
		".recover' saves", s->path, line);
}

/* CHECK has a row only where it finds something, or one that says "ok". */
static int finds_nothing(struct store *s, const char *check, const char *found)
{
	sqlite3_stmt *st;
	const char *text;
	int code, err = 0;

	if (sqlite3_prepare_v2(s->db, check, -1, &st, NULL))
		return store_fail(s, "read it");
	code = sqlite3_step(st);
	text = code == SQLITE_ROW ? (const char *)sqlite3_column_text(st, 0) : NULL;
	if (code == SQLITE_ROW && !text)
		err = fail_nomem();
	else if (code == SQLITE_ROW)
		err = !strcmp(text, "ok") ? 0 : damaged(s, found ? found : text);
	else if (code != SQLITE_DONE)
		err = store_fail(s, "read it");
	sqlite3_finalize(st);
	return err;
}

int store_check_schema(struct store *s)
{
	sqlite3_stmt *st;
	int code, err = 0;

	if (sqlite3_prepare_v2(s->db, "SELECT type, name, sql FROM sqlite_master", -1, &st, NULL))
		return store_fail(s, "read it");
	while (!err && (code = sqlite3_step(st)) != SQLITE_DONE)
		err = code == SQLITE_ROW ? check_object(s, st) : store_fail(s, "read it");
	sqlite3_finalize(st);
	return err;
}

int store_check_structure(struct store *s)
{
	int err = finds_nothing(s, "PRAGMA integrity_check(1)", NULL);

	/* Parts are not among these: a block's check sum covers them. */
	if (!err)
		err = finds_nothing(s, "PRAGMA foreign_key_check(arm)", "an arm has no run");
	if (!err)
		err = finds_nothing(s, "PRAGMA foreign_key_check(cell)", "a cell has no run");
	if (!err)
		err = finds_nothing(s, "PRAGMA foreign_key_check(block)", "a block has no cell or no arm");
	if (!err)
		err = finds_nothing(s, "PRAGMA foreign_key_check(note)", "a note has no run");
	return err;
}
