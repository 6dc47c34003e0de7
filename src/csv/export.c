/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In which order the samples of a result file are written as CSV, and under which names. */
#include "config.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "cell/cell-text.h"
#include "csv/export.h"

struct collect {
	struct store *store;
	const uint64_t *only;
	struct export_order *o;
	int run;		/* index, of the cells that are being read */
};

static int collect_run(void *arg, const struct store_run *r)
{
	const struct collect *c = arg;
	struct export_order *o = c->o;
	struct export_run *run;

	if (c->only && (uint64_t)r->id != *c->only)
		return 0;
	run = reallocarray(o->runs, o->nruns + 1, sizeof(*run));
	if (!run)
		return fail_nomem();
	o->runs = run;
	run = &run[o->nruns++];
	*run = (struct export_run){.id = r->id,
		.boot = strdup(r->boot),
		.started = strdup(r->started),
		.unit = strdup(r->unit),
		.resolution = r->resolution};
	if (!run->boot || !run->started || !run->unit)
		return fail_nomem();
	if (!strcmp(run->unit, o->runs[0].unit))
		return 0;
	return fail(STATUS_USAGE,
		"%s: run %lld is in %s, run %lld in %s: export them one by one, "
		"with --run",
		store_path(c->store), (long long)o->runs[0].id, o->runs[0].unit,
		(long long)run->id, run->unit);
}

static int by_start(const void *a, const void *b)
{
	const struct export_run *x = a, *y = b;
	int order = strcmp(x->started, y->started);

	return order ? order : (x->id > y->id) - (x->id < y->id);
}

static int collect_arm(void *arg, const struct store_arm *a)
{
	const struct collect *c = arg;
	struct export_order *o = c->o;
	void *grown = reallocarray(o->arms, o->narms + 1, sizeof(*o->arms));

	if (!grown)
		return fail_nomem();
	o->arms = grown;
	o->arms[o->narms].id = a->id;
	o->arms[o->narms].name = strdup(a->name);
	return o->arms[o->narms++].name ? 0 : fail_nomem();
}

static int count_rounds(void *arg, const struct store_block *b)
{
	struct export_run *run = arg;

	if (b->round >= run->rounds)
		run->rounds = b->round < INT64_MAX ? b->round + 1 : INT64_MAX;
	return 0;
}

static int collect_cell(void *arg, const struct store_cell *c)
{
	const struct collect *to = arg;
	struct export_order *o = to->o;
	struct export_cell *cell = reallocarray(o->cells, o->ncells + 1, sizeof(*cell));

	if (!cell)
		return fail_nomem();
	o->cells = cell;
	cell = &cell[o->ncells++];
	*cell = (struct export_cell){.id = c->id,
		.run = to->run,
		.workload = strdup(c->workload),
		.params = strdup(c->params),
		.place = strdup(c->place),
		.cores = c->cores};
	if (!cell->workload || !cell->params || !cell->place)
		return fail_nomem();
	return store_blocks(to->store, c->id, STORE_ALL_ARMS, count_rounds, &o->runs[to->run]);
}

/* The boot as the index of its first run, and where the rounds of this one begin. */
static int boot_of_run(const struct collect *c, int run, int *boot)
{
	struct export_run *runs = c->o->runs, *r = &runs[run];
	int64_t end;

	*boot = run;
	for (int i = run - 1; i >= 0; i--) {
		if (strcmp(runs[i].boot, r->boot))
			continue;
		if (*boot == run)	/* the one before; its sum did not overflow */
			r->offset = runs[i].offset + runs[i].rounds;
		*boot = i;
	}
	if (!__builtin_add_overflow(r->offset, r->rounds, &end))
		return 0;
	return fail(STATUS_USAGE,
		"%s: run %lld: too large block numbers behind those of other runs "
		"of its boot; export it by itself, with --run",
		store_path(c->store), (long long)r->id);
}

/* Another cell that only its parameters or its place tell apart? */
static bool ambiguous(const struct export_order *o, const struct export_cell *c)
{
	for (int i = 0; i < o->ncells; i++) {
		const struct export_cell *other = &o->cells[i];

		if (other->cores == c->cores && !strcmp(other->workload, c->workload) &&
			(strcmp(other->params, c->params) || strcmp(other->place, c->place)))
			return true;
	}
	return false;
}

static int name_cell(const struct export_order *o, struct export_cell *c)
{
	char *params = cell_params(c->workload, c->params, false);
	int n = -1;

	for (char *p = params; p && *p; p++)	/* no quotes for the reader to undo */
		*p = *p == ',' ? ';' : *p;
	if (params && ambiguous(o, c))
		n = asprintf(&c->name, "%s:%s%splace=%s", c->workload, params,
			*params ? ";" : "", c->place);
	else if (params)
		n = asprintf(&c->name, "%s", c->workload);
	free(params);
	if (n >= 0)
		return 0;
	c->name = NULL;
	return fail_nomem();
}

static int by_boot_and_key(const void *a, const void *b)
{
	const struct export_cell *x = a, *y = b;

	if (x->boot != y->boot)
		return x->boot - y->boot;
	return x->key != y->key ? x->key - y->key : x->run - y->run;
}

static int order_cells(const struct collect *to)
{
	struct export_order *o = to->o;
	int err = 0, boot = 0;

	for (int i = 0; i < o->ncells && !err; i++) {
		struct export_cell *c = &o->cells[i];

		if (!i || c->run != c[-1].run)
			err = boot_of_run(to, c->run, &boot);
		if (!err)
			err = name_cell(o, c);
		c->boot = boot;
		c->key = i;
		for (int k = 0; k < i && !err && c->key == i; k++)
			if (o->cells[k].boot == boot && o->cells[k].cores == c->cores &&
				!strcmp(o->cells[k].name, c->name))
				c->key = k;
	}
	if (!err && o->ncells)
		qsort(o->cells, o->ncells, sizeof(*o->cells), by_boot_and_key);
	return err;
}

int export_collect(struct store *s, const uint64_t *run, struct export_order *out)
{
	struct collect c = { .store = s, .only = run, .o = out };
	int err;

	memset(out, 0, sizeof(*out));
	err = store_runs(s, collect_run, &c);
	if (!err && !out->nruns && run)
		err = fail(STATUS_USAGE,
			"--run %" PRIu64 ": not in %s; see exitbench show", *run,
			store_path(s));
	if (err || !out->nruns)
		return err;
	qsort(out->runs, out->nruns, sizeof(*out->runs), by_start);
	for (c.run = 0; c.run < out->nruns && !err; c.run++) {
		err = store_arms(s, out->runs[c.run].id, collect_arm, &c);
		if (!err)
			err = store_cells(s, out->runs[c.run].id, collect_cell, &c);
	}
	return err ? err : order_cells(&c);
}

void export_free(struct export_order *o)
{
	for (int i = 0; i < o->nruns; i++) {
		free(o->runs[i].boot);
		free(o->runs[i].started);
		free(o->runs[i].unit);
	}
	for (int i = 0; i < o->ncells; i++) {
		free(o->cells[i].workload);
		free(o->cells[i].params);
		free(o->cells[i].place);
		free(o->cells[i].name);
	}
	for (int i = 0; i < o->narms; i++)
		free(o->arms[i].name);
	free(o->arms);
	free(o->runs);
	free(o->cells);
}

int export_arm(const struct export_order *o, int64_t id)
{
	for (int i = 0; i < o->narms; i++)
		if (o->arms[i].id == id)
			return i;
	return -1;
}
