/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Samples that are read again and again say what samples in memory say. */
#include "config.h"
#include <sqlite3.h>
#include <sys/resource.h>
#include "report/compare/results.h"
#include "report/plot/plot.h"
#include "tests/unit/failing-malloc.h"
#include "tests/unit/store-sample.h"
#include "tests/unit/unit.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#define SANITIZED __has_feature(address_sanitizer)
#else
#define SANITIZED 0
#endif
#define ROUNDS 40
#define PARTS 3
#define OPS 70

static uint64_t state64 = 20211125;

static int64_t next_sample(int64_t base, int64_t spread)
{
	state64 = state64 * 6364136223846793005u + 1442695040888963407u;
	return base + (int64_t)((state64 >> 33) % (uint64_t)spread);
}

/* A round's block of ARM; round 0 is warm-up. */
static void add_samples(struct store *s, const struct ids *ids, int64_t round, int position)
{
	static int64_t v[3][OPS];
	static uint8_t blob[PARTS][4 * OPS * 8 + 64];
	const int64_t *columns[COLUMNS] = { [METRIC_FORK] = v[0], [METRIC_EXIT] = v[1],
		[METRIC_CYCLE] = v[2] };
	struct store_part parts[PARTS];
	const struct store_block b = { .cell = ids->cell, .arm = ids->arm, .round = round,
		.position = position, .warmup = !round, .start_ns = 1000000 * (2 * round + position),
		.duration_ns = 900000, .throughput = (double)next_sample(100000, 900),
		.steal_ms = NAN, .parts = PARTS };

	for (int i = 0; i < PARTS; i++) {
		for (int k = 0; k < OPS; k++) {
			v[0][k] = next_sample(2000, 100);
			v[1][k] = next_sample(5000 + 70 * position, k ? 300 : 90000);
			v[2][k] = v[0][k] + v[1][k] + next_sample(900, 200);
		}
		parts[i] = (struct store_part){ .cpu = i, .ops = OPS, .duration_ns = 800000,
			.disturbed = 1, .samples = round ? blob[i] : NULL,
			.size = pack(columns, OPS, blob[i]) };
	}
	assert_works(store_add_block(s, &b, parts));
}

/* Two arms in as many RUNS, or boots, of one cell. */
static const char *make_file(const char *name, int runs)
{
	const char *path = in_directory(name);
	struct store *s;

	assert_works(store_open(path, STORE_APPEND, &s));
	for (int run = 0; run < runs; run++) {
		struct ids ids = add_run(s, NULL);
		struct store_arm arm = { .run = ids.run, .position = 1, .name = "b", .params = "" };
		int64_t other;

		assert_works(store_add_arm(s, &arm, &other));
		for (int64_t round = 0; round < ROUNDS; round++)
			for (int side = 0; side < 2; side++) {
				struct ids block = { ids.run, side ? other : ids.arm, ids.cell };

				add_samples(s, &block, round, side);
			}
	}
	store_close(s);
	return path;
}

/* All that compare and plot say of the file, with so many samples in memory. */
static char *everything(const char *path, size_t keep)
{
	struct dataset_options o = { .files = { path } };
	struct plot_source source = { .margin = 0.01 };
	struct compare_options options;
	struct plot_words words = { 0 };
	struct plot_data cell;
	const struct plot_subject subject = { PLOT_OF_CELL, .source = &source, .cell = &cell };
	struct results r;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	compare_defaults(&options);
	options.replicates = 200;
	options.threads = 3;
	assert_works(dataset_open(&o, &source.d));
	dataset_keep(source.d, keep);
	assert_works(results_make(source.d, 1U << METRIC_EXIT | 1U << METRIC_CYCLE |
		1U << METRIC_THROUGHPUT, &options, &r));
	results_csv(&r, out);
	results_text(&r, out);
	assert_works(plot_data_make(&source, 0, METRIC_EXIT, r.v[0].r, &cell));
	for (int i = 0; i < PICTURE_COUNT; i++)
		if (pictures[i]->of == PLOT_OF_CELL)
			assert_true(plot_write(&subject, pictures[i], &words, out));
	plot_data_free(&cell);
	results_free(&r);
	dataset_close(source.d);
	fclose(out);
	return text;
}

static void same_from_file(void **state)
{
	const size_t keep[] = { 0, 3 * PARTS * OPS, ROUNDS * PARTS * OPS + 1 };

	(void)state;
	for (int runs = 1; runs <= 3; runs += 2) {
		const char *path = make_file(runs > 1 ? "three.exb" : "one.exb", runs);
		char *all = everything(path, SIZE_MAX), *some;

		assert_non_null(strstr(all, "+1."));
		for (size_t i = 0; i < sizeof(keep) / sizeof(*keep); i++) {
			some = everything(path, keep[i]);
			assert_string_equal(some, all);
			free(some);
		}
		free(all);
	}
}

/* Damage that comes after the blocks were counted is still told as such. */
static void damaged_later(void **state)
{
	const char *path = make_file("later.exb", 1);
	struct dataset_options o = { .files = { path } };
	struct compare_options options;
	struct compare_result *r;
	struct dataset_blocks b;
	struct dataset *d;
	sqlite3 *db;

	(void)state;
	compare_defaults(&options);
	options.replicates = 200;
	assert_works(dataset_open(&o, &d));
	dataset_keep(d, 0);
	assert_works(dataset_load(d, 0, METRIC_EXIT, -1, &b));
	assert_int_equal(b.n, 2 * (ROUNDS - 1));
	assert_null(b.v[0].v);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "UPDATE part SET samples = substr(samples, 1, 30)"
		" WHERE block = (SELECT max(block) FROM part) AND cpu = 1", NULL, NULL, NULL),
		SQLITE_OK);
	sqlite3_close(db);
	assert_fails(dataset_failed(compare_cell(&options, b.v, b.n, &r)), STATUS_USAGE,
		"samples are damaged");
	dataset_blocks_free(&b);
	dataset_close(d);
}

/*
 * Counts of instructions are held in memory. A few bytes may say that there are a million of
 * them; before those of many such blocks fill the machine, it says so.
 */
static void more_than_memory(void **state)
{
	enum { LONG = 1 << 20, BLOCKS = 16 };
	const char *path = in_directory("long.exb");
	struct dataset_options o = { .files = { path } };
	int64_t *v = calloc(LONG, sizeof(*v));
	const int64_t *columns[COLUMNS] = { [METRIC_EXIT] = v };
	uint8_t *blob = malloc(LONG);
	struct store_part part = { .ops = LONG, .samples = blob };
	struct rlimit before, less, has;
	struct dataset_exact exact;
	struct dataset *d;
	struct store *s;
	struct ids ids;
	int err;

	(void)state;
	assert_true(v && blob);
	if (SANITIZED) {
		print_message("# not done: AddressSanitizer needs much address space\n");
		free(v);
		free(blob);
		return;
	}
	part.size = pack(columns, LONG, blob);
	assert_true(part.size < LONG / 2);
	assert_works(store_open(path, STORE_APPEND, &s));
	ids = add_run(s, NULL);
	assert_works(store_add_arm(s, &(struct store_arm){ .run = ids.run, .position = 1,
		.name = "b", .params = "" }, &(int64_t){ 0 }));
	for (int i = 0; i < BLOCKS; i++)
		assert_works(store_add_block(s, &(struct store_block){ .cell = ids.cell,
			.arm = ids.arm, .round = i, .throughput = NAN, .steal_ms = NAN, .parts = 1 }, &part));
	store_close(s);
	free(blob);
	free(v);
	assert_works(dataset_open(&o, &d));
	assert_works(dataset_load_exact(d, 0, METRIC_EXIT, &exact));
	assert_int_equal(exact.n, BLOCKS);
	dataset_exact_free(&exact);
	assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
	less = before;
	less.rlim_cur = 2 * sizeof(double) * LONG * (BLOCKS - 2);
	assert_int_equal(setrlimit(RLIMIT_AS, &less), 0);
	assert_int_equal(getrlimit(RLIMIT_AS, &has), 0);
	if (has.rlim_cur != less.rlim_cur) {	/* qemu-user */
		print_message("# not done: no limit of the address space\n");
		dataset_close(d);
		return;
	}
	err = dataset_load_exact(d, 0, METRIC_EXIT, &exact);
	assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
	assert_fails(err, STATUS_MACHINE, path, "half of the memory");
	dataset_close(d);
}

/* A run with these settings and two arms. */
static void add_settings(struct store *s, const char *settings, const char *const arms[2])
{
	const struct store_run run = { .status = "done", .label = "l", .command = "exitbench run",
		.version = "1", .switch_level = "block", .boot = "b1", .kernel = "6.1",
		.unit = "ns", .resolution = 1, .settings = settings };
	struct store_cell cell = { .workload = "fork-exit", .params = "", .cores = 1,
		.place = "compact", .cpus = "0", .primary = "exit" };
	int64_t id;

	assert_works(store_add_run(s, &run, &cell.run));
	for (int i = 0; i < 2; i++)
		assert_works(store_add_arm(s, &(struct store_arm){ .run = cell.run, .position = i,
			.name = arms[i], .params = "" }, &id));
	assert_works(store_add_cell(s, &cell, &id));
}

/*
 * What a run's settings say decides on the verdict. Without the memory to read them it is an
 * error: emulated guests are not taken for a machine, nor calibrations for measurements.
 */
static void short_memory(void **state)
{
	const char *path = in_directory("settings.exb");
	struct dataset_options o = { .files = { path } };
	long failed = 0, last = FAILING_MALLOC ? 1000000 : 0;
	struct dataset *d;
	struct store *s;

	(void)state;
	assert_works(store_open(path, STORE_APPEND, &s));
	add_settings(s, "{\"emulated\": true, \"until_ci_pct\": 1}", (const char *[]){ "a", "b" });
	add_settings(s, "{\"purpose\": \"calibration\"}", (const char *[]){ "base", "equal" });
	store_close(s);
	assert_works(dataset_open(&o, &d));
	dataset_close(d);
	for (long at = 0; at < last; at++) {
		int err;

		malloc_left = at;
		err = dataset_open(&o, &d);
		last = malloc_left >= 0 ? 0 : last;
		malloc_left = -1;
		failed += err != 0;
		if (err) {
			/* SQLite and jansson have other words for it */
			if (!strstr(fail_message(), "memory") && !strstr(fail_message(), "read"))
				print_error("allocation %ld: %s\n", at, fail_message());
			assert_true(strstr(fail_message(), "memory") || strstr(fail_message(), "read"));
			continue;
		}
		assert_true(dataset_is_emulated(d) && dataset_sequential(d));
		dataset_close(d);
	}
	print_message("# %ld allocations failed\n", failed);
	assert_true(failed > 20 || !FAILING_MALLOC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_from_file),
		cmocka_unit_test(damaged_later),
		cmocka_unit_test(more_than_memory),
		cmocka_unit_test(short_memory),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("dataset", tests, make_directory, remove_directory);
}
