/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Result files that were damaged, or made to do harm. A flipped bit or a cut gives either what
 * was written or a clear error, never other numbers. --full: every byte, every length.
 */
#include "config.h"
#include <inttypes.h>
#include <sqlite3.h>
#include <time.h>
#include <zlib.h>
#include "analysis/statistics/splitmix.h"
#include "tests/unit/reseal.h"
#include "tests/unit/store-sample.h"
#include "tests/unit/unit.h"

static bool full;
static uint64_t seed, state64;

static uint64_t next_random(void)
{
	return splitmix_next(&state64);
}

/* All that a reader is told of a file, as one number. */
struct digest {
	struct store *s;
	uint64_t crc;
	int64_t run;
	int blocks;
};

static void add(struct digest *d, const void *p, size_t n)
{
	d->crc = crc32_z(d->crc, p, n);
}

static void add_text(struct digest *d, const char *text)
{
	add(d, text ? text : "-", text ? strlen(text) + 1 : 1);
}

static int digest_part(void *arg, const struct store_part *p)
{
	const int64_t v[] = {p->cpu, p->ops, p->failed, p->lead_in, p->fill, p->duration_ns,
		p->voluntary, p->involuntary, p->disturbed};
	struct digest *d = arg;
	struct unpacked u;
	int err;

	add(d, v, sizeof(v));
	if (!p->samples)
		return 0;
	err = store_samples(d->s, p, &u);
	if (err)
		return err;
	for (int c = 0; c < COLUMNS; c++)
		if (u.column[c])
			add(d, u.column[c], u.n * sizeof(int64_t));
	unpacked_free(&u);
	return 0;
}

static int digest_block(void *arg, const struct store_block *b)
{
	const int64_t v[] = {b->round, b->position, b->warmup, b->start_ns, b->duration_ns};
	const double w[] = {b->throughput, b->steal_ms, b->tick_first, b->tick_period, b->between};
	struct digest *d = arg;

	add(d, v, sizeof(v));
	add(d, w, sizeof(w));
	d->blocks++;
	return store_parts(d->s, b->id, digest_part, d);
}

static int digest_cell(void *arg, const struct store_cell *c)
{
	struct digest *d = arg;

	add_text(d, c->workload);
	add_text(d, c->params);
	add_text(d, c->place);
	add_text(d, c->primary);
	add(d, &c->cores, sizeof(c->cores));
	return store_blocks(d->s, c->id, STORE_WARMUPS_TOO, digest_block, d);
}

/* Of any one cell: what show's totals look at. */
static int digest_arm(void *arg, const struct store_arm *a)
{
	const struct digest *d = arg;
	struct store_totals t;
	int err = 0;

	for (int64_t cell = 1; cell <= 2 && !err; cell++)
		err = store_totals(d->s, cell, a->id, &t);
	if (err)
		return err;
	add_text(arg, a->name);
	add_text(arg, a->params);
	return 0;
}

static int digest_note(void *arg, const char *kind, const char *text)
{
	add_text(arg, kind);
	add_text(arg, text);
	return 0;
}

static int digest_run(void *arg, const struct store_run *r)
{
	struct digest *d = arg;
	int err;

	add_text(d, r->label);
	add_text(d, r->boot);
	add_text(d, r->unit);
	add_text(d, r->settings);
	add_text(d, r->status);
	add(d, &r->resolution, sizeof(r->resolution));
	/* Arms without a block are in no sum. */
	err = store_cells(d->s, r->id, digest_cell, d);
	if (!err)
		err = store_arms(d->s, r->id, digest_arm, d);
	return err ? err : store_notes(d->s, r->id, digest_note, d);
}

static int digest(const char *path, struct digest *d)
{
	int err;

	*d = (struct digest){ 0 };
	err = store_open(path, STORE_READ, &d->s);
	if (err)
		return err;
	err = store_runs(d->s, digest_run, d);
	store_close(d->s);
	return err;
}

static void execute(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL))
		print_error("%s: %s\n", sql, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_errcode(db), SQLITE_OK);
	sqlite3_close(db);
}

static void make_file(const char *path)
{
	struct store *s;
	struct ids ids;

	unlink(path);
	assert_works(store_open(path, STORE_APPEND, &s));
	for (int i = 0; i < 2; i++) {
		ids = add_run(s, NULL);
		for (int64_t b = 0; b < 12; b++)
			assert_works(add_block(s, &ids, b));
		assert_works(store_add_note(s, ids.run, "warning", "careful"));
		assert_works(store_end_run(s, ids.run, "done"));
	}
	store_close(s);
}

static uint8_t *slurp(const char *path, size_t *size)
{
	FILE *f = fopen(path, "re");
	uint8_t *data = malloc(1 << 20);

	assert_non_null(f);
	assert_non_null(data);
	*size = fread(data, 1, 1 << 20, f);
	fclose(f);
	return data;
}

static void spill(const char *path, const uint8_t *data, size_t size)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
}

static void clear_error(const char *path, int err)
{
	assert_true(err == -STATUS_USAGE || err == -STATUS_MACHINE);
	assert_non_null(strstr(fail_message(), path));
	assert_null(strchr(fail_message(), '\n'));
}

static void flipped_bits(void **state)
{
	const char *path = in_directory("flip.exb");
	int same = 0, errors = 0;
	struct digest good, d;
	size_t size, step;
	uint8_t *data;

	(void)state;
	make_file(path);
	assert_works(digest(path, &good));
	assert_int_equal(good.blocks, 24);
	data = slurp(path, &size);
	step = full ? 1 : 97;
	for (size_t at = next_random() % step; at < size; at += step) {
		uint8_t bit = (uint8_t)(1 << next_random() % 8);
		int err;

		data[at] ^= bit;
		spill(path, data, size);
		err = digest(path, &d);
		if (err)
			clear_error(path, err);
		else if (d.crc != good.crc || d.blocks != good.blocks)
			print_error("byte %zu, bit %02x: other numbers\n", at, bit);
		assert_true(err || (d.crc == good.crc && d.blocks == good.blocks));
		errors += err != 0;
		same += !err;
		data[at] ^= bit;
	}
	print_message("# %d flips: %d errors, %d the same\n", same + errors, errors, same);
	free(data);
}

static void truncated(void **state)
{
	const char *path = in_directory("cut.exb");
	struct digest good, d;
	uint8_t *data;
	size_t size;
	int err, n = 0;

	(void)state;
	make_file(path);
	assert_works(digest(path, &good));
	data = slurp(path, &size);
	for (size_t at = 0; at < size; at += full ? 61 : 1 + next_random() % 2000, n++) {
		spill(path, data, at);
		err = digest(path, &d);
		assert_true(err);
		clear_error(path, err);
	}
	print_message("# %d lengths\n", n);
	free(data);
}

/* SQL that makes a good file bad, and what the error must say. */
static const struct {
	const char *sql, *why;
} hostile[] = {
	/* Wrong values: what one sees where the check sums are right, too. */
	{"UPDATE part SET ops = -5", "ops"},
	{"UPDATE part SET failed = 'many'", "failed"},
	{"UPDATE part SET fill = 1.5", "fill"},
	{"UPDATE part SET failed = 9223372036854775807", "overflow"},
	{"UPDATE part SET failed = 9223372036854775807 WHERE block = 5 AND cpu = 0", "overflow"},
	{"UPDATE part SET cpu = -2 WHERE cpu = 0", "cpu"},
	{"UPDATE part SET cpu = 4294967296 WHERE cpu = 2", "cpu"},
	{"UPDATE part SET samples = 'text' WHERE samples IS NOT NULL", "samples"},
	{"UPDATE part SET samples = x'' WHERE samples IS NOT NULL", "samples"},
	{"UPDATE part SET samples = zeroblob(1000000) WHERE samples IS NOT NULL", "damaged"},
	/* 16777216 operations of four metrics in 18 bytes, but one operation was recorded. */
	{"UPDATE part SET samples = x'02178080800800000000000000000000000000' WHERE samples IS NOT NULL",
		"damaged"},
	{"UPDATE block SET throughput = 9e999", "throughput"},
	{"UPDATE block SET throughput = 'fast'", "throughput"},
	{"UPDATE block SET steal_ms = x'00'", "steal_ms"},
	{"UPDATE block SET round = -1 WHERE round = 3", "round"},
	{"UPDATE block SET position = 3000000000", "position"},
	{"UPDATE block SET start_ns = 'then'", "start_ns"},
	{"UPDATE cell SET cores = -1", "cores"},
	{"UPDATE cell SET cores = 'two'", "cores"},
	{"UPDATE cell SET workload = x'41'", "workload"},
	{"UPDATE cell SET workload = 'a' || char(0) || 'b'", "workload"},
	{"UPDATE arm SET position = 1e300", "position"},
	{"UPDATE run SET resolution = 9e999", "resolution"},
	{"UPDATE run SET resolution = -1", "resolution"},
	{"UPDATE run SET seed = 'x'", "seed"},
	{"UPDATE run SET label = x'ff'", "label"},
	{"UPDATE note SET text = x'00'", "text"},
	{"UPDATE cell SET run = 77", "no run"},
	{"UPDATE block SET arm = 77", "no arm"},
	{"UPDATE note SET run = 66 WHERE run = 2", "no run"},
	{"DROP TABLE part", "part"},
	{"ALTER TABLE part DROP COLUMN fill", "fill"},
	/* Code of its own. */
	{"CREATE TRIGGER t AFTER UPDATE ON run BEGIN DELETE FROM block; END", "trigger 't'"},
	{"CREATE VIEW v AS SELECT 1", "view 'v'"},
	{"DROP TABLE note; CREATE VIEW note AS SELECT 1 AS id, 1 AS run, 'a' AS kind, 'b' AS text",
		"view 'note'"},
	{"CREATE VIRTUAL TABLE f USING fts5(x)", "code"},
	{"DROP TABLE note; CREATE VIRTUAL TABLE note USING fts5(id, run, kind, text)", "code"},
	{"CREATE TABLE g (a, b AS (printf('%1000000d', a)))", "'g'"},
	{"CREATE TABLE g (a CHECK (a < 7))", "'g'"},
	{"CREATE TABLE g (a DEFAULT (random()))", "'g'"},
	{"CREATE INDEX i ON run (abs(seed))", "'i'"},
	{"CREATE INDEX i ON run (seed + 1)", "'i'"},
	{"CREATE INDEX i ON run (seed) WHERE seed > 5", "'i'"},
	{"CREATE INDEX i ON run (label COLLATE NOCASE)", "'i'"},
	/* Not for us. */
	{"PRAGMA user_version = 2", "later exitbench"},
	{"PRAGMA user_version = 2147483647", "later exitbench"},
	{"PRAGMA application_id = 1", "not a result file"},
};

static void reseal_file(const char *path)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	reseal(db);
	sqlite3_close(db);
}

static void hostile_files(void **state)
{
	const char *path = in_directory("hostile.exb");
	struct digest d;
	int err;

	(void)state;
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++)
		for (int sealed = 0; sealed < 2; sealed++) {
			make_file(path);
			execute(path, hostile[i].sql);
			if (sealed)
				reseal_file(path);
			err = digest(path, &d);
			if (!err || (!strstr(fail_message(), hostile[i].why) &&
					!strstr(fail_message(), "check sum")))
				print_error("%s: %d %s\n", hostile[i].sql, err, fail_message());
			clear_error(path, err);
			assert_true(strstr(fail_message(), hostile[i].why) ||
				(!sealed && strstr(fail_message(), "check sum")));
		}
}

/* A blob of more than any of ours: nobody's memory is filled with it. */
static void enormous_blob(void **state)
{
	const char *path = in_directory("enormous.exb");
	struct digest d;

	(void)state;
	if (!full)
		return;
	make_file(path);
	execute(path, "UPDATE part SET samples = zeroblob(300000000) WHERE block = 5 AND cpu = 0");
	reseal_file(path);
	assert_fails(digest(path, &d), STATUS_USAGE, path, "too big");
}

/* Names that are SQL, paths, terminal codes: they are names. */
static void hostile_names(void **state)
{
	static const char *const names[] = {"'; DROP TABLE part; --", "\"; ATTACH '/tmp/x' AS x; --",
		"$(touch /tmp/x)", "%s%n%s%n", "\033]0;owned\a\033[2J", "../../etc/passwd", "<script>", ""};
	const char *path = in_directory("names.exb");
	struct store_run run = {.status = "done", .command = "c", .version = "1",
		.switch_level = "block", .boot = "b", .unit = "ns", .resolution = 1};
	struct digest d;
	struct store *s;
	int64_t id;

	(void)state;
	assert_works(store_open(path, STORE_APPEND, &s));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct store_arm arm = {.name = names[i], .params = names[i]};
		struct store_cell cell = {.workload = names[i], .params = names[i], .cores = 1,
			.place = names[i], .primary = names[i]};
		struct ids ids;

		run.label = run.boot = run.kernel = run.command = names[i];
		assert_works(store_add_run(s, &run, &id));
		arm.run = cell.run = ids.run = id;
		assert_works(store_add_arm(s, &arm, &ids.arm));
		assert_works(store_add_cell(s, &cell, &ids.cell));
		assert_works(add_block(s, &ids, 1));
		assert_works(store_add_note(s, id, names[i], names[i]));
	}
	store_close(s);
	assert_works(digest(path, &d));
	assert_int_equal(d.blocks, 8);
	/* A message about one is a line without anything that a terminal acts on. */
	execute(path, "UPDATE cell SET cores = char(27) || '[2J'");
	clear_error(path, digest(path, &d));
	assert_null(strchr(fail_message(), '\033'));
}

/* As files were before there were check sums: no version that was released made one. */
static void older_file(void **state)
{
	const char *path = in_directory("older.exb");
	struct store *s;

	(void)state;
	make_file(path);
	execute(path, "ALTER TABLE run DROP COLUMN crc; ALTER TABLE block DROP COLUMN crc;"
		"ALTER TABLE note DROP COLUMN crc");
	assert_fails(store_open(path, STORE_READ, &s), STATUS_USAGE, path, "before the first release");
	assert_null(strchr(fail_message(), '\n'));
	assert_fails(store_open(path, STORE_APPEND, &s), STATUS_USAGE, path, "before the first release");
}

/* A check sum that is gone: somebody took it away. */
static void sum_removed(void **state)
{
	const char *path = in_directory("removed.exb");
	struct digest d;

	(void)state;
	make_file(path);
	execute(path, "UPDATE block SET crc = NULL WHERE id = 5");
	assert_fails(digest(path, &d), STATUS_USAGE, path, "in table block", "crc is 'NULL'");
	make_file(path);
	execute(path, "UPDATE run SET crc = NULL WHERE id = 2");
	assert_fails(digest(path, &d), STATUS_USAGE, path, "in table run", "crc is 'NULL'");
	make_file(path);
	execute(path, "UPDATE note SET run = 1");
	assert_fails(digest(path, &d), STATUS_USAGE, path, "run 1, a note", "check sum is wrong");
	make_file(path);
	execute(path, "UPDATE part SET ops = 7 WHERE block = 17");
	assert_fails(digest(path, &d), STATUS_USAGE, path, "run 2, block 17", "check sum is wrong");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flipped_bits),
		cmocka_unit_test(truncated),
		cmocka_unit_test(hostile_files),
		cmocka_unit_test(enormous_blob),
		cmocka_unit_test(hostile_names),
		cmocka_unit_test(older_file),
		cmocka_unit_test(sum_removed),
	};
	const char *given = getenv("EXITBENCH_SEED");

	full = argc > 1 && !strcmp(argv[1], "--full");
	seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	state64 = seed;
	print_message("# seed %" PRIu64 " (EXITBENCH_SEED)\n", seed);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("damage", tests, make_directory, remove_directory);
}
