/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The result file: what is added stays there; what is no such file is refused. */
#include "config.h"
#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/unit/store-sample.h"
#include "tests/unit/unit.h"

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void create_append_reopen(void **state)
{
	const char *path = in_directory("new.exb");
	struct store *s;
	struct ids ids;

	(void)state;
	for (int turn = 1; turn <= 2; turn++) {
		struct counted c;

		assert_works(store_open(path, STORE_APPEND, &s));
		ids = add_run(s, NULL);
		for (int64_t i = 0; i < 10; i++)
			assert_works(add_block(s, &ids, i));
		assert_works(store_add_note(s, ids.run, "warning", "careful"));
		assert_works(store_end_run(s, ids.run, "done"));
		assert_works(store_sync(s));
		store_close(s);
		c = count(path);
		assert_int_equal(c.runs, turn);
		assert_int_equal(c.arms, turn);
		assert_int_equal(c.cells, turn);
		assert_int_equal(c.notes, turn);
		assert_int_equal(c.blocks, 10);		/* of the last run */
		assert_int_equal(c.parts, 20 * turn);
		/* One file, without a log beside it. */
		assert_int_equal(access(in_directory("new.exb-wal"), F_OK), -1);
		assert_int_equal(access(in_directory("new.exb-shm"), F_OK), -1);
	}
}

static void totals(void **state)
{
	const char *path = in_directory("totals.exb");
	struct store_totals t;
	struct store *s;
	struct ids ids;
	const struct store_block only = { .round = 10, .throughput = 3, .steal_ms = 1.5 };
	struct store_block b = only;

	(void)state;
	assert_works(store_open(path, STORE_APPEND, &s));
	ids = add_run(s, NULL);
	for (int64_t i = 0; i < 10; i++)
		assert_works(add_block(s, &ids, i));
	b.cell = ids.cell;
	b.arm = ids.arm;
	assert_works(store_add_block(s, &b, NULL));	/* throughput is all it has */
	assert_works(store_totals(s, ids.cell, ids.arm, &t));
	assert_int_equal(t.blocks, 10);
	assert_int_equal(t.warmups, 1);
	assert_int_equal(t.ops, 18);
	assert_int_equal(t.warmup_ops, 2);
	assert_int_equal(t.failed, 40);
	assert_int_equal(t.lead_in, 60);
	assert_int_equal(t.fill, 80);
	assert_int_equal(t.disturbed, 18);
	assert_int_equal(t.involuntary, 126);
	assert_true(t.steal_ms == 1.5);
	assert_works(store_totals(s, ids.cell, 99, &t));
	assert_int_equal(t.blocks, 0);
	store_close(s);
}

static void execute(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void make_file(const char *path)
{
	struct store *s;
	struct ids ids;

	assert_works(store_open(path, STORE_APPEND, &s));
	ids = add_run(s, NULL);
	assert_works(add_block(s, &ids, 0));
	assert_works(add_block(s, &ids, 1));
	store_close(s);
}

/* Both ways of opening PATH fail, and it is as it was. */
static void refused(const char *path, const char *why)
{
	struct stat before, after;
	struct store *s;

	assert_int_equal(stat(path, &before), 0);
	assert_fails(store_open(path, STORE_READ, &s), STATUS_USAGE, path, why);
	assert_fails(store_open(path, STORE_APPEND, &s), STATUS_USAGE, path, why);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_size, after.st_size);
	assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
}

static void other_files(void **state)
{
	const char *path = in_directory("other.exb");
	struct store *s;

	(void)state;
	make_file(path);
	execute(path, "PRAGMA application_id = 7");
	refused(path, "not a result file");
	execute(path, "PRAGMA application_id = 1163412017; PRAGMA user_version = 2");
	refused(path, "later exitbench");
	write_file(in_directory("text.exb"),
		"not a database, however long this sentence may be; "
		"it goes on for more than the hundred bytes of a header, to be sure of "
		"that");
	refused(in_directory("text.exb"), "not a result file");
	refused(directory, "not a regular file");
	assert_fails(store_open(in_directory("none.exb"), STORE_READ, &s), STATUS_USAGE,
		"none.exb", "No such file");
	assert_fails(store_open(in_directory("no/none.exb"), STORE_APPEND, &s), STATUS_USAGE,
		"none.exb");
}

/* What mktemp makes: nothing to read, but it can be written to. */
static void empty_file(void **state)
{
	const char *path = in_directory("empty.exb");
	struct store *s;

	(void)state;
	write_file(path, "");
	assert_fails(store_open(path, STORE_READ, &s), STATUS_USAGE, path, "empty");
	make_file(path);
	assert_int_equal(count(path).runs, 1);
}

static void no_run_no_file(void **state)
{
	const char *path = in_directory("unused.exb");
	struct store *s;

	(void)state;
	assert_works(store_open(path, STORE_APPEND, &s));
	store_close(s);
	assert_int_equal(access(path, F_OK), -1);

	assert_works(store_open(path, STORE_APPEND, &s));
	assert_works(store_begin(s));
	add_run(s, NULL);
	store_rollback(s);
	store_close(s);
	assert_int_equal(access(path, F_OK), -1);
}

static void read_only(void **state)
{
	const char *path = in_directory("read-only.exb");
	struct store *s;
	int status;
	pid_t pid;

	(void)state;
	make_file(path);
	assert_int_equal(chmod(path, 0444), 0);
	assert_int_equal(count(path).runs, 1);
	assert_int_equal(chmod(directory, 0755), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		/* Root may write anything: be somebody else. */
		if (!geteuid() && setuid(65534))
			_exit(0);
		if (access(path, R_OK))
			_exit(0);
		_exit(store_open(path, STORE_APPEND, &s) != -STATUS_USAGE ||
		      !strstr(fail_message(), "make it writable"));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* Adds a block and ends without closing: its log stays. */
static void add_and_die(const char *path)
{
	struct store *s;
	struct ids ids;

	if (store_open(path, STORE_APPEND, &s))
		_exit(1);
	ids = add_run(s, NULL);
	_exit(add_block(s, &ids, 1) != 0);
}

static int in_child(void (*fn)(const char *), const char *path)
{
	pid_t pid = fork();
	int status = 1;

	assert_true(pid >= 0);
	if (!pid)
		fn(path);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void read_as_nobody(const char *path)
{
	struct store *s;

	if (!geteuid() && setuid(65534))
		_exit(0);
	if (!access(directory, W_OK))
		_exit(0);
	_exit(store_open(path, STORE_READ, &s) != -STATUS_USAGE ||
		!strstr(fail_message(), "was cut short"));
}

/* What a kill left can be read by who may write; others are told what is to be done. */
static void cut_short(void **state)
{
	const char *path = in_directory("short.exb");

	(void)state;
	assert_int_equal(in_child(add_and_die, path), 0);
	assert_int_equal(access(in_directory("short.exb-wal"), F_OK), 0);
	unlink(in_directory("short.exb-shm"));
	assert_int_equal(chmod(directory, 0755), 0);
	assert_int_equal(in_child(read_as_nobody, path), 0);
	assert_int_equal(count(path).blocks, 1);
}

static int damage_seen(void *arg, const struct store_run *r)
{
	(void)arg;
	(void)r;
	return 0;
}

static void damaged(void **state)
{
	static const char *const resolutions[] = { "0", "-1", "1e300", "'much'" };
	const char *path = in_directory("damaged.exb");
	struct store *s;
	char sql[80];

	(void)state;
	make_file(path);
	for (size_t i = 0; i < sizeof(resolutions) / sizeof(resolutions[0]); i++) {
		snprintf(sql, sizeof(sql), "UPDATE run SET resolution = %s", resolutions[i]);
		execute(path, sql);
		assert_works(store_open(path, STORE_READ, &s));
		assert_fails(store_runs(s, damage_seen, NULL), STATUS_USAGE, "resolution");
		store_close(s);
	}
	execute(path, "DROP TABLE part");
	assert_works(store_open(path, STORE_READ, &s));
	assert_fails(store_parts(s, 1, NULL, NULL), STATUS_USAGE, path, "part");
	store_close(s);
}

static int copy_one(const char *to, const char *from, int64_t run, bool *copied)
{
	struct store *a, *b;
	int err;

	assert_works(store_open(to, STORE_APPEND, &a));
	assert_works(store_open(from, STORE_READ, &b));
	err = store_copy_run(a, b, run, copied);
	store_close(b);
	store_close(a);
	return err;
}

static void copy(void **state)
{
	const char *from = in_directory("from.exb"), *to = in_directory("to.exb");
	struct counted c;
	bool copied;

	(void)state;
	make_file(from);
	assert_works(copy_one(to, from, 1, &copied));
	assert_true(copied);
	assert_works(copy_one(to, from, 1, &copied));
	assert_false(copied);
	c = count(to);
	assert_int_equal(c.runs, 1);
	assert_int_equal(c.blocks, 2);
	assert_int_equal(c.parts, 4);

	/* A block that is not what was written: nothing of it is copied, no file is left. */
	execute(from, "UPDATE run SET uuid = 'x'; UPDATE block SET round = 7 WHERE round = 1");
	assert_fails(copy_one(to, from, 1, &copied), STATUS_USAGE, from, "check sum");
	assert_false(copied);
	assert_int_equal(count(to).runs, 1);
	to = in_directory("to2.exb");
	assert_fails(copy_one(to, from, 1, &copied), STATUS_USAGE, "damaged");
	/* One of no arm of the run. */
	execute(from, "UPDATE block SET arm = 99 WHERE round = 7");
	refused(from, "a block has no");
	assert_int_equal(access(to, F_OK), -1);
}

static void same_uuid_twice(void **state)
{
	const char *uuid = "0123456789abcdef0123456789abcdef";
	const struct store_run run = {.uuid = uuid,
		.status = "done",
		.command = "",
		.version = "1",
		.switch_level = "file",
		.boot = "b",
		.unit = "ns",
		.resolution = 1};
	struct store *s;
	int64_t id;

	(void)state;
	assert_works(store_open(in_directory("uuid.exb"), STORE_APPEND, &s));
	add_run(s, uuid);
	assert_fails(store_add_run(s, &run, &id), STATUS_USAGE, "uuid.exb", "uuid");
	store_close(s);
}

/* Adds blocks for ever and tells how many are in after each. */
static void add_for_ever(const char *path, int fd)
{
	struct store *s;
	struct ids ids;

	if (store_open(path, STORE_APPEND, &s))
		_exit(1);
	ids = add_run(s, NULL);
	for (int64_t i = 0; !add_block(s, &ids, i); i++)
		if (write(fd, &i, sizeof(i)) != sizeof(i))
			break;
	_exit(1);
}

/* Every block whose add returned is there; twice, since the second appends after a kill. */
static void killed(void **state)
{
	const char *path = in_directory("killed.exb");
	int64_t round = -1, last[2];
	int fds[2], status;
	pid_t pid;

	(void)state;
	for (int turn = 0; turn < 2; turn++) {
		assert_int_equal(pipe(fds), 0);
		pid = fork();
		assert_true(pid >= 0);
		if (!pid)
			add_for_ever(path, fds[1]);
		close(fds[1]);
		for (int i = 0; i < 200; i++)
			assert_int_equal(read(fds[0], &round, sizeof(round)), sizeof(round));
		assert_true(store_in_use(path));
		kill(pid, SIGKILL);
		while (read(fds[0], &round, sizeof(round)) == sizeof(round))
			;
		last[turn] = round;
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		close(fds[0]);
		assert_false(store_in_use(path));
	}
	{
		struct counted c = count(path);

		/* The block in flight may be in, too. */
		assert_true(c.blocks == last[1] + 1 || c.blocks == last[1] + 2);
		assert_int_equal(c.runs, 2);
		assert_true(c.parts / 2 - c.blocks - last[0] - 1 <= 1);
	}
}

static void transactions(void **state)
{
	const char *path = in_directory("transaction.exb");
	struct counted c;
	struct store *s;
	struct ids ids;

	(void)state;
	make_file(path);
	for (int commit = 0; commit < 2; commit++) {
		assert_works(store_open(path, STORE_APPEND, &s));
		assert_works(store_begin(s));
		ids = add_run(s, NULL);
		for (int64_t i = 0; i < 5; i++)
			assert_works(add_block(s, &ids, i));
		if (commit)
			assert_works(store_commit(s));
		else
			store_rollback(s);
		store_close(s);
		c = count(path);
		assert_int_equal(c.runs, 1 + commit);
		assert_int_equal(c.parts, commit ? 14 : 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(create_append_reopen),
		cmocka_unit_test(totals),
		cmocka_unit_test(other_files),
		cmocka_unit_test(empty_file),
		cmocka_unit_test(no_run_no_file),
		cmocka_unit_test(read_only),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(damaged),
		cmocka_unit_test(copy),
		cmocka_unit_test(same_uuid_twice),
		cmocka_unit_test(killed),
		cmocka_unit_test(transactions),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("store", tests, make_directory, remove_directory);
}
