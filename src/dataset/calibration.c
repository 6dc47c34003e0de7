/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calibrations as JSON and back, and those that a file has. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "dataset/calibration.h"
#include "text/json.h"

const char *const calibration_sides[] = { "user", "kernel" };
const char *const calibration_parameters[] = { "dose", "dose_ptes" };

void calibration_free(struct calibration *c)
{
	free(c->workload);
	free(c->params);
	free(c->place);
	free(c->metric);
	memset(c, 0, sizeof(*c));
}

void calibrations_free(struct calibration *list, int n)
{
	while (n)
		calibration_free(&list[--n]);
	free(list);
}

static double value(const json_t *v)
{
	return json_is_number(v) ? json_number_value(v) : NAN;
}

static json_t *interval(const struct calibration_estimate *e)
{
	return json_pack("[o, o]", number_json(e->lo), number_json(e->hi));
}

static json_t *points_json(const struct calibration *c)
{
	json_t *list = json_array();

	for (int i = 0; i < c->npoints; i++) {
		const struct calibration_point *p = &c->points[i];

		json_array_append_new(list, json_pack("{s:o, s:o, s:o}",
			"time_s", number_json(p->seconds),
			"half_width_pct", number_json(p->half_width),
			"detectable_pct", number_json(p->detectable)));
	}
	return list;
}

static json_t *dose_json(const struct calibration_dose *d)
{
	return json_pack("{s:o, s:I, s:o, s:o, s:o}",
		"asked_pct", number_json(d->asked),
		"amount", (json_int_t)d->amount,
		"injected_pct", number_json(d->injected),
		"recovered_pct", number_json(d->recovered.pct),
		"ci_pct", interval(&d->recovered));
}

static json_t *doses_json(const struct calibration *c, enum calibration_side side)
{
	const struct calibration_doses *d = &c->side[side];
	json_t *list = json_array();

	for (int i = 0; i < d->n; i++)
		json_array_append_new(list, dose_json(&d->v[i]));
	return json_pack("{s:o, s:I, s:o, s:o, s:o, s:o}",
		"parameter", text_json(calibration_parameters[side]),
		"base", (json_int_t)d->base,
		"doses", list,
		"slope", number_json(d->slope),
		"slope_se", number_json(d->slope_se),
		"intercept_pct", number_json(d->intercept));
}

json_t *calibration_json(const struct calibration *c)
{
	return json_pack("{s:o, s:o, s:i, s:o, s:o, s:o, s:o, s:{s:o, s:o}, s:o, s:o, s:o}",
		"workload", text_json(c->workload),
		"params", text_json(c->params),
		"cores", c->cores,
		"place", text_json(c->place),
		"metric", text_json(c->metric),
		"level_ns", number_json(c->level),
		"time_s", number_json(c->seconds),
		"equal", "delta_pct", number_json(c->equal.pct), "ci_pct", interval(&c->equal),
		"detectable", points_json(c),
		"user", doses_json(c, CALIBRATION_USER),
		"kernel", doses_json(c, CALIBRATION_KERNEL));
}

static struct calibration_estimate read_estimate(const json_t *pct, const json_t *ci)
{
	return (struct calibration_estimate){
		.pct = value(pct),
		.lo = value(json_array_get(ci, 0)),
		.hi = value(json_array_get(ci, 1)),
	};
}

/* An array of the file's own making may be longer than ours ever is. */
static int count(const json_t *list, int most)
{
	size_t n = json_array_size(list);

	return n < (size_t)most ? (int)n : most;
}

static void read_doses(const json_t *json, struct calibration_doses *d)
{
	const json_t *list = json_object_get(json, "doses");

	d->base = json_integer_value(json_object_get(json, "base"));
	d->slope = value(json_object_get(json, "slope"));
	d->slope_se = value(json_object_get(json, "slope_se"));
	d->intercept = value(json_object_get(json, "intercept_pct"));
	d->n = count(list, CALIBRATION_DOSES);
	for (int i = 0; i < d->n; i++) {
		const json_t *v = json_array_get(list, i);

		d->v[i] = (struct calibration_dose){
			.asked = value(json_object_get(v, "asked_pct")),
			.amount = json_integer_value(json_object_get(v, "amount")),
			.injected = value(json_object_get(v, "injected_pct")),
			.recovered = read_estimate(json_object_get(v, "recovered_pct"),
				json_object_get(v, "ci_pct")),
		};
	}
}

static void read_points(const json_t *list, struct calibration *c)
{
	c->npoints = count(list, CALIBRATION_POINTS);
	for (int i = 0; i < c->npoints; i++) {
		const json_t *v = json_array_get(list, i);

		c->points[i] = (struct calibration_point){
			.seconds = value(json_object_get(v, "time_s")),
			.half_width = value(json_object_get(v, "half_width_pct")),
			.detectable = value(json_object_get(v, "detectable_pct")),
		};
	}
}

static int read_calibration(const json_t *json, struct calibration *c)
{
	const char *workload, *params, *place, *metric;
	const json_t *equal;

	memset(c, 0, sizeof(*c));
	if (json_unpack((json_t *)json, "{s:s, s:s, s:i, s:s, s:s, s:o}",
		    "workload", &workload, "params", &params, "cores", &c->cores,
		    "place", &place, "metric", &metric, "equal", &equal))
		return 1;
	c->workload = strdup(workload);
	c->params = strdup(params);
	c->place = strdup(place);
	c->metric = strdup(metric);
	if (!c->workload || !c->params || !c->place || !c->metric)
		return fail_nomem();
	c->level = value(json_object_get(json, "level_ns"));
	c->seconds = value(json_object_get(json, "time_s"));
	c->equal = read_estimate(json_object_get(equal, "delta_pct"),
		json_object_get(equal, "ci_pct"));
	read_points(json_object_get(json, "detectable"), c);
	for (int side = 0; side < CALIBRATION_SIDES; side++)
		read_doses(json_object_get(json, calibration_sides[side]), &c->side[side]);
	return 0;
}

int calibration_read(const char *text, struct calibration *c)
{
	json_t *json = json_loads(text, 0, NULL);
	int err = json ? read_calibration(json, c) : 1;

	json_decref(json);
	if (err < 0)
		calibration_free(c);
	return err;
}

struct loading {
	struct store *s;
	struct calibration *v;
	int n;
};

static int on_note(void *arg, const char *kind, const char *text)
{
	struct loading *l = arg;
	struct calibration *grown;
	int err;

	if (strcmp(kind, CALIBRATION_NOTE) != 0)
		return 0;
	grown = reallocarray(l->v, l->n + 1, sizeof(*grown));
	if (!grown)
		return fail_nomem();
	l->v = grown;
	err = calibration_read(text, &grown[l->n]);
	if (!err)
		l->n++;
	return err < 0 ? err : 0;
}

static int on_run(void *arg, const struct store_run *r)
{
	struct loading *l = arg;

	return store_notes(l->s, r->id, on_note, l);
}

int calibrations_load(struct store *const *s, int n, struct calibration **list)
{
	struct loading l = { 0 };
	int err = 0;

	for (int i = 0; i < n && !err; i++) {
		l.s = s[i];
		err = store_runs(l.s, on_run, &l);
	}
	if (err) {
		calibrations_free(l.v, l.n);
		return err;
	}
	*list = l.v;
	return l.n;
}

int calibrations_in_file(const char *path, struct calibration **list)
{
	struct store *s;
	int n = store_open(path, STORE_READ, &s);

	if (n < 0)
		return n;
	n = calibrations_load(&s, 1, list);
	store_close(s);
	return n;
}
