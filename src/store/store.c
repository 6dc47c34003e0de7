/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening, closing and checking a result file. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/safe-path.h"
#include "base/stream.h"
#include "store/store-priv.h"

/* The number that SQL finds, or -1. */
static int find_number(struct store *s, const char *sql, int64_t *value)
{
	sqlite3_stmt *st;

	if (sqlite3_prepare_v2(s->db, sql, -1, &st, NULL))
		return sqlite3_errcode(s->db) != SQLITE_NOTADB ? store_fail(s, "read it") :
			fail(STATUS_USAGE, "%s: not a result file of exitbench: %s", s->path,
				sqlite3_errmsg(s->db));
	*value = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : -1;
	sqlite3_finalize(st);
	return 0;
}

/* Empty, ours, ours of a later version, or somebody else's? */
static int check_kind(struct store *s, bool *empty)
{
	int64_t id = 0, version = 0, tables = -1;
	int err = find_number(s, "SELECT count(*) FROM sqlite_master", &tables);

	if (!err && tables < 0)
		err = store_fail(s, "read it");
	if (!err)
		err = find_number(s, "PRAGMA application_id", &id);
	if (!err)
		err = find_number(s, "PRAGMA user_version", &version);
	if (err)
		return err;
	*empty = !tables && !id;
	if (*empty)
		return 0;
	if (id != STORE_APPLICATION_ID)
		return fail(STATUS_USAGE, "%s: an SQLite database, but not a result file of exitbench",
			s->path);
	if (version > STORE_SCHEMA_VERSION)
		return fail(STATUS_USAGE,
			"%s: written by a later exitbench (format %lld, this one reads up to %d): "
			"use that one", s->path, (long long)version, STORE_SCHEMA_VERSION);
	return 0;
}

static bool has_column(struct store *s, const char *table, const char *column)
{
	return !sqlite3_table_column_metadata(s->db, "main", table, column, NULL, NULL, NULL, NULL,
		NULL);
}

/* The program's own files of before its first release; no other reads them. */
static int check_sums(struct store *s)
{
	if (!has_column(s, "block", "id") || has_column(s, "block", "crc"))
		return 0;
	return fail(STATUS_USAGE, "%s: has no check sums, as before the first release of exitbench: "
		"no longer read; measure again", s->path);
}

static int create_tables(struct store *s)
{
	int err = 0;

	for (enum table t = 0; t < TABLES && !err; t++) {
		if (t == TABLE_TICK || t == TABLE_TOTALS)	/* made where needed; none */
			continue;
		err = store_exec(s, store_create_sql(t), "create its tables");
	}
	return err;
}

static int create_schema(struct store *s)
{
	char version[100];
	bool empty = false;
	int err;

	sqlite3_snprintf(sizeof(version), version, "PRAGMA application_id = %d;"
		" PRAGMA user_version = %d; COMMIT", STORE_APPLICATION_ID, STORE_SCHEMA_VERSION);
	errno = 0;
	if (sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL))
		return store_fail(s, "create its tables");
	/* Another run may have been first. */
	err = check_kind(s, &empty);
	if (!err && empty)
		err = create_tables(s);
	if (!err && empty && sqlite3_exec(s->db, version, NULL, NULL, NULL))
		err = store_fail(s, "create its tables");
	if (!err && empty) {
		s->created = true;
		return 0;
	}
	sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return err;
}

static int read_mode(void *arg, int n, char **values, char **names)
{
	(void)names;
	if (n == 1 && values[0])
		sqlite3_snprintf(8, arg, "%s", values[0]);
	return 0;
}

static int prepare_writing(struct store *s, bool empty)
{
	/*
	 * A commit per block goes to the write-ahead log without waiting for the disk: that
	 * outlives us, and store_sync() decides how much a power cut can cost. A file system
	 * without shared memory keeps its old journal; that is slower, not less safe. EXTRA
	 * until then, and when it ends: an old journal whose removal did not get to the disk
	 * would undo what came after it.
	 */
	char mode[8] = "";

	sqlite3_exec(s->db, "PRAGMA synchronous = EXTRA; PRAGMA wal_autocheckpoint = 0", NULL, NULL,
		NULL);
	sqlite3_exec(s->db, "PRAGMA journal_mode = WAL", read_mode, mode, NULL);
	if (!strcmp(mode, "wal"))
		sqlite3_exec(s->db, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
	return empty ? create_schema(s) : 0;
}

static int open_and_check_kind(struct store *s, int flags, bool *empty)
{
	if (sqlite3_open_v2(s->safe_path, &s->db, flags | SQLITE_OPEN_NOMUTEX, store_vfs()))
		return s->db ? store_fail(s, "open it") : fail_nomem();
	sqlite3_busy_timeout(s->db, 5000);
	store_restrict(s->db);
	return check_kind(s, empty);
}

/* A journal was left beside the file, by a power cut or a kill: only a writer can use it. */
static bool needs_writer(const struct store *s)
{
	int code = s->db ? sqlite3_extended_errcode(s->db) : 0;

	return (code & 0xff) == SQLITE_READONLY || (code & 0xff) == SQLITE_CANTOPEN;
}

static int open_database(struct store *s, enum store_mode mode)
{
	int flags = mode == STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	bool empty = false;
	int err = open_and_check_kind(s, flags, &empty);

	if (err && mode == STORE_READ && needs_writer(s)) {
		sqlite3_close(s->db);
		err = open_and_check_kind(s, SQLITE_OPEN_READWRITE, &empty);
	}
	if (!err && !empty)
		err = store_check_schema(s);
	if (!err && !empty)
		err = check_sums(s);
	if (!err && !empty)
		err = store_check_structure(s);
	if (err)
		return err;
	if (mode == STORE_READ && empty)
		return fail(STATUS_USAGE, "%s: empty, no result file of exitbench", s->path);
	/* SQLite opens what it may not write for reading, and fails much later. */
	if (mode == STORE_APPEND && sqlite3_db_readonly(s->db, "main") == 1)
		return fail(STATUS_USAGE, "%s: cannot write to it: make it writable, or use "
			"another file", s->path);
	s->writable = mode == STORE_APPEND;
	if (!s->writable)
		return 0;
	err = prepare_writing(s, empty);
	store_remember_log(s);
	return err;
}

/* SQLite only says of the file that it is not there. */
static bool can_create(const char *path)
{
	char *copy = strdup(path);
	bool can = copy && !access(dirname(copy), W_OK);

	free(copy);
	return can;
}

/* Root uses no journal, log or index that somebody else has put next to the file. */
static int check_side_files(const struct store *s)
{
	static const char *const suffix[] = { "-journal", "-wal", "-shm" };
	char name[4096];
	struct stat st;

	for (size_t i = 0; i < sizeof(suffix) / sizeof(suffix[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", s->safe_path, suffix[i]);
		if (!lstat(name, &st) && !safe_path_is_safe(name))
			return fail(STATUS_USAGE, "%s%s: not a file of root's: root does not use it; "
				"remove it, or use another place", s->path, suffix[i]);
	}
	return 0;
}

int store_open(const char *path, enum store_mode mode, struct store **out)
{
	struct store *s;
	struct stat st;
	int err = check_no_stream("result file", path);

	if (err)
		return err;
	if (stat(path, &st)) {
		if (mode == STORE_READ || errno != ENOENT)
			return fail(STATUS_USAGE, "%s: cannot open it: %s", path, strerror(errno));
		if (!can_create(path))
			return fail(STATUS_USAGE, "%s: cannot create it: %s", path, strerror(errno));
	} else if (!S_ISREG(st.st_mode)) {
		return fail(STATUS_USAGE, "%s: not a regular file", path);
	}
	s = calloc(1, sizeof(*s));
	if (s)
		s->path = strdup(path);
	if (!s || !s->path) {
		free(s);
		return fail_nomem();
	}
	if (mode == STORE_READ)
		err = (s->safe_path = strdup(path)) ? 0 : fail_nomem();
	else
		err = safe_path_find(path, &s->safe_path);
	if (!err && mode != STORE_READ)
		err = check_side_files(s);
	if (!err)
		err = open_database(s, mode);
	if (err) {
		store_close(s);
		return err;
	}
	*out = s;
	return 0;
}

/* SQLite's lock bytes: whoever has a database in WAL mode open holds a shared one. */
#define SHARED_FIRST (0x40000000 + 2)
#define SHARED_SIZE 510

bool store_in_use(const char *path)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = SHARED_FIRST,
		.l_len = SHARED_SIZE };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool held;

	if (fd < 0)
		return false;
	held = !fcntl(fd, F_GETLK, &lock) && lock.l_type != F_UNLCK;
	close(fd);
	return held;
}

const char *store_path(const struct store *s)
{
	return s->path;
}

/* Another process may have added some to a file that we made. */
static bool has_runs(struct store *s)
{
	sqlite3_stmt *st = NULL;
	bool has = sqlite3_prepare_v2(s->db, "SELECT 1 FROM run", -1, &st, NULL) ||
		sqlite3_step(st) != SQLITE_DONE;

	sqlite3_finalize(st);
	return has;
}

void store_close(struct store *s)
{
	bool moved, remove_it;

	if (!s)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(s->statements[i]);
	moved = s->writable && store_moved(s);
	remove_it = s->created && !moved && !has_runs(s);
	if (moved)
		store_rescue(s);
	/* Back to one file, unless another process has it open: then the last one does. */
	else if (s->writable)
		sqlite3_exec(s->db, "PRAGMA synchronous = EXTRA; PRAGMA journal_mode = DELETE", NULL,
			NULL, NULL);
	sqlite3_close(s->db);
	if (moved)
		store_remove_log(s);
	if (remove_it)
		unlink(s->safe_path);
	free(s->path);
	free(s->safe_path);
	free(s->rescue);
	free(s->seen);
	free(s);
}
