/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole result file, through everything that reads one: show, compare's data, export, merge.
 * Bytes that begin as SQLite's do are such a file. Others are changes to the rows of a good
 * one: values of any type in any column, which a change to the bytes seldom gets to.
 */
#include "config.h"
#include <fcntl.h>
#include <sqlite3.h>
#include "csv/export.h"
#include "dataset/calibration.h"
#include "dataset/dataset.h"
#include "report/show/show.h"
#include "store/store.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/fake-workloads.h"
#include "tests/unit/reseal.h"

static char path[2][4096];	/* the file, and what it is merged into */
static uint8_t *good;		/* a result file's bytes */
static size_t good_size;
static FILE *nowhere;

static void put(const uint8_t *data, size_t size)
{
	int fd = open(path[0], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	close(fd);
}

static void add_blocks(struct store *s, int64_t cell, const int64_t arm[2])
{
	const int64_t v[3] = { 20, 23, 21 }, w[3] = { 75, 80, 5000 }, x[3] = { 50, 51, 50 };
	const int64_t *columns[COLUMNS] = { v, w, x };
	uint8_t blob[256];
	struct store_part parts[2] = {{.cpu = 0, .ops = 3, .duration_ns = 5155}};
	struct store_block b = {.cell = cell, .duration_ns = 5155, .throughput = 1e5,
		.steal_ms = 0.5, .parts = 2};

	parts[0].samples = blob;
	parts[0].size = pack(columns, 3, blob);
	parts[1] = parts[0];
	parts[1].cpu = 2;
	for (int i = 0; i < 6; i++) {
		b.arm = arm[i % 2];
		b.round = i / 2;
		b.position = i % 2;
		b.start_ns = 6000 * i;
		b.tick_period = i == 3 ? 1000 : 0;
		must(!store_add_block(s, &b, parts));
	}
}

/* A file of one run with all kinds of rows. */
static void make_good(void)
{
	static const char note[] =
		"{\"workload\": \"touch-exit\", \"params\": \"\", \"cores\": 2, \"place\": \"compact\","
		" \"metric\": \"exit\", \"equal\": {\"delta_pct\": 0, \"ci_pct\": [-1, 1]}}";
	struct store_run run = {.uuid = "0123456789abcdef0123456789abcdef",
		.started = "2026-11-22T18:53:58Z", .status = "running", .command = "c", .version = "1",
		.switch_level = "block", .boot = "b", .unit = "ns", .resolution = 1,
		.settings = "{\"until_ci_pct\": 0}",
		.environment = "{\"cpu\": {\"model\": \"m\"}}"};
	struct store_arm arm = {.name = "before", .params = ""};
	struct store_cell cell = {.workload = "touch-exit", .params = "pages=2", .cores = 2,
		.place = "compact", .primary = "exit"};
	int64_t id[2];
	struct store *s;
	FILE *f;

	must(!store_open(path[0], STORE_APPEND, &s) && !store_add_run(s, &run, &arm.run));
	must(!store_add_arm(s, &arm, &id[0]));
	arm.name = "after";
	arm.position = 1;
	must(!store_add_arm(s, &arm, &id[1]));
	cell.run = arm.run;
	must(!store_add_cell(s, &cell, &cell.id));
	add_blocks(s, cell.id, id);
	must(!store_add_note(s, arm.run, "calibration", note) && !store_end_run(s, arm.run, "done"));
	store_close(s);
	f = fopen(path[0], "re");
	good = malloc(1 << 20);
	must(f && good);
	good_size = fread(good, 1, 1 << 20, f);
	fclose(f);
}

static void start(void)
{
	const char *tmp = getenv("TMPDIR");

	for (int i = 0; i < 2; i++)
		snprintf(path[i], sizeof(path[i]), "%s/exitbench-fuzz-%d-%d.exb", tmp ? tmp : "/tmp",
			(int)getpid(), i);
	nowhere = fopen("/dev/null", "we");
	must(nowhere);
	make_good();
}

static const char *const columns[] = {
	"run SET uuid", "run SET started", "run SET status", "run SET label", "run SET seed",
	"run SET switch_level", "run SET boot", "run SET unit", "run SET resolution", "run SET clock",
	"run SET settings", "run SET environment", "arm SET run", "arm SET position", "arm SET name",
	"arm SET params", "cell SET run", "cell SET workload", "cell SET params", "cell SET cores",
	"cell SET place", "cell SET cpus", "cell SET primary_metric", "block SET id",
	"block SET cell", "block SET arm", "block SET round", "block SET position",
	"block SET warmup", "block SET start_ns", "block SET duration_ns", "block SET throughput",
	"block SET steal_ms", "block SET crc", "part SET block", "part SET cpu", "part SET ops",
	"part SET failed", "part SET disturbed", "part SET samples", "note SET kind", "note SET text",
	"tick SET first", "tick SET period", "tick SET between_ops",
};
#define NCOLUMNS (sizeof(columns) / sizeof(columns[0]))

/* A value: its type, then 8 bytes of a number, or a length and so many bytes. */
static size_t bind(sqlite3_stmt *st, const uint8_t *data, size_t size)
{
	size_t n = size > 1 ? data[1] : 0;
	int64_t v = 0;
	double d;

	if (size < 2)
		return size;
	memcpy(&v, data + 1, size - 1 < 8 ? size - 1 : 8);
	memcpy(&d, &v, sizeof(d));
	n = n < size - 2 ? n : size - 2;
	switch (data[0] % 6) {
	case 0:
		sqlite3_bind_int64(st, 1, v);
		return size < 9 ? size : 9;
	case 1:
		sqlite3_bind_double(st, 1, d);
		return size < 9 ? size : 9;
	case 2:
		sqlite3_bind_text(st, 1, (const char *)data + 2, (int)n, SQLITE_TRANSIENT);
		return n + 2;
	case 3:
		sqlite3_bind_blob(st, 1, data + 2, (int)n, SQLITE_TRANSIENT);
		return n + 2;
	case 4:
		sqlite3_bind_int64(st, 1, (int8_t)data[1]);
		return 2;
	}
	return 1;	/* NULL */
}

/* Each change: a column, which row of its table, a value. */
static void change_rows(const uint8_t *data, size_t size)
{
	sqlite3_stmt *st;
	sqlite3 *db;
	char sql[200];

	put(good, good_size);
	must(!sqlite3_open(path[0], &db));
	sqlite3_exec(db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN", NULL, NULL, NULL);
	for (int i = 0; i < 8 && size > 2; i++) {
		const char *column = columns[data[0] % NCOLUMNS];
		bool part = !strncmp(column, "part", 4);
		size_t used;

		snprintf(sql, sizeof(sql), "UPDATE %s = ? WHERE %s = %d", column,
			part ? "block" : strncmp(column, "tick", 4) ? "id" : "block", 1 + data[1] % 8);
		if (sqlite3_prepare_v2(db, sql, -1, &st, NULL))
			break;
		used = bind(st, data + 2, size - 2) + 2;
		sqlite3_step(st);
		sqlite3_finalize(st);
		data += used;
		size -= used;
	}
	/* With the sums that go with it, so that it gets through; one in 16 without. */
	if (!size || data[size - 1] % 16)
		reseal(db);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(db);
}

static void compare_data(void)
{
	struct dataset_options o = {.files = {path[0], NULL}};
	struct dataset_blocks blocks;
	struct dataset_exact exact;
	struct calibration *list;
	struct dataset *d;
	int n;

	if (dataset_open(&o, &d))
		return;
	for (int i = 0; i < dataset_cells(d) && i < 4; i++)
		for (int m = 0; m <= METRIC_THROUGHPUT; m++) {
			if (!dataset_load(d, i, m, -1, &blocks))
				dataset_blocks_free(&blocks);
			if (!dataset_load_exact(d, i, m, &exact))
				dataset_exact_free(&exact);
		}
	n = dataset_calibrations(d, &list);
	if (n >= 0)
		calibrations_free(list, n);
	dataset_close(d);
}

static int merge_run(void *arg, const struct store_run *r)
{
	struct store **s = arg;
	bool copied;

	store_copy_run(s[1], s[0], r->id, &copied);
	return 0;
}

static void use(struct store *s, bool merge)
{
	struct export_order order;
	struct show show = {.store = s, .verbose = true};
	struct store *both[2] = { s, NULL };

	show_text(&show);
	show_json(&show);
	samples_json(s, NULL, nowhere);
	export_collect(s, NULL, &order);
	export_free(&order);
	/* Slow: for one input in eight. */
	if (!merge)
		return;
	if (!store_open(path[1], STORE_APPEND, &both[1]))
		store_runs(s, merge_run, both);
	store_close(both[1]);
	unlink(path[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *out = stdout;
	struct store *s;

	if (!good)
		start();
	if (size >= 6 && !memcmp(data, "SQLite", 6))
		put(data, size);
	else
		change_rows(data, size);
	stdout = nowhere;
	if (!store_open(path[0], STORE_READ, &s)) {
		use(s, size && data[size - 1] % 8 == 0);
		store_close(s);
		compare_data();
	}
	stdout = out;
	unlink(path[0]);
	return 0;
}
