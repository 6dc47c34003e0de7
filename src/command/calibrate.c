/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calibrates one cell: a first look, equal arms, doses. */
#include "config.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "analysis/statistics/line-fit.h"
#include "base/fail.h"
#include "command/calibrate.h"
#include "dataset/dataset.h"

#define CONFIDENCE 0.95
#define POWER 0.8
#define REFERENCE_PCT 6		/* the kernel's unit of dose is measured by one so large */
#define PILOT_PTES 64
#define PILOT_NS 10e9		/* at most */
#define SHARE 0.3		/* of the time for equal arms, and for each kind of dose */

static const double asked[] = { 0.1, 0.25, 0.5, 1, 1.6, 4 };
#define ASKED ((int)(sizeof(asked) / sizeof(asked[0])))

/*
 * The undosed arm has some of the dose, too: what a dose costs at all (the loop, a VMA
 * and its page table) is then on both sides. The first few dozen entries also cost more
 * each than those that follow.
 */
static const struct {
	const char *unit;
	int64_t base;
} kinds[CALIBRATION_SIDES] = {
	[CALIBRATION_USER] = { "ns", 256 },
	[CALIBRATION_KERNEL] = { "", 64 },
};

struct calibrating {
	struct session *s;
	const struct plan_cell *cell;
	const struct calibrate_options *o;
	struct calibration *out;
	int64_t run;		/* the latest, by which comparisons go */
	int64_t equal_run;
	int runs;
};

struct arms {
	char text[ASKED + 3][64];
	const char *v[ASKED + 3];
	int n;
};

static void add_arm(struct arms *a, const char *name, int side, int64_t amount)
{
	snprintf(a->text[a->n], sizeof(a->text[0]), "%s:%s=%lld%s", name,
		calibration_parameters[side], (long long)(kinds[side].base + amount), kinds[side].unit);
	a->v[a->n] = a->text[a->n];
	a->n++;
}

static int measure_arms(struct calibrating *c, const char *what, const struct arms *arms,
	double share)
{
	const char *workload = c->cell->workload->name, *place = c->cell->place;
	struct measure_options options = c->o->measure;
	struct plan_request request = {
		.workloads = workload,
		.params = c->o->params,
		.nparams = c->o->nparams,
		.places = &place,
		.nplaces = 1,
		.arms = arms->v,
		.narms = arms->n,
		.seed = (c->o->seed + (uint64_t)c->runs++) & SEED_MAX,
	};
	struct session_run run;
	char cores[16], label[128];
	int err;

	snprintf(cores, sizeof(cores), "%d", c->cell->cores);
	snprintf(label, sizeof(label), "calibration of %s: %s", workload, what);
	request.cores = cores;
	options.time_ns = (int64_t)((double)c->o->measure.time_ns * share);
	options.purpose = CALIBRATION_PURPOSE;
	err = session_measure(c->s, &request, &options, label, &run);
	c->run = run.id;
	return err;
}

/* Those of the first SECONDS only: in place, the rest is freed. */
static void keep_first(struct dataset_blocks *b, double seconds)
{
	double first = INFINITY;
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++)
		if (b->v[i].start < first)
			first = b->v[i].start;
	for (size_t i = 0; i < b->n; i++) {
		if (b->v[i].start - first < seconds)
			b->v[n++] = b->v[i];
		else
			free((double *)b->v[i].v);
	}
	b->n = n;
}

/*
 * The effect of arm NAME over BASE in the latest run, in its first SECONDS, and the
 * level of BASE in *level.
 */
static int compare_arms(const struct calibrating *c, const char *base, const char *name,
	double seconds, struct calibration_estimate *out, double *level)
{
	static const double level_percentile = 100 * LEVEL_QUANTILE;
	struct dataset_options from = { .files = { c->o->file }, .arms = { base, name },
		.run = c->run };
	struct compare_options o;
	struct compare_result *r = NULL;
	struct dataset_blocks blocks;
	struct dataset *d;
	int err = dataset_open(&from, &d);

	if (err)
		return err;
	compare_defaults(&o);
	o.percentiles = &level_percentile;
	o.npercentiles = 1;
	o.confidence = CONFIDENCE;
	o.replicates = 100;	/* of the effect there are none */
	err = dataset_load(d, 0, dataset_primary(d, 0), -1, &blocks);
	if (!err && !c->out->metric) {
		c->out->metric = strdup(dataset_cell(d, 0)->primary);
		err = c->out->metric ? 0 : fail_nomem();
	}
	if (!err) {
		keep_first(&blocks, seconds);
		err = dataset_failed(compare_cell(&o, blocks.v, blocks.n, &r));
		dataset_blocks_free(&blocks);
	}
	dataset_close(d);
	if (err)
		return err;
	*out = (struct calibration_estimate){ compare_pct(r->effect.delta),
		compare_pct(r->effect.ci.lo), compare_pct(r->effect.ci.hi) };
	*level = r->percentiles[0].before;
	compare_free(r);
	return isfinite(out->pct) && isfinite(out->lo) ? 0 :
		fail(STATUS_USAGE, "calibrate: too few blocks of %s for an interval; give it more --time",
			c->cell->workload->name);
}

static double half_width(const struct calibration_estimate *e)
{
	return (e->hi - e->lo) / 2;
}

/* Half-widths at 1, 2, 5, 10, ... seconds, and at the end. */
static int measure_points(struct calibrating *c)
{
	static const double steps[] = { 1, 2, 5 };
	struct calibration *out = c->out;
	struct calibration_estimate e;
	double level;

	for (int i = 0; i < CALIBRATION_POINTS; i++) {
		double t = steps[i % 3] * pow(10, i / 3);
		bool last = t >= out->seconds || i == CALIBRATION_POINTS - 1;
		int err;

		if (last)
			t = out->seconds;
		err = compare_arms(c, "base", "equal", last ? INFINITY : t, &e, &level);
		if (err && last)
			return err;
		if (err)
			continue;	/* too early to tell */
		out->points[out->npoints++] = (struct calibration_point){ t, half_width(&e),
			detectable_effect(half_width(&e), CONFIDENCE, POWER) };
		if (last)
			break;
	}
	return 0;
}

static int measure_equal(struct calibrating *c)
{
	struct arms arms = { .v = { "base", "equal" }, .n = 2 };
	int err = measure_arms(c, "equal arms", &arms, SHARE);

	c->equal_run = c->run;
	c->out->seconds = SHARE * (double)c->o->measure.time_ns / 1e9;
	if (!err)
		err = compare_arms(c, "base", "equal", INFINITY, &c->out->equal, &c->out->level);
	return err ? err : measure_points(c);
}

/* What one more of the parameter adds, in per cent, by a first look. */
static int measure_unit(struct calibrating *c, double unit[CALIBRATION_SIDES])
{
	struct arms arms = { .n = 0 };
	struct calibration_estimate e;
	double level;
	int err;

	add_arm(&arms, "base", CALIBRATION_KERNEL, 0);
	add_arm(&arms, "reference", CALIBRATION_KERNEL, PILOT_PTES);
	err = measure_arms(c, "first look", &arms,
		fmin(1 - 3 * SHARE, PILOT_NS / (double)c->o->measure.time_ns));
	if (!err)
		err = compare_arms(c, "base", "reference", INFINITY, &e, &level);
	if (err)
		return err;
	unit[CALIBRATION_KERNEL] = e.pct / PILOT_PTES;
	/* Doses in user time come without those entries. */
	level *= 1 - unit[CALIBRATION_KERNEL] / 100 * (double)kinds[CALIBRATION_KERNEL].base;
	unit[CALIBRATION_USER] = 100 / (level + (double)kinds[CALIBRATION_USER].base);
	return 0;
}

/* Amounts that come nearest to what is asked for: whole ones, none twice. */
static void choose_doses(struct calibration_doses *d, double unit)
{
	int64_t before = 0;

	for (int i = 0; i < ASKED; i++) {
		int64_t amount = unit > 0 ? llround(asked[i] / unit) : 0;

		if (amount <= before)
			continue;
		d->v[d->n++] = (struct calibration_dose){ .asked = asked[i], .amount = amount };
		before = amount;
	}
}

static void dose_name(const struct calibration_dose *d, char *name, size_t size)
{
	snprintf(name, size, "dosed%g", d->asked);
}

static void fit(struct calibration_doses *d)
{
	double x[CALIBRATION_DOSES], y[CALIBRATION_DOSES], se[CALIBRATION_DOSES];
	struct line_fit line;

	d->slope = d->slope_se = d->intercept = NAN;
	for (int i = 0; i < d->n; i++) {
		x[i] = d->v[i].injected;
		y[i] = d->v[i].recovered.pct;
		se[i] = half_width(&d->v[i].recovered);
	}
	if (fit_line(x, y, se, d->n, &line))
		return;
	d->slope = line.slope;
	d->slope_se = line.slope_se / 1.96;	/* half-widths went in */
	d->intercept = line.intercept;
}

static int read_doses(struct calibrating *c, int side, int64_t reference)
{
	struct calibration_doses *d = &c->out->side[side];
	struct calibration_estimate e;
	double level, unit = NAN;
	char name[32];
	int err = 0;

	if (reference) {
		err = compare_arms(c, "base", "reference", INFINITY, &e, &level);
		unit = e.pct / (double)reference;
	}
	for (int i = 0; i < d->n && !err; i++) {
		dose_name(&d->v[i], name, sizeof(name));
		err = compare_arms(c, "base", name, INFINITY, &d->v[i].recovered, &level);
		if (!err)
			d->v[i].injected = (double)d->v[i].amount * (reference ? unit : 100 / level);
	}
	if (!err)
		fit(d);
	return err;
}

static int measure_doses(struct calibrating *c, int side, double unit)
{
	struct calibration_doses *d = &c->out->side[side];
	int64_t reference = side == CALIBRATION_KERNEL ? llround(REFERENCE_PCT / unit) : 0;
	struct arms arms = { .n = 0 };
	char name[32];
	int err;

	d->slope = d->slope_se = d->intercept = NAN;
	choose_doses(d, unit);
	if (!d->n)
		return 0;
	add_arm(&arms, "base", side, 0);
	for (int i = 0; i < d->n; i++) {
		dose_name(&d->v[i], name, sizeof(name));
		add_arm(&arms, name, side, d->v[i].amount);
	}
	if (reference)
		add_arm(&arms, "reference", side, reference);
	err = measure_arms(c, side ? "doses in exit_mmap" : "doses in user time", &arms, SHARE);
	return err ? err : read_doses(c, side, reference);
}

static int describe(struct calibrating *c)
{
	const struct plan_cell *cell = c->cell;
	struct calibration *out = c->out;

	out->workload = strdup(cell->workload->name);
	out->params = params_format(cell->workload, &cell->params, PARAMS_ALL);
	out->place = strdup(cell->place);
	out->cores = cell->cores;
	for (int side = 0; side < CALIBRATION_SIDES; side++)
		out->side[side].base = kinds[side].base;
	return out->workload && out->params && out->place ? 0 : fail_nomem();
}

static int keep(struct calibrating *c)
{
	json_t *json = calibration_json(c->out);
	char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(8));
	int err = text ? store_add_note(session_store(c->s), c->equal_run, CALIBRATION_NOTE, text) :
			 fail_nomem();

	json_decref(json);
	free(text);
	return err;
}

int calibrate_cell(struct session *s, const struct plan_cell *cell,
	const struct calibrate_options *o, struct calibration *out)
{
	struct calibrating c = { .s = s, .cell = cell, .o = o, .out = out };
	double unit[CALIBRATION_SIDES];
	int err;

	memset(out, 0, sizeof(*out));
	err = describe(&c);
	if (!err)
		err = measure_unit(&c, unit);
	if (!err)
		err = measure_equal(&c);
	for (int side = 0; side < CALIBRATION_SIDES && !err; side++)
		err = measure_doses(&c, side, unit[side]);
	return err ? err : keep(&c);
}
