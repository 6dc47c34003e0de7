/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two files, or two arms of one, as sides: which runs take part, how they alternated, and the
 * cells that both have.
 */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/fail.h"
#include "dataset/calibration.h"
#include "dataset/dataset-priv.h"
#include "machine/environment/environment.h"

#define KEEP (4U << 20)	/* samples of a cell in memory: 32 MiB */

static int add_string(char ***list, int *n, const char *text)
{
	char **grown;

	for (int i = 0; i < *n; i++)
		if (!strcmp((*list)[i], text))
			return i;
	grown = reallocarray(*list, *n + 1, sizeof(**list));
	if (!grown)
		return fail_nomem();
	*list = grown;
	grown[*n] = strdup(text);
	if (!grown[*n])
		return fail_nomem();
	return (*n)++;
}

static int scan_arm(void *arg, const struct store_arm *a)
{
	struct dataset *d = arg;
	int at = add_string(&d->arms[d->file], &d->narms[d->file], a->name);

	return at < 0 ? at : 0;
}

static double epoch(const char *utc)
{
	struct tm tm = { 0 };

	return strptime(utc, "%Y-%m-%dT%H:%M:%SZ", &tm) ? (double)timegm(&tm) : NAN;
}

/* What the comparison goes by of a run's settings. */
struct run_settings {
	bool calibration;
	bool emulated;
	bool stopped_early;	/* --until-ci: what was seen decided when it ended */
};

/* Settings that cannot be read are an error: they might say that there is no verdict. */
static int read_settings(const struct store_run *r, struct run_settings *out)
{
	const char *purpose;
	json_error_t error;
	json_t *json = NULL;

	if (r->settings && *r->settings) {
		json = json_loads(r->settings, 0, &error);
		if (!json)
			return !*error.text ? fail_nomem() : fail(STATUS_USAGE,
				"the settings of run %lld cannot be read: %s; use a copy of the "
				"file from before", (long long)r->id, error.text);
	}
	purpose = json_string_value(json_object_get(json, "purpose"));
	out->calibration = purpose && !strcmp(purpose, CALIBRATION_PURPOSE);
	out->emulated = json_is_true(json_object_get(json, "emulated"));
	out->stopped_early = json_number_value(json_object_get(json, "until_ci_pct")) > 0;
	json_decref(json);
	return 0;
}

int dataset_is_calibration(const struct store_run *r)
{
	struct run_settings settings;
	int err = read_settings(r, &settings);

	return err ? err : settings.calibration;
}

static int scan_run(void *arg, const struct store_run *r)
{
	struct dataset *d = arg;
	struct run_settings settings;
	struct run *grown;
	int boot, err = read_settings(r, &settings);

	/* The one asked for, or any that is no calibration. */
	if (err || (d->only ? r->id != d->only : settings.calibration))
		return err;
	grown = reallocarray(d->runs, d->nruns + 1, sizeof(*grown));
	if (!grown)
		return fail_nomem();
	d->runs = grown;
	boot = add_string(&d->boots, &d->nboots, r->boot);
	if (boot < 0)
		return boot;
	grown[d->nruns++] = (struct run){ .file = d->file, .id = r->id, .boot = boot,
		.start = epoch(r->started), .resolution = r->resolution,
		.exact = !strcmp(r->unit, "instructions") && r->clock &&
			!strcmp(r->clock, "icount"),
		.vm = !strcmp(r->switch_level, "vm"), .emulated = settings.emulated,
		.stopped_early = settings.stopped_early };
	return store_arms(d->store[d->file], r->id, scan_arm, d);
}

static bool has_arm(const struct dataset *d, int file, const char *name)
{
	for (int i = 0; i < d->narms[file]; i++)
		if (!strcmp(d->arms[file][i], name))
			return true;
	return false;
}

/* The name of the arm that SIDE is. */
static int choose_arm(const struct dataset *d, const struct dataset_options *o, int side,
	const char **name)
{
	static const char *const option[] = { "--before", "--after" };
	int file = d->nfiles == 2 ? side : 0, n = d->narms[file];
	const char *path = o->files[file];
	char *const *arms = d->arms[file];

	if (!n)
		return fail(STATUS_USAGE, "%s: nothing in it to compare; measure first: exitbench "
			"run -o", path);
	*name = o->arms[side];
	if (*name && !has_arm(d, file, *name))
		return fail(STATUS_USAGE, "%s %s: no such arm in %s; see exitbench show",
			option[side], *name, path);
	if (*name)
		return 0;
	if (d->nfiles == 2 && n > 1)
		return fail(STATUS_USAGE, "%s: has the arms %s, %s%s: say which with %s", path,
			arms[0], arms[1], n > 2 ? ", ..." : "", option[side]);
	if (d->nfiles == 1 && n < 2)
		return fail(STATUS_USAGE, "%s: has one arm only, %s: give a second file, or "
			"measure with --arm twice", path, arms[0]);
	*name = arms[d->nfiles == 1 ? side : 0];
	return 0;
}

static int replace(char **to, const char *text)
{
	free(*to);
	*to = text ? strdup(text) : NULL;
	return text && !*to ? fail_nomem() : 0;
}

/* A run's sides and cells are being looked for. */
struct run_scan {
	struct dataset *d;
	struct run *run;
	const char *unit;
	char *changes[2];	/* what the arms set */
};

static int find_arm(void *arg, const struct store_arm *a)
{
	struct run_scan *s = arg;
	int file = s->run->file;

	for (int side = 0; side < 2; side++) {
		if (s->d->nfiles == 2 && side != file)
			continue;
		if (strcmp(s->d->side[side].arm, a->name))
			continue;
		s->run->arm[side] = a->id;
		if (replace(&s->changes[side], a->params))
			return fail_nomem();
	}
	return 0;
}

bool dataset_is_cell(const struct dataset_cell *have, const struct store_cell *c)
{
	return have->cores == c->cores && !strcmp(have->workload, c->workload) &&
	       !strcmp(have->params, c->params) && !strcmp(have->place, c->place);
}

static struct dataset_cell *find_cell(struct dataset *d, const struct store_cell *c)
{
	for (int i = 0; i < d->ncells; i++)
		if (dataset_is_cell(&d->cells[i], c))
			return &d->cells[i];
	return NULL;
}

static struct dataset_cell *add_cell(struct dataset *d, const struct store_cell *c,
	const char *unit)
{
	struct dataset_cell *grown = reallocarray(d->cells, d->ncells + 1, sizeof(*grown)), *cell;

	if (!grown)
		return NULL;
	d->cells = grown;
	cell = &grown[d->ncells++];
	memset(cell, 0, sizeof(*cell));
	cell->cores = c->cores;
	cell->workload = strdup(c->workload);
	cell->params = strdup(c->params);
	cell->place = strdup(c->place);
	cell->primary = strdup(c->primary);
	cell->unit = strdup(unit);
	if (!cell->workload || !cell->params || !cell->place || !cell->primary || !cell->unit)
		return NULL;
	return cell;
}

static int scan_cell(void *arg, const struct store_cell *c)
{
	struct run_scan *s = arg;
	struct dataset_cell *cell = find_cell(s->d, c);

	if (!cell)
		cell = add_cell(s->d, c, s->unit);
	if (!cell)
		return fail_nomem();
	if (strcmp(cell->unit, s->unit))
		return fail(STATUS_USAGE, "%s is measured in %s and in %s: these cannot be "
			"compared",
			c->workload, cell->unit, s->unit);
	for (int side = 0; side < 2; side++) {
		cell->on[side] |= s->run->arm[side] != 0;
		if (s->changes[side] && replace(&cell->changes[side], s->changes[side]))
			return -STATUS_MACHINE;
	}
	return 0;
}

/* Arms of one file share its run's label: what tells them apart is their name. */
static int describe_side(struct dataset_side *side, const struct store_run *r, bool one_file)
{
	json_t *env = r->environment ? json_loads(r->environment, 0, NULL) : NULL;
	int err = replace(&side->label, r->label && !one_file ? r->label : side->arm);

	if (!err)
		err = replace(&side->kernel, r->kernel);
	if (!err)
		err = replace(&side->command, r->command);
	if (!err && env) {
		err = replace(&side->cpu, environment_text(env, "cpu.model"));
		if (!err)
			err = replace(&side->hypervisor, environment_text(env,
				"machine.hypervisor"));
	}
	if (env) {
		json_decref(side->environment);
		side->environment = env;
	}
	return err;
}

static int describe_run(void *arg, const struct store_run *r)
{
	struct dataset *d = arg;
	struct run_scan s = { .d = d, .unit = r->unit };
	int err;

	for (int i = 0; i < d->nruns; i++)
		if (d->runs[i].file == d->file && d->runs[i].id == r->id)
			s.run = &d->runs[i];
	if (!s.run)
		return 0;
	err = store_arms(d->store[d->file], r->id, find_arm, &s);
	s.run->paired = d->nfiles == 1 && s.run->arm[0] && s.run->arm[1];
	if (!err && (s.run->arm[0] || s.run->arm[1]))
		err = store_cells(d->store[d->file], r->id, scan_cell, &s);
	for (int side = 0; side < 2; side++) {
		if (!err && s.run->arm[side])
			err = describe_side(&d->side[side], r, d->nfiles == 1);
		free(s.changes[side]);
	}
	return err;
}

/* Runs of other arms take no part. */
static void drop_others(struct dataset *d)
{
	int kept = 0;

	for (int i = 0; i < d->nruns; i++)
		if (d->runs[i].arm[0] || d->runs[i].arm[1])
			d->runs[kept++] = d->runs[i];
	d->nruns = kept;
}

static void count_boots(struct dataset *d)
{
	for (int side = 0; side < 2; side++)
		for (int b = 0; b < d->nboots; b++) {
			bool there = false;

			for (int i = 0; i < d->nruns; i++)
				there |= d->runs[i].boot == b && d->runs[i].arm[side];
			d->side[side].boots += there;
		}
}

static int open_all(struct dataset *d, const struct dataset_options *o)
{
	const char *arm = NULL;
	int err = 0;

	d->nfiles = o->files[1] ? 2 : 1;
	d->only = o->run;
	for (d->file = 0; d->file < d->nfiles && !err; d->file++) {
		err = store_open(o->files[d->file], STORE_READ, &d->store[d->file]);
		if (!err)
			err = store_runs(d->store[d->file], scan_run, d);
	}
	for (int side = 0; side < 2 && !err; side++) {
		err = choose_arm(d, o, side, &arm);
		if (!err)
			err = replace(&d->side[side].arm, arm);
		if (!err)
			err = replace(&d->side[side].file, o->files[d->nfiles == 2 ? side : 0]);
	}
	for (d->file = 0; d->file < d->nfiles && !err; d->file++)
		err = store_runs(d->store[d->file], describe_run, d);
	drop_others(d);
	count_boots(d);
	return err;
}

int dataset_open(const struct dataset_options *o, struct dataset **out)
{
	struct dataset *d = calloc(1, sizeof(*d));
	int err;

	if (!d)
		return fail_nomem();
	d->keep = KEEP;
	err = open_all(d, o);
	if (err)
		dataset_close(d);
	else
		*out = d;
	return err;
}

static void free_strings(char **list, int n)
{
	while (n)
		free(list[--n]);
	free(list);
}

void dataset_close(struct dataset *d)
{
	if (!d)
		return;
	for (int i = 0; i < 2; i++) {
		store_close(d->store[i]);
		free_strings(d->arms[i], d->narms[i]);
		free(d->side[i].file);
		free(d->side[i].arm);
		free(d->side[i].label);
		free(d->side[i].kernel);
		free(d->side[i].cpu);
		free(d->side[i].command);
		free(d->side[i].hypervisor);
		json_decref(d->side[i].environment);
	}
	for (int i = 0; i < d->ncells; i++) {
		free(d->cells[i].workload);
		free(d->cells[i].params);
		free(d->cells[i].place);
		free(d->cells[i].primary);
		free(d->cells[i].unit);
		free(d->cells[i].changes[0]);
		free(d->cells[i].changes[1]);
	}
	free(d->cells);
	free_strings(d->boots, d->nboots);
	free(d->runs);
	free(d);
}

const struct dataset_side *dataset_side(const struct dataset *d, int side)
{
	return &d->side[side];
}

int dataset_cells(const struct dataset *d)
{
	return d->ncells;
}

const struct dataset_cell *dataset_cell(const struct dataset *d, int i)
{
	return &d->cells[i];
}

enum metric dataset_primary(const struct dataset *d, int cell)
{
	enum metric m = metric_find(d->cells[cell].primary);

	return m < METRICS ? m : METRIC_CYCLE;
}

int dataset_calibrations(struct dataset *d, struct calibration **list)
{
	return calibrations_load(d->store, d->nfiles, list);
}

bool dataset_is_exact(const struct dataset *d)
{
	for (int i = 0; i < d->nruns; i++)
		if (!d->runs[i].exact)
			return false;
	return d->nruns;
}

bool dataset_is_emulated(const struct dataset *d)
{
	for (int i = 0; i < d->nruns; i++)
		if (d->runs[i].emulated)
			return true;
	return false;
}

bool dataset_sequential(const struct dataset *d)
{
	for (int i = 0; i < d->nruns; i++)
		if (d->runs[i].stopped_early)
			return true;
	return false;
}

enum switch_level dataset_switch_level(const struct dataset *d)
{
	bool shared = false;

	for (int i = 0; i < d->nruns; i++)
		if (d->runs[i].paired)
			return d->runs[i].vm ? COMPARE_VM : COMPARE_BLOCK;
	for (int i = 0; i < d->nruns; i++)
		if (d->runs[i].exact)
			return COMPARE_VM;
	for (int i = 0; i < d->nruns; i++)
		for (int k = 0; k < d->nruns; k++)
			shared |= d->runs[i].boot == d->runs[k].boot && d->runs[i].arm[0] &&
				  d->runs[k].arm[1];
	return shared ? COMPARE_FILE : COMPARE_BOOT;
}
