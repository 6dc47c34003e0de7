/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench import: samples from CSV, such as another tool's, into a result file. */
#include "config.h"
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include "base/fail.h"
#include "base/stream.h"
#include "base/text-of.h"
#include "cell/params.h"
#include "command/command.h"
#include "csv/spool.h"
#include "store/store.h"
#include "text/json.h"

static const char *const units[] = { "ns", "instructions", NULL };

struct options {
	const char *input, *output, *label;
	int unit;
	bool json;
};

static int parse_label(const char *what, const char *text, void *field)
{
	if (csv_check_name(text))
		return fail(STATUS_USAGE, "%s: %s", what, csv_check_name(text));
	*(const char **)field = text;
	return 0;
}

static const struct option_row rows[] = {
	{ "csv", 0, "IN", TO_TEXT(struct options, input),
		"the CSV; may be given as an argument, too", .optional = true },
	{ "output", 'o', "FILE", TO_TEXT(struct options, output), "the result file, .exb" },
	{ "label", 'l', "TEXT", TO_SPECIAL(struct options, label),
		"a name for the runs, such as the kernel's", .parse = parse_label },
	{ "unit", 'u', "UNIT", TO_CHOICE(struct options, unit), "what the values are",
		.words = units, .def = "ns" },
	{ "json", 'j', NULL, TO_FLAG(struct options, json),
		"a summary on stdout, machine-readable" },
	{ 0 }
};

/* What a boot of the CSV becomes. */
struct import_run {
	int64_t id;
	int64_t arms[SPOOL_ARMS];
	int64_t *cells;
	int64_t blocks, samples;
	int last_cell;
	double time;		/* ns, as far as it is known; of that cell */
};

struct import {
	const struct options *o;
	struct spool *spool;
	const struct spool_contents *csv;
	struct store *store;
	struct import_run *runs;
	const char *command;
	char *settings;
	char started[32];
};

/* Something else than a result file is better found out before a long CSV is read. */
static int check_output(const char *path)
{
	struct store *s = NULL;
	struct stat st;
	int err;

	if (check_no_stream("result file", path))
		return -STATUS_USAGE;
	if (stat(path, &st) || (S_ISREG(st.st_mode) && !st.st_size))
		return 0;
	err = store_open(path, STORE_READ, &s);
	store_close(s);
	return err;
}

/* The metric that a cell is judged by: the workload's own, if it was measured. */
static const char *primary_metric(const struct spool_item *c)
{
	const struct workload *w = workload_find(c->name);
	enum metric own = w ? metric_find(w->primary) : METRICS;

	if (own < METRICS && c->metrics & METRIC_BIT(own))
		return metric_names[own];
	return metric_names[metric_chief(c->metrics)];
}

static int add_cells(struct import *im, const struct spool_boot *b, struct import_run *run)
{
	int err = 0;

	run->cells = calloc(b->cells.n, sizeof(*run->cells));
	if (!run->cells)
		return fail_nomem();
	for (int i = 0; i < b->cells.n && !err; i++) {
		struct store_cell cell = { .run = run->id, .workload = b->cells.v[i].name,
			.params = "", .cores = b->cells.v[i].cores, .place = "unknown",
			.primary = primary_metric(&b->cells.v[i]) };

		err = store_add_cell(im->store, &cell, &run->cells[i]);
	}
	return err;
}

static int add_run(struct import *im, int boot)
{
	const struct spool_boot *b = &im->csv->boots[boot];
	struct import_run *run = &im->runs[boot];
	struct store_run r = {
		.started = im->started,
		.status = "running",
		.label = im->o->label,
		.command = im->command,
		.version = PACKAGE_VERSION,
		.switch_level = "file",
		.boot = b->name,
		.unit = units[im->o->unit],
		.resolution = 1 / pow(10, b->decimals),
		.settings = im->settings,
	};
	int err = store_add_run(im->store, &r, &run->id);

	run->last_cell = -1;
	for (int i = 0; i < b->arms.n && !err; i++) {
		struct store_arm arm = { .run = run->id, .position = i, .name = b->arms.v[i].name,
			.params = "" };

		err = store_add_arm(im->store, &arm, &run->arms[i]);
	}
	return err ? err : add_cells(im, b, run);
}

/* When the block starts: as long after the last one as that one's operations took. */
static int64_t block_start(struct import_run *run, const struct spool_block *b, int cores)
{
	const int64_t *v = NULL;
	unsigned int measured = 0;
	double start, sum = 0;

	for (int c = 0; c < COLUMNS; c++)
		measured |= b->column[c] ? METRIC_BIT(c) : 0;
	if (measured)
		v = b->column[b->column[METRIC_CYCLE] ? METRIC_CYCLE : metric_chief(measured)];
	if (b->cell != run->last_cell)
		run->time = 0;
	run->last_cell = b->cell;
	start = run->time;
	for (size_t i = 0; v && i < b->n; i++)
		sum += (double)v[i] / 1000;
	run->time += fmax(1, sum / cores);
	return start < 9e18 ? (int64_t)start : INT64_MAX;
}

/* Samples are malloc'ed. */
static int pack_block(const struct spool_block *b, int decimals, struct store_part *part)
{
	const int64_t *columns[COLUMNS];
	uint8_t *packed = malloc(pack_bound(b->n));
	int64_t divisor = 1000;

	for (; decimals; decimals--)
		divisor /= 10;
	if (!packed)
		return fail_nomem();
	for (int c = 0; c < COLUMNS; c++) {
		columns[c] = b->column[c];
		for (size_t i = 0; columns[c] && i < b->n; i++)
			b->column[c][i] /= divisor;
	}
	part->size = pack(columns, b->n, packed);
	part->samples = packed;
	return 0;
}

static int add_block(void *arg, const struct spool_block *b)
{
	struct import *im = arg;
	const struct spool_boot *boot = &im->csv->boots[b->boot];
	struct import_run *run = &im->runs[b->boot];
	struct store_part part = { .cpu = -1, .ops = (int64_t)b->n };
	struct store_block block = {
		.cell = run->cells[b->cell],
		.arm = run->arms[b->arm],
		.round = b->round,
		.position = b->position,
		.start_ns = block_start(run, b, boot->cells.v[b->cell].cores),
		.throughput = b->throughput,
		.steal_ms = NAN,
		.parts = b->n > 0,
	};
	int err = b->n ? pack_block(b, boot->decimals, &part) : 0;

	run->blocks++;
	for (int c = 0; c < COLUMNS; c++)
		run->samples += b->column[c] ? (int64_t)b->n : 0;
	run->samples += !isnan(b->throughput);
	if (!err)
		err = store_add_block(im->store, &block, &part);
	free((void *)part.samples);
	return err;
}

static int store_all(struct import *im)
{
	int n = im->csv->nboots, err;

	im->runs = calloc(n, sizeof(*im->runs));
	if (!im->runs)
		return fail_nomem();
	err = store_begin(im->store);
	if (err)
		return err;
	for (int i = 0; i < n && !err; i++)
		err = add_run(im, i);
	if (!err)
		err = spool_each(im->spool, add_block, im);
	for (int i = 0; i < n && !err; i++)
		err = store_end_run(im->store, im->runs[i].id, "done");
	if (!err)
		err = store_commit(im->store);
	if (err)
		store_rollback(im->store);
	return err;
}

static int print_json(const struct import *im)
{
	json_t *runs = json_array();

	for (int i = 0; i < im->csv->nboots; i++) {
		const struct spool_boot *b = &im->csv->boots[i];
		const struct import_run *r = &im->runs[i];

		json_array_append_new(runs,
			json_pack("{s:I, s:o, s:i, s:i, s:I, s:I}", "run",
				(json_int_t)r->id, "boot", text_json(b->name), "arms", b->arms.n,
				"cells", b->cells.n, "blocks", (json_int_t)r->blocks,
				"samples", (json_int_t)r->samples));
	}
	return json_print(json_pack("{s:o, s:I, s:o}", "file", text_json(im->o->output), "rows",
		(json_int_t)im->csv->rows, "runs", runs), 0);
}

static int print_summary(const struct import *im)
{
	if (im->csv->rounded)
		warn("%s: values of more than three decimals: %lld, rounded", im->o->input,
			(long long)im->csv->rounded);
	if (im->o->json)
		return print_json(im);
	for (int i = 0; i < im->csv->nboots; i++) {
		const struct spool_boot *b = &im->csv->boots[i];
		const struct import_run *r = &im->runs[i];

		printf("%s: run %lld: boot %s, %d arm%s, %d cell%s, %lld blocks, %lld "
		       "samples\n",
			im->o->output, (long long)r->id, b->name, b->arms.n,
			b->arms.n == 1 ? "" : "s", b->cells.n, b->cells.n == 1 ? "" : "s",
			(long long)r->blocks, (long long)r->samples);
	}
	return 0;
}

static int read_csv(struct import *im)
{
	struct csv_reader *r = NULL;
	int err = csv_open(im->o->input, &r);

	if (!err)
		err = check_output(im->o->output);
	if (!err)
		err = spool_read(r, &im->spool);
	if (!err)
		im->csv = spool_contents(im->spool);
	csv_close(r);
	return err;
}

static int import(const struct options *o, const char *command)
{
	struct import im = { .o = o, .command = command };
	time_t now = time(NULL);
	struct tm tm;
	int err = read_csv(&im);

	/* All runs began at once: then their order is that of the CSV. */
	strftime(im.started, sizeof(im.started), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	if (!err && !(im.settings = text_of("{\"imported_rows\": %lld}",
			(long long)im.csv->rows)))
		err = fail_nomem();
	if (!err)
		err = store_open(o->output, STORE_APPEND, &im.store);
	if (!err)
		err = store_all(&im);
	if (!err)
		err = print_summary(&im);
	for (int i = 0; im.runs && i < im.csv->nboots; i++)
		free(im.runs[i].cells);
	free(im.runs);
	store_close(im.store);
	spool_free(im.spool);
	free(im.settings);
	return err;
}

static int run(void *options, const struct arguments *a)
{
	struct options *o = options;
	int err = check_arguments(a, !o->input, !o->input, "one CSV file");

	if (err)
		return err;
	if (!o->input)
		o->input = a->v[0];
	if (!o->output)
		return fail(STATUS_USAGE, "import: where to? give -o FILE.exb");
	return import(o, a->line);
}

const struct subcommand command_import = {
	.name = "import",
	.does = "samples from CSV into a result file",
	.about =
	"usage: exitbench import --csv IN -o FILE [OPTION]...\n"
	"\n"
	"Appends the samples in IN to the result file FILE (made if there is none), one run\n"
	"for each boot; all of them, or none if a line of IN is bad. IN is '-' for standard\n"
	"input; its first line is\n"
	"\n"
	"  arm,boot,block,workload,cores,metric,value\n"
	"\n"
	"and each other line is one sample. The metric is " METRIC_LIST(METRIC_IN_TEXT) "in\n"
	"ns, one of each for an operation (or only some of the metrics, but then for all\n"
	"operations of the block), or throughput in operations per second, one for a block.\n"
	"Blocks are numbered in order of time; the same number in two arms is a pair. Lines may\n"
	"be in any order; those of one block and metric stand in order of time. Three decimals\n"
	"are kept.\n",
	.rows = rows,
	.size = sizeof(struct options),
	.run = run,
};
