/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbers of a picture: percentile curves and the change between them. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "report/plot/plot-priv.h"
#include "store/store.h"

/* The ten of the table, and as many between them as make a smooth curve on a probit axis. */
static const double percentiles[] = {
	1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8.5, 10, 12, 14.5, 17, 20, 22.5, 25, 30, 35, 40, 45,
	50, 55, 60, 65, 70, 75, 77.5, 80, 83, 85.5, 88, 90, 91.5, 93, 94, 95, 96, 97, 97.5,
	98, 98.5, 99, 99.2, 99.4, 99.6, 99.75, 99.85, 99.9,
};
#define NPERCENTILES (sizeof(percentiles) / sizeof(*percentiles))

_Static_assert(NPERCENTILES <= PLOT_MOST, "drawn whole");

#define FINE_CELLS 60		/* more than these are drawn coarsely */

/* The arms of a file, so far as one must know: is there just one? */
struct only_arm {
	struct store *store;
	char *name;
	bool more;
};

static int see_arm(void *arg, const struct store_arm *a)
{
	struct only_arm *only = arg;

	if (only->name && strcmp(only->name, a->name))
		only->more = true;
	if (only->name)
		return 0;
	only->name = strdup(a->name);
	return only->name ? 0 : fail_nomem();
}

static int see_run(void *arg, const struct store_run *r)
{
	struct only_arm *only = arg;
	int calibration = dataset_is_calibration(r);

	if (calibration)
		return calibration < 0 ? calibration : 0;
	return store_arms(only->store, r->id, see_arm, only);
}

/* The name of PATH's only arm in *NAME; NULL if it has several, or none. */
static int find_only_arm(const char *path, char **name)
{
	struct only_arm only = { 0 };
	int err = store_open(path, STORE_READ, &only.store);

	*name = NULL;
	if (err)
		return err;
	err = store_runs(only.store, see_run, &only);
	store_close(only.store);
	if (err || only.more)
		free(only.name);
	else
		*name = only.name;
	return err;
}

int plot_open(const struct dataset_options *o, struct plot_source *out)
{
	struct dataset_options options = *o;
	char *only = NULL;
	int err = 0;

	if (!o->files[1] && !o->arms[0] && !o->arms[1])
		err = find_only_arm(o->files[0], &only);
	if (only)
		options.arms[0] = options.arms[1] = only;
	if (!err)
		err = dataset_open(&options, &out->d);
	out->alone = !options.files[1] && options.arms[0] && options.arms[1] &&
		     !strcmp(options.arms[0], options.arms[1]);
	if (!err)
		err = plot_marks(out);
	out->coarse = !err && dataset_cells(out->d) > FINE_CELLS;
	free(only);
	return err;
}

static void count(struct plot_data *c, const struct dataset_blocks *b)
{
	for (size_t i = 0; i < b->n; i++) {
		c->samples[b->v[i].side] += b->v[i].n;
		c->blocks[b->v[i].side]++;
	}
	c->has[0] = c->samples[0] > 0;
	c->has[1] = c->samples[1] > 0;
}

static void set_changes(struct plot_data *c, const struct compare_result *r)
{
	double **v = c->points.v;

	for (size_t i = 0; i < c->points.n; i++) {
		const struct compare_percentile *p = &r->percentiles[i];

		v[POINT_BEFORE][i] = p->before;
		v[POINT_AFTER][i] = p->after;
		v[POINT_CHANGE][i] = compare_pct(p->delta);
		v[POINT_CI_LO][i] = compare_pct(p->ci.lo);
		v[POINT_CI_HI][i] = compare_pct(p->ci.hi);
		v[POINT_BAND_LO][i] = compare_pct(p->band.lo);
		v[POINT_BAND_HI][i] = compare_pct(p->band.hi);
	}
}

/* As compare does it, for the words; then for the curves, unless these are coarse. */
static int compare_sides(const struct plot_source *s, struct plot_data *c,
	struct compare_options *o, const struct dataset_blocks *b)
{
	struct compare_result *dense;
	int err = 0;

	if (!c->table) {
		err = dataset_failed(compare_cell(o, b->v, b->n, &c->own_table));
		c->table = c->own_table;
	}
	if (!s->coarse) {
		o->percentiles = percentiles;
		o->npercentiles = NPERCENTILES;
	}
	if (!err)
		err = plot_columns_new(&c->points, POINT_COLUMNS, o->npercentiles);
	if (!err)
		memcpy(c->points.v[POINT_P], o->percentiles, c->points.n * sizeof(double));
	if (err || !plot_compared(s, c))
		return err;
	if (s->coarse) {
		set_changes(c, c->table);
		return 0;
	}
	err = dataset_failed(compare_cell(o, b->v, b->n, &dense));
	if (!err) {
		set_changes(c, dense);
		compare_free(dense);
	}
	return err;
}

/* One side's values, each with its interval over the same units as the comparison's. */
static int make_curve(struct plot_data *c, int side, const struct compare_options *o,
	const struct dataset_blocks *b)
{
	/* Of guests side by side, boots are the units. */
	enum switch_level switch_level = c->table->covers == COMPARE_COVERS_BOOTS ? COMPARE_VM :
									      COMPARE_BLOCK;
	double **v = &c->points.v[POINT_SIDE(side)];
	double *value = calloc(c->points.n, sizeof(*value));
	struct interval *ci = calloc(c->points.n, sizeof(*ci));
	int err = value && ci ? plot_curve(b, side, switch_level, o, value, ci) : fail_nomem();

	for (size_t i = 0; i < c->points.n && !err; i++) {
		/* Between boots the comparison has a mean over boots. */
		if (isnan(v[0][i]))
			v[0][i] = value[i];
		v[1][i] = ci[i].lo * (v[0][i] / value[i]);
		v[2][i] = ci[i].hi * (v[0][i] / value[i]);
	}
	free(value);
	free(ci);
	return err;
}

static int make(const struct plot_source *s, struct plot_data *c, struct dataset_blocks *b)
{
	struct compare_options o;
	int err = dataset_load(s->d, c->cell, c->metric, s->alone ? 0 : -1, b);

	compare_defaults(&o);
	o.margin = s->margin;
	o.switch_level = dataset_switch_level(s->d);
	o.sequential = dataset_sequential(s->d);
	o.larger_is_better = c->metric == METRIC_THROUGHPUT;
	if (err)
		return err;
	count(c, b);
	err = compare_sides(s, c, &o, b);
	for (int side = 0; side < 2 && !err; side++)
		if (c->has[side])
			err = make_curve(c, side, &o, b);
	if (!err)
		err = plot_distribution_make(b, s->coarse, &c->distribution);
	for (int i = 0; i < PICTURE_COUNT && !err; i++)
		if (pictures[i]->make)
			err = pictures[i]->make(b, s->coarse, &c->made[i]);
	return err;
}

int plot_data_make(const struct plot_source *s, int cell, enum metric metric,
	const struct compare_result *table, struct plot_data *out)
{
	struct dataset_blocks b = { 0 };
	int err;

	*out = (struct plot_data){ .cell = cell, .metric = metric, .table = table };
	err = make(s, out, &b);
	dataset_blocks_free(&b);
	if (err)
		plot_data_free(out);
	return err;
}

void plot_data_free(struct plot_data *c)
{
	compare_free(c->own_table);
	plot_columns_free(&c->points);
	plot_distribution_free(&c->distribution);
	for (int i = 0; i < PICTURE_COUNT; i++)
		if (pictures[i]->free)
			pictures[i]->free(c->made[i]);
	memset(c, 0, sizeof(*c));
}
