/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every sample of a file as JSON, written as it is read. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "csv/csv.h"
#include "dataset/dataset.h"
#include "report/show/show.h"
#include "text/json.h"

struct writer {
	struct store *store;
	const uint64_t *only;
	FILE *out;
	int64_t run;
	double resolution;
	const struct store_arm *arm;
	int64_t cell;
	const char *between_runs, *between_cells, *between_blocks;
	bool found;
	struct unpacked block;		/* of all parts so far */
};

/* The members of FACTS (taken), with what follows: an object that is still open. */
static int put(struct writer *w, json_t *facts, const char *end)
{
	char *dump = facts ? json_dumps(facts, JSON_EMBED) : NULL;

	if (dump)
		fprintf(w->out, "%s%s", dump, end);
	json_decref(facts);
	free(dump);
	return dump ? 0 : fail_nomem();
}

/* Parts are other workers: their samples are one list. */
static int add_part(void *arg, const struct store_part *p)
{
	struct writer *w = arg;
	struct unpacked u;
	int err;

	if (!p->samples)
		return 0;
	err = store_samples(w->store, p, &u);
	if (err)
		return err;
	for (int c = 0; c < COLUMNS && !err; c++) {
		int64_t *grown;

		if (w->block.n && u.n && !u.column[c] != !w->block.column[c])
			err = fail(STATUS_USAGE, "%s: run %lld, block %lld: its parts have other "
				"metrics: damaged; go back to a copy", store_path(w->store),
				(long long)w->run, (long long)p->block);
		if (err || !u.column[c] || !u.n)
			continue;
		grown = reallocarray(w->block.column[c], w->block.n + u.n, sizeof(*grown));
		if (!grown) {
			err = fail_nomem();
			break;
		}
		w->block.column[c] = grown;
		memcpy(grown + w->block.n, u.column[c], u.n * sizeof(*grown));
	}
	w->block.n += u.n;
	unpacked_free(&u);
	return err;
}

static int write_block(void *arg, const struct store_block *b)
{
	struct writer *w = arg;
	char number[32];
	int err;

	memset(&w->block, 0, sizeof(w->block));
	err = store_parts(w->store, b->id, add_part, w);
	if (!err) {
		fprintf(w->out, "%s\n     {", w->between_blocks);
		w->between_blocks = ",";
		err = put(w, json_pack("{s:o, s:I, s:i, s:I}", "arm", text_json(w->arm->name), "round",
			(json_int_t)b->round, "position", b->position, "start_ns",
			(json_int_t)b->start_ns), ", \"throughput\": ");
		fputs(isfinite(b->throughput) ? csv_format_double(b->throughput, number,
			sizeof(number)) : "null", w->out);
	}
	for (int c = 0; c < COLUMNS && !err; c++) {
		if (!w->block.column[c])
			continue;
		fprintf(w->out, ", \"%s\": [", metric_names[c]);
		for (size_t i = 0; i < w->block.n; i++)
			fprintf(w->out, "%s%.15g", i ? "," : "",
				(double)w->block.column[c][i] * w->resolution);
		fputs("]", w->out);
	}
	fputs(err ? "" : "}", w->out);
	unpacked_free(&w->block);
	return err ? err : ferror(w->out) ? -STATUS_MACHINE : 0;
}

static int write_arm(void *arg, const struct store_arm *a)
{
	struct writer *w = arg;

	w->arm = a;
	return store_blocks(w->store, w->cell, a->id, write_block, w);
}

static int write_cell(void *arg, const struct store_cell *c)
{
	struct writer *w = arg;
	int err;

	fprintf(w->out, "%s\n   {", w->between_cells);
	w->between_cells = ",";
	w->between_blocks = "";
	w->cell = c->id;
	err = put(w, json_pack("{s:o, s:o, s:o, s:o, s:i}", "workload", text_json(c->workload), "params",
		text_json(c->params), "place", text_json(c->place), "primary", text_json(c->primary),
		"cores", c->cores), ", \"blocks\": [");
	if (!err)
		err = store_arms(w->store, w->run, write_arm, w);
	fputs("]}", w->out);
	return err;
}

static int write_run(void *arg, const struct store_run *r)
{
	struct writer *w = arg;
	int err;

	if (w->only && (uint64_t)r->id != *w->only)
		return 0;
	w->found = true;
	w->run = r->id;
	w->resolution = r->resolution;
	fprintf(w->out, "%s\n  {", w->between_runs);
	w->between_runs = ",";
	w->between_cells = "";
	err = put(w, json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)r->id,
		"uuid", text_json(r->uuid), "label", text_json(r->label), "boot",
		text_json(r->boot), "kernel", text_json(r->kernel), "started",
		text_json(r->started), "switch_level", text_json(r->switch_level), "unit",
		text_json(r->unit)), ", \"cells\": [");
	if (!err)
		err = store_cells(w->store, r->id, write_cell, w);
	fputs("]}", w->out);
	return err;
}

int samples_json(struct store *s, const uint64_t *run, FILE *out)
{
	struct writer w = { .store = s, .only = run, .out = out, .between_runs = "" };
	int err;

	fputs("{\"runs\": [", out);
	err = store_runs(s, write_run, &w);
	fputs("]}\n", out);
	if (!err && run && !w.found)
		err = fail(STATUS_USAGE, "%s: has no run %llu; see exitbench show", store_path(s),
			(unsigned long long)*run);
	return err;
}
