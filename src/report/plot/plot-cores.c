/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Throughput and efficiency over the number of cores. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "report/plot/plot.h"

static bool same_but_cores(const struct dataset_cell *a, const struct dataset_cell *b)
{
	return !strcmp(a->workload, b->workload) && !strcmp(a->params, b->params) &&
	       !strcmp(a->place, b->place);
}

static int measure(const struct plot_source *s, int cell, struct plot_cores_point *out)
{
	static const double median = 50;
	const struct interval none = { NAN, NAN };
	struct dataset_blocks b = { 0 };
	struct compare_options o;
	int err = dataset_load(s->d, cell, METRIC_THROUGHPUT, s->alone ? 0 : -1, &b);

	*out = (struct plot_cores_point){ dataset_cell(s->d, cell)->cores, { NAN, NAN },
		{ none, none }, { NAN, NAN } };
	compare_defaults(&o);
	o.percentiles = &median;
	o.npercentiles = 1;
	for (int side = 0; side < 2 && !err; side++)
		err = plot_curve(&b, side, COMPARE_BLOCK, &o, &out->value[side], &out->ci[side]);
	dataset_blocks_free(&b);
	return err;
}

static int by_cores(const void *a, const void *b)
{
	const struct plot_cores_point *x = a, *y = b;

	return x->cores - y->cores;
}

int plot_cores_make(const struct plot_source *s, int cell, struct plot_cores *out)
{
	const struct dataset_cell *first = dataset_cell(s->d, cell);
	int n = dataset_cells(s->d), count = 0, err = 0;

	*out = (struct plot_cores){ .cell = cell };
	for (int i = 0; i < n; i++) {
		if (i < cell && same_but_cores(first, dataset_cell(s->d, i)))
			return 0;
		count += same_but_cores(first, dataset_cell(s->d, i));
	}
	if (count < 2)
		return 0;
	out->point = calloc((size_t)count, sizeof(*out->point));
	if (!out->point)
		return fail_nomem();
	for (int i = cell; i < n && !err; i++)
		if (same_but_cores(first, dataset_cell(s->d, i)))
			err = measure(s, i, &out->point[out->n++]);
	qsort(out->point, out->n, sizeof(*out->point), by_cores);
	for (size_t i = 0; i < out->n; i++)
		for (int side = 0; side < 2; side++)
			out->point[i].efficiency[side] = out->point[i].value[side] /
				out->point[i].cores /
				(out->point[0].value[side] / out->point[0].cores);
	return err;
}

void plot_cores_free(struct plot_cores *c)
{
	free(c->point);
	*c = (struct plot_cores){ 0 };
}
