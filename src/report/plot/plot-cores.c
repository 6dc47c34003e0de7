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

/* Columns of N values each. */
static int new_columns(struct plot_cores *c, size_t n)
{
	double **columns[] = { &c->value[0], &c->value[1], &c->lo[0], &c->lo[1], &c->hi[0],
		&c->hi[1], &c->efficiency[0], &c->efficiency[1] };
	size_t count = sizeof(columns) / sizeof(*columns);

	c->cores = calloc((count + 1) * n, sizeof(*c->cores));
	if (!c->cores)
		return fail_nomem();
	for (size_t i = 0; i < (count + 1) * n; i++)
		c->cores[i] = NAN;
	for (size_t i = 0; i < count; i++)
		*columns[i] = c->cores + (i + 1) * n;
	return 0;
}

static int measure(const struct plot_source *s, int cell, struct plot_cores *out, size_t at)
{
	static const double median = 50;
	struct dataset_blocks b = { 0 };
	struct compare_options o;
	int err = dataset_load(s->d, cell, METRIC_THROUGHPUT, s->alone ? 0 : -1, &b);

	out->cores[at] = dataset_cell(s->d, cell)->cores;
	compare_defaults(&o);
	o.percentiles = &median;
	o.npercentiles = 1;
	for (int side = 0; side < 2 && !err; side++) {
		struct interval ci = { NAN, NAN };

		err = plot_curve(&b, side, COMPARE_BLOCK, &o, &out->value[side][at], &ci);
		out->lo[side][at] = ci.lo;
		out->hi[side][at] = ci.hi;
	}
	dataset_blocks_free(&b);
	return err;
}

/* The next cell like FIRST that has more cores than CORES, the fewest; -1: none. */
static int next_cell(const struct plot_source *s, const struct dataset_cell *first, double cores)
{
	int found = -1;

	for (int i = 0; i < dataset_cells(s->d); i++) {
		const struct dataset_cell *c = dataset_cell(s->d, i);

		if (same_but_cores(first, c) && c->cores > cores &&
		    (found < 0 || c->cores < dataset_cell(s->d, found)->cores))
			found = i;
	}
	return found;
}

int plot_cores_make(const struct plot_source *s, int cell, struct plot_cores *out)
{
	const struct dataset_cell *first = dataset_cell(s->d, cell);
	int n = dataset_cells(s->d), count = 0, err;

	*out = (struct plot_cores){ .cell = cell };
	for (int i = 0; i < n; i++) {
		if (i < cell && same_but_cores(first, dataset_cell(s->d, i)))
			return 0;
		count += same_but_cores(first, dataset_cell(s->d, i));
	}
	if (count < 2)
		return 0;
	err = new_columns(out, (size_t)count);
	for (int i = next_cell(s, first, -1); i >= 0 && !err;
	     i = next_cell(s, first, dataset_cell(s->d, i)->cores))
		err = measure(s, i, out, out->n++);
	for (size_t i = 0; i < out->n; i++)
		for (int side = 0; side < 2; side++)
			out->efficiency[side][i] = out->value[side][i] / out->cores[i] /
				(out->value[side][0] / out->cores[0]) * 100;
	return err;
}

void plot_cores_free(struct plot_cores *c)
{
	free(c->cores);
	*c = (struct plot_cores){ 0 };
}
