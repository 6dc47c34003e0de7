/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Throughput of a cell, and what more cores than one bring. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "analysis/statistics/stats.h"
#include "base/fail.h"
#include "report/show/show.h"

struct values {
	double *v;
	size_t n;
};

static int add_value(void *arg, const struct store_block *b)
{
	struct values *a = arg;
	double *grown;

	if (!isfinite(b->throughput))
		return 0;
	grown = reallocarray(a->v, a->n + 1, sizeof(*grown));
	if (!grown)
		return fail_nomem();
	a->v = grown;
	a->v[a->n++] = b->throughput;
	return 0;
}

static int median_throughput(struct store *s, int64_t cell, int64_t arm, double *out)
{
	struct values a = { 0 };
	int err = store_blocks(s, cell, arm, add_value, &a);

	*out = !err && a.n ? quantile_select(a.v, a.n, 0.5) : NAN;
	free(a.v);
	return err;
}

struct wanted {
	const struct store_cell *cell;
	int64_t id;
};

static int find_one_core(void *arg, const struct store_cell *c)
{
	struct wanted *w = arg;

	if (c->cores == 1 && !strcmp(c->workload, w->cell->workload) &&
		!strcmp(c->params, w->cell->params) && !strcmp(c->place, w->cell->place))
		w->id = c->id;
	return 0;
}

int scaling_of(struct store *s, int64_t run, const struct store_cell *c, int64_t arm,
	struct scaling *out)
{
	struct wanted w = { .cell = c };
	double one = NAN;
	int err = median_throughput(s, c->id, arm, &out->throughput);

	if (!err)
		err = store_cells(s, run, find_one_core, &w);
	if (!err && w.id)
		err = median_throughput(s, w.id, arm, &one);
	out->efficiency = out->throughput / (one * c->cores);
	return err;
}
