/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench export: a result file's samples as CSV. */
#include "config.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/fail.h"
#include "base/stream.h"
#include "command/command.h"
#include "csv/csv.h"
#include "csv/export.h"
#include "report/show/show.h"
#include "store/store.h"

struct options {
	const char *input, *output;
	uint64_t run;		/* 0: all */
	bool json;
};

static const struct option_row rows[] = {
	{ "csv", 0, "FILE", TO_TEXT(struct options, input),
		"as CSV; that is what is done without --json, too", .optional = true },
	{ "json", 'j', NULL, TO_FLAG(struct options, json), "as JSON" },
	{ "output", 'o', "OUT", TO_TEXT(struct options, output), "where to",
		.shown = "-, standard output" },
	{ "run", 'r', "N", TO_U64(struct options, run), "only this run; see exitbench show",
		.min = "1", .max = OPTION_INT64_MAX },
	{ 0 }
};

struct export {
	const struct options *o;
	struct store *store;
	struct export_order order;
	const struct export_run *run;	/* of the cell that is written */
	FILE *out;
	/* What all rows of a block begin with: */
	char *prefix;
	size_t prefix_size;
	/* Of values: */
	int decimals;
	int64_t scale;		/* units in steps of 10^-decimals per stored step; 0: inexact */
};

/* How many decimals a multiple of the resolution has. */
static void choose_decimals(struct export *e)
{
	double step = e->run->resolution;

	e->scale = 0;
	for (e->decimals = 0; e->decimals <= 9; e->decimals++, step *= 10) {
		if (step >= 1 && fabs(step - round(step)) < 1e-9 * step) {
			e->scale = (int64_t)round(step);
			return;
		}
	}
}

static void put_value(struct export *e, int64_t v)
{
	char digits[24], text[32];
	int64_t scaled;
	int n, whole;

	if (!e->scale || __builtin_mul_overflow(v, e->scale, &scaled)) {
		fputs(csv_format_double((double)v * e->run->resolution, text, sizeof(text)),
			e->out);
		return;
	}
	if (scaled < 0)
		putc('-', e->out);
	n = snprintf(digits, sizeof(digits), "%0*" PRIu64, e->decimals + 1,
		scaled < 0 ? -(uint64_t)scaled : (uint64_t)scaled);
	whole = n - e->decimals;
	while (n > whole && digits[n - 1] == '0')
		n--;
	fwrite(digits, 1, whole, e->out);
	if (n > whole) {
		putc('.', e->out);
		fwrite(digits + whole, 1, n - whole, e->out);
	}
}

static void put_row(struct export *e, const char *metric)
{
	fwrite(e->prefix, 1, e->prefix_size, e->out);
	fputs(metric, e->out);
	putc(',', e->out);
}

static int write_part(void *arg, const struct store_part *p)
{
	struct export *e = arg;
	struct unpacked u;
	int err;

	if (!p->samples)
		return 0;
	err = store_samples(e->store, p, &u);
	if (err)
		return err;
	for (size_t i = 0; i < u.n; i++)
		for (int c = 0; c < COLUMNS; c++) {
			if (!u.column[c])
				continue;
			put_row(e, metric_names[c]);
			put_value(e, u.column[c][i]);
			putc('\n', e->out);
		}
	unpacked_free(&u);
	return ferror(e->out) ? -STATUS_MACHINE : 0;
}

/* What all rows of a block begin with. */
static int make_prefix(struct export *e, const struct export_cell *c, const char *arm,
	int64_t number)
{
	FILE *f;

	free(e->prefix);
	e->prefix = NULL;
	f = open_memstream(&e->prefix, &e->prefix_size);
	if (!f)
		return fail_nomem();
	csv_put(f, arm);
	putc(',', f);
	csv_put(f, e->run->boot);
	fprintf(f, ",%" PRId64 ",", number);
	csv_put(f, c->name);
	fprintf(f, ",%d,", c->cores);
	return fclose(f) ? fail_nomem() : 0;
}

/* The blocks of a round, which are written in order of their arms: before, then after. */
struct round {
	struct export *e;
	const struct export_cell *cell;
	struct round_block {
		struct store_block b;
		int arm;		/* index */
	} *v;
	int n, room;
};

static int write_block(struct export *e, const struct export_cell *c,
	const struct round_block *r)
{
	char text[32];
	int err = make_prefix(e, c, e->order.arms[r->arm].name, r->b.round + e->run->offset);

	if (!err)
		err = store_parts(e->store, r->b.id, write_part, e);
	if (err || !isfinite(r->b.throughput))
		return err;
	put_row(e, metric_names[METRIC_THROUGHPUT]);
	fputs(csv_format_double(r->b.throughput, text, sizeof(text)), e->out);
	putc('\n', e->out);
	return ferror(e->out) ? -STATUS_MACHINE : 0;
}

static int by_arm(const void *a, const void *b)
{
	const struct round_block *x = a, *y = b;

	return x->arm != y->arm ? x->arm - y->arm : (x->b.id > y->b.id) - (x->b.id < y->b.id);
}

static int write_round(struct round *r)
{
	int err = 0;

	if (r->n > 1)
		qsort(r->v, r->n, sizeof(*r->v), by_arm);
	for (int i = 0; i < r->n && !err; i++)
		err = write_block(r->e, r->cell, &r->v[i]);
	r->n = 0;
	return err;
}

static int add_block(void *arg, const struct store_block *b)
{
	struct round *r = arg;
	int arm = export_arm(&r->e->order, b->arm);
	int err = r->n && r->v[0].b.round != b->round ? write_round(r) : 0;

	if (err)
		return err;
	if (arm < 0)
		return fail(STATUS_USAGE, "%s: block %lld has no arm: the file is damaged",
			r->e->o->input, (long long)b->id);
	if (r->n == r->room) {
		struct round_block *v = reallocarray(r->v, 2 * r->room + 4, sizeof(*v));

		if (!v)
			return fail_nomem();
		r->v = v;
		r->room = 2 * r->room + 4;
	}
	r->v[r->n++] = (struct round_block){ *b, arm };
	return 0;
}

static int write_all(struct export *e)
{
	struct round r = { .e = e };
	int err = 0;

	fprintf(e->out, "%s\n", csv_header);
	for (int i = 0; i < e->order.ncells && !err; i++) {
		r.cell = &e->order.cells[i];
		e->run = &e->order.runs[r.cell->run];
		choose_decimals(e);
		err = store_blocks(e->store, r.cell->id, STORE_ALL_ARMS, add_block, &r);
		if (!err)
			err = write_round(&r);
	}
	free(r.v);
	return err;
}

static int open_output(struct export *e)
{
	struct stat in, out;

	if (e->o->output && !is_stream(e->o->output) && !stat(e->o->input, &in) &&
	    !stat(e->o->output, &out) && in.st_ino == out.st_ino && in.st_dev == out.st_dev)
		return fail(STATUS_USAGE, "-o %s: is the result file itself; name another file",
			e->o->output);
	e->out = stream_create(e->o->output);
	return e->out ? 0 : -STATUS_USAGE;
}

static int export(const struct options *o)
{
	struct export e = { .o = o };
	int err = store_open(o->input, STORE_READ, &e.store);

	if (!err && !o->json)
		err = export_collect(e.store, o->run ? &o->run : NULL, &e.order);
	if (!err)
		err = open_output(&e);
	if (!err)
		err = o->json ? samples_json(e.store, o->run ? &o->run : NULL, e.out) :
				write_all(&e);
	if (e.out)
		err = stream_end(e.out, o->output, err);
	export_free(&e.order);
	free(e.prefix);
	store_close(e.store);
	return err;
}

static int run(void *options, const struct arguments *a)
{
	struct options *o = options;
	int err = check_arguments(a, !o->input, !o->input, "one result file");

	if (err)
		return err;
	if (!o->input)
		o->input = a->v[0];
	return export(o);
}

const struct subcommand command_export = {
	.name = "export",
	.does = "a result file's samples as CSV",
	.about =
	"usage: exitbench export --csv FILE [OPTION]...\n"
	"       exitbench export --json FILE [OPTION]...\n"
	"\n"
	"Writes the samples in the result file FILE, one a line, below the header\n"
	"\n"
	"  arm,boot,block,workload,cores,metric,value\n"
	"\n"
	"An operation is a line for each of its metrics (" METRIC_LIST(METRIC_IN_TEXT) "what\n"
	"was measured of them), in the run's unit (ns); a block ends with its throughput in\n"
	"operations per second. Blocks are numbered in order of time; the same number in two\n"
	"arms is a pair. Several runs of one boot are numbered on. Cells that only parameters or\n"
	"the place tell apart have these in the workload's name. 'exitbench import' takes all of\n"
	"this back.\n"
	"\n"
	"With --json: runs, in them cells, in them blocks with their samples in order.\n",
	.rows = rows,
	.size = sizeof(struct options),
	.run = run,
};
