/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a result file holds, as JSON. */
#include "config.h"
#include <string.h>
#include "base/fail.h"
#include "report/show/show.h"
#include "text/json.h"

const char *show_status(const struct show *s, const struct store_run *r)
{
	if (strcmp(r->status, "running"))
		return r->status;
	return s->in_use ? "running" : "unfinished";
}

struct checking {
	struct store *store;
	int64_t *blocks;
};

static int count_block(void *arg, const struct store_block *b)
{
	(void)b;
	++*(int64_t *)arg;
	return 0;
}

static int check_cell(void *arg, const struct store_cell *c)
{
	struct checking *check = arg;

	return store_blocks(check->store, c->id, STORE_WARMUPS_TOO, count_block, check->blocks);
}

int show_check(const struct show *s, int64_t run, int64_t *blocks)
{
	struct checking check = { s->store, blocks };

	*blocks = 0;
	return store_cells(s->store, run, check_cell, &check);
}

/* What TEXT, JSON itself, says; the text as a string when it is none. A new reference. */
static json_t *object(const char *text)
{
	json_t *json = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;

	return json ? json : text_json(text);
}

struct to_list {
	struct show *s;
	json_t *list;
	int64_t run;
	const struct store_cell *cell;
};

static int append(json_t *list, json_t *item)
{
	return json_array_append_new(list, item) ? fail_nomem() : 0;
}

static int add_arm(void *arg, const struct store_arm *a)
{
	return append(arg, json_pack("{s:o, s:o}", "name", text_json(a->name), "params",
		text_json(a->params)));
}

static int add_note(void *arg, const char *kind, const char *text)
{
	return append(arg, json_pack("{s:o, s:o}", "kind", text_json(kind), "text",
		text_json(text)));
}

static int add_totals(void *arg, const struct store_arm *a)
{
	const struct to_list *to = arg;
	struct store_totals t;
	struct scaling scale;
	int err = scaling_of(to->s->store, to->run, to->cell, a->id, &scale);

	if (!err)
		err = store_totals(to->s->store, to->cell->id, a->id, &t);
	if (err)
		return err;
	return append(to->list,
		json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I,"
			  " s:o, s:I, s:o, s:o}",
			"arm", text_json(a->name), "blocks", (json_int_t)t.blocks,
			"warmup_blocks", (json_int_t)t.warmups, "started", (json_int_t)t.started,
			"recorded", (json_int_t)t.ops, "warmup", (json_int_t)t.warmup_ops,
			"lead_in", (json_int_t)t.lead_in, "fill", (json_int_t)t.fill,
			"failed", (json_int_t)t.failed, "disturbed",
			(json_int_t)t.disturbed, "involuntary_switches",
			(json_int_t)t.involuntary, "steal_ms", number_json(t.steal_ms), "bytes",
			(json_int_t)t.bytes, "throughput", number_json(scale.throughput),
			"efficiency", number_json(scale.efficiency)));
}

static int add_cell(void *arg, const struct store_cell *c)
{
	const struct to_list *to = arg;
	struct to_list arms = { .s = to->s, .list = json_array(), .run = to->run, .cell = c };
	int err = store_arms(to->s->store, to->run, add_totals, &arms);

	if (err) {
		json_decref(arms.list);
		return err;
	}
	return append(to->list, json_pack("{s:o, s:o, s:i, s:o, s:o, s:o, s:o}",
		"workload", text_json(c->workload), "params", text_json(c->params), "cores",
		c->cores, "place", text_json(c->place), "cpus", text_json(c->cpus),
		"primary", text_json(c->primary), "arms", arms.list));
}

static json_t *run_json(const struct show *s, const struct store_run *r)
{
	return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o, "
			 "s:o, s:o, s:o,"
			 " s:o, s:o, s:o}",
		"id", (json_int_t)r->id, "uuid", text_json(r->uuid), "status",
		text_json(show_status(s, r)), "label", text_json(r->label), "started",
		text_json(r->started), "finished", text_json(r->finished), "kernel",
		text_json(r->kernel), "boot", text_json(r->boot), "command",
		text_json(r->command), "version", text_json(r->version), "seed",
		(json_int_t)r->seed, "switch_level", text_json(r->switch_level), "unit",
		text_json(r->unit), "resolution", number_json(r->resolution), "clock",
		text_json(r->clock), "settings", object(r->settings),
		"environment", object(r->environment), "topology",
		text_json(r->topology));
}

static int add_run(void *arg, const struct store_run *r)
{
	const struct to_list *to = arg;
	json_t *json = run_json(to->s, r), *arms = json_array(), *notes = json_array();
	struct to_list cells = { .s = to->s, .list = json_array(), .run = r->id };
	int64_t checked;
	int err = append(to->list, json);

	if (!err)
		err = show_check(to->s, r->id, &checked);
	if (!err && json_object_set_new(json, "blocks_checked", json_integer(checked)))
		err = fail_nomem();
	if (!err)
		err = store_arms(to->s->store, r->id, add_arm, arms);
	if (!err)
		err = store_cells(to->s->store, r->id, add_cell, &cells);
	if (!err)
		err = store_notes(to->s->store, r->id, add_note, notes);
	/* The array owns the run; it may be NULL without memory. */
	if (json_object_set(json, "arms", arms) || json_object_set(json, "cells", cells.list) ||
		json_object_set(json, "notes", notes))
		err = err ? err : fail_nomem();
	json_decref(arms);
	json_decref(cells.list);
	json_decref(notes);
	return err;
}

static int add_environment(void *arg, const struct store_run *r)
{
	return append(arg, object(r->environment));
}

static int dump(const json_t *json)
{
	int err = json ? json_dumpf(json, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12) |
		JSON_ENCODE_ANY) : -1;

	putchar('\n');
	return err ? fail_nomem() : 0;
}

int show_json(struct show *s)
{
	struct to_list to = { .s = s, .list = json_array() };
	json_t *all = json_pack("{s:o, s:i, s:O}", "file", text_json(store_path(s->store)),
		"format", STORE_SCHEMA_VERSION, "runs", to.list);
	int err = store_runs(s->store, add_run, &to);

	if (!err)
		err = dump(all);
	json_decref(all);
	json_decref(to.list);
	return err;
}

int show_environment(struct show *s)
{
	json_t *list = json_array();
	int err = store_runs(s->store, add_environment, list);

	/* One object for one run; several are a list, in order of the runs. */
	if (!err)
		err = dump(json_array_size(list) == 1 ? json_array_get(list, 0) : list);
	json_decref(list);
	return err;
}
