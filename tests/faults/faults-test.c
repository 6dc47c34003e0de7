/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a disk can do to a result file: power cuts at every change in turn, and calls that fail,
 * each in turn. What was finished is there and right. --full: with every error and many seeds.
 */
#include "config.h"
#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <time.h>
#include "tests/faults/fault-vfs.h"
#include "tests/unit/store-sample.h"
#include "tests/unit/unit.h"

static bool full;
static uint64_t seed;

#define MOST_ACKS 64

/* What a user of the store was told, in order. */
static struct acks {
	struct {
		long change;		/* so many changes before it */
		int blocks;		/* finished, and synced */
	} v[MOST_ACKS];
	int n;
	int added;			/* blocks, of all runs */
} acks;

static void acknowledge(void)
{
	acks.v[acks.n].change = power_changes();
	acks.v[acks.n++].blocks = acks.added;
	assert_true(acks.n < MOST_ACKS);
}

static int sync_it(struct store *s)
{
	int err = store_sync(s);

	if (!err)
		acknowledge();
	return err;
}

static int begin_run(struct store *s, struct ids *ids)
{
	const struct store_run run = {.status = "running", .label = "first", .command = "c",
		.version = "1", .seed = -7, .switch_level = "block", .boot = "b", .unit = "ns",
		.resolution = 0.5, .settings = "{}"};
	struct store_arm arm = {.name = "a", .params = "pages=3"};
	struct store_cell cell = {.workload = "touch-exit", .params = "pages=2", .cores = 2,
		.place = "compact", .cpus = "0,2", .primary = "exit"};
	int err;

	ids->run = 0;
	err = store_add_run(s, &run, &ids->run);
	/* One that is not in the file has no number, or notes would be of it. */
	assert_true(!err == (ids->run != 0));
	arm.run = cell.run = ids->run;
	if (!err)
		err = store_add_arm(s, &arm, &ids->arm);
	return err ? err : store_add_cell(s, &cell, &ids->cell);
}

/* A run as measured: a transaction for each block, a sync now and then. */
static int measured_run(struct store *s, int blocks, bool notes)
{
	struct ids ids;
	int err = begin_run(s, &ids);

	for (int i = 0; i < blocks && !err; i++) {
		err = add_block(s, &ids, i);
		acks.added += !err;
		if (!err && i % 4 == 3)
			err = sync_it(s);
	}
	if (!err && notes)
		err = store_add_note(s, ids.run, "warning", "careful");
	return err ? err : store_end_run(s, ids.run, "done");
}

/* A run as imported: all of it or none. */
static int imported_run(struct store *s, int blocks)
{
	struct ids ids;
	int err = store_begin(s);

	if (err)
		return err;
	err = begin_run(s, &ids);
	for (int i = 0; i < blocks && !err; i++)
		err = add_block(s, &ids, i);
	if (!err)
		err = store_end_run(s, ids.run, "done");
	if (!err)
		err = store_commit(s);
	if (err)
		store_rollback(s);
	else
		acks.added += blocks;
	return err;
}

/* A reader that keeps what it has begun to read: the log cannot be put into the file. */
static sqlite3 *read_on(const char *path)
{
	sqlite3 *db;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) ||
		sqlite3_exec(db, "BEGIN; SELECT count(*) FROM block", NULL, NULL, NULL)) {
		sqlite3_close(db);
		return NULL;
	}
	return db;
}

/* All that happens to a file in its life. Ends with the first failure. */
static int life(const char *path, bool reader)
{
	sqlite3 *db = NULL;
	struct store *s;
	int err = store_open(path, STORE_APPEND, &s);

	acks.n = acks.added = 0;
	if (err)
		return err;
	err = measured_run(s, 10, true);
	store_close(s);
	if (!err)
		acknowledge();
	if (!err)
		err = store_open(path, STORE_APPEND, &s);
	if (err)
		return err;
	db = reader ? read_on(path) : NULL;
	err = measured_run(s, 9, false);
	if (!err)
		err = sync_it(s);
	sqlite3_close(db);
	if (!err)
		err = imported_run(s, 6);
	store_close(s);
	if (!err)
		acknowledge();
	return err;
}

struct seen {
	struct counted c;
	int runs, blocks, wanted;
};

static const int all_blocks[3] = { 10, 9, 6 };

static int see_run(void *arg, const struct store_run *r)
{
	struct seen *seen = arg;
	int before = seen->c.parts;

	/* A run begins only when the one before it is whole. */
	assert_true(seen->runs < 3);
	if (seen->runs)
		assert_int_equal(seen->c.blocks, all_blocks[seen->runs - 1]);
	seen->c.blocks = 0;
	seen->runs++;
	assert_works(count_run(&seen->c, r));
	/* No block is missing in the middle: the last has the highest number. */
	if (seen->c.blocks)
		assert_int_equal(seen->c.last_round, seen->c.blocks - 1);
	assert_int_equal(seen->c.parts - before, 2 * seen->c.blocks);
	seen->blocks += seen->c.blocks;
	return 0;
}

/* How many blocks are in PATH, of which all are right; LEAST must be. */
static int blocks_in(const char *path, int least)
{
	struct seen seen = { 0 };
	int err = store_open(path, STORE_READ, &seen.c.s);

	if (err && !least)
		return 0;
	assert_works(err);
	assert_works(store_runs(seen.c.s, see_run, &seen));
	store_close(seen.c.s);
	if (seen.blocks < least)
		print_error("%d blocks of %d\n", seen.blocks, least);
	assert_true(seen.blocks >= least);
	return seen.blocks;
}

/* What is left of the file takes a further run. */
static void append(const char *path)
{
	struct store *s;
	struct ids ids;

	assert_works(store_open(path, STORE_APPEND, &s));
	assert_works(begin_run(s, &ids));
	assert_works(add_block(s, &ids, 0));
	store_close(s);
	assert_works(store_open(path, STORE_READ, &s));
	store_close(s);
}

static void remove_all(const char *path)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal" };
	char name[4400];

	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		unlink(name);
	}
}

static int synced_before(long change)
{
	int blocks = 0;

	for (int i = 0; i < acks.n && acks.v[i].change <= change; i++)
		blocks = acks.v[i].blocks;
	return blocks;
}

static void cut_everywhere(bool reader)
{
	const char *disk = in_directory("disk");
	char path[4400], after[4400];
	int seeds = full ? 20 : 2, cuts = 0;
	long changes;

	mkdir(disk, 0700);
	snprintf(path, sizeof(path), "%s/life.exb", directory);
	snprintf(after, sizeof(after), "%s/disk/life.exb", directory);
	fault_install();
	power_start();
	assert_works(life(path, reader));
	fault_remove();
	changes = power_changes();
	for (long at = 0; at <= changes; at++)
		for (int i = 0; i < POWER_CUTS - 1 + seeds; i++) {
			enum power_cut how = i < POWER_TORN ? i : POWER_TORN;

			power_cut(at, how, seed + at * 1000 + i, in_directory("disk"));
			blocks_in(after, synced_before(at));
			if (at % 16 == 0 && synced_before(at))
				append(after);
			remove_all(after);
			cuts++;
		}
	print_message("# %ld changes, %d power cuts\n", changes, cuts);
	assert_int_equal(synced_before(changes), 25);
	power_end();
	remove_all(path);
}

static void power_cuts(void **state)
{
	(void)state;
	cut_everywhere(false);
}

static void power_cuts_with_a_reader(void **state)
{
	(void)state;
	cut_everywhere(true);
}

/* One call fails: a clear line says so, and what was added before is in the file. */
static void fail_once(const char *path, long n, int error, bool forever)
{
	int err, added;

	fault_install();
	fault_at(n, error, forever);
	err = life(path, false);
	added = acks.added;
	fault_remove();
	assert_true(fault_happened());
	/* Not every one matters: SQLite does without some files, and tries some calls again. */
	if (err) {
		assert_true(err == -STATUS_MACHINE || err == -STATUS_USAGE);
		assert_true(*fail_message() && !strchr(fail_message(), '\n'));
		if (error == EDQUOT && err == -STATUS_MACHINE)
			assert_non_null(strstr(fail_message(), "quota"));
	}
	assert_true(blocks_in(path, added) <= added + 6);
	remove_all(path);
}

static void failing_calls(void **state)
{
	static const int errors[] = { EDQUOT, EIO, ENOSPC, EFBIG };
	char path[4400];
	long calls, tried = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/fault.exb", directory);
	fault_install();
	fault_at(0, 0, false);
	assert_works(life(path, false));
	calls = fault_calls();
	fault_remove();
	remove_all(path);
	for (long n = 1; n <= calls; n += full ? 1 : 1 + (long)((seed + n * 7) % 9))
		for (int i = 0; i < (full ? 8 : 1); i++, tried++) {
			int kind = full ? i : (int)((seed + n) % 8);

			fail_once(path, n, errors[kind % 4], kind / 4);
		}
	print_message("# %ld calls, %ld failed in turn\n", calls, tried);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(power_cuts),
		cmocka_unit_test(power_cuts_with_a_reader),
		cmocka_unit_test(failing_calls),
	};
	const char *given = getenv("EXITBENCH_SEED");

	full = argc > 1 && !strcmp(argv[1], "--full");
	seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	print_message("# seed %" PRIu64 " (EXITBENCH_SEED)\n", seed);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("faults", tests, make_directory, remove_directory);
}
