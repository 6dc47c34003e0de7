/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What guests measured: its quantiles, and into the result file. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_sort.h>
#include "base/fail.h"
#include "cell/request.h"
#include "lab/run/exact-priv.h"

#define DISTURBED 2

/* The workload's own, unless it is left out: `exit` without a stamp. */
static const char *primary(const struct plan_cell *p)
{
	unsigned int metrics = request_metrics(p->workload, &p->params);

	for (int m = 0; m < COLUMNS; m++)
		if (metrics & METRIC_BIT(m) && !strcmp(metric_names[m], p->workload->primary))
			return metric_names[m];
	return metric_names[request_whole(p->workload)];
}

static int add_cell(struct exact *x, int cell)
{
	const struct plan_cell *p = &x->plan->cells[cell];
	char *params = params_format(p->workload, &p->params, PARAMS_ALL);
	struct store_cell s = { .run = x->run, .workload = p->workload->name, .params = params,
		.cores = 1, .place = p->place, .cpus = "0",
		.primary = primary(p) };
	int err = params ? store_add_cell(x->store, &s, &x->cells[cell].id) : fail_nomem();

	free(params);
	return err;
}

int exact_add_cells(struct exact *x)
{
	int err = 0;

	for (int i = 0; i < x->plan->narms && !err; i++) {
		struct store_arm arm = { .run = x->run, .position = i,
			.name = x->plan->arms[i].name, .params = "" };

		err = store_add_arm(x->store, &arm, &x->arms[i]);
	}
	for (int i = 0; i < x->plan->ncells && !err; i++)
		if (!x->cells[i].skipped)
			err = add_cell(x, i);
	return err;
}

static int make_room(struct exact *x, uint64_t n)
{
	if (n <= x->room)
		return 0;
	for (int c = 0; c < COLUMNS; c++) {
		int64_t *grown = reallocarray(x->column[c], n, sizeof(*grown));

		if (!grown)
			return fail_nomem();
		x->column[c] = grown;
	}
	free(x->packed);
	x->packed = malloc(pack_bound(n));
	if (!x->packed)
		return fail_nomem();
	x->room = n;
	return 0;
}

/* Ticks as seen from the start of the recorded part, and what lies between operations. */
static void describe_ticks(const struct guest_block *b, const struct operation *ops,
	enum metric whole, struct store_block *s)
{
	double between;

	if (!b->ticks || !b->span)
		return;
	s->tick_period = (double)b->span / (double)b->ticks;
	s->tick_first = fmod((double)b->tick - (double)b->result.start, s->tick_period);
	if (s->tick_first < 0)
		s->tick_first += s->tick_period;
	between = (double)(b->result.end - b->result.start);
	for (uint64_t i = 0; i < b->result.ops; i++)
		between -= (double)ops[i].metric[whole];
	s->between = between / fmax(1, (double)b->result.ops);
}

int exact_quantile(const struct operation *ops, uint64_t n, enum metric metric, double p,
	double *out)
{
	double *v = malloc((n ? n : 1) * sizeof(*v));

	*out = NAN;
	if (!v)
		return fail_nomem();
	for (uint64_t i = 0; i < n; i++)
		v[i] = (double)ops[i].metric[metric];
	gsl_sort(v, 1, n);
	if (n)
		*out = v[(uint64_t)(p * (double)(n - 1))];
	free(v);
	return 0;
}

/* The samples in multiples of SCALE ticks, packed. */
static int fill_part(struct exact *x, int cell, const struct guest_block *b,
	const struct operation *ops, double scale, struct store_part *part)
{
	const struct block_result *r = &b->result;
	const struct plan_cell *p = &x->plan->cells[cell];
	unsigned int metrics = request_metrics(p->workload, &p->params);
	enum metric whole = request_whole(p->workload);
	const int64_t *columns[COLUMNS];
	double typical;
	int err = make_room(x, r->ops);

	if (!err)
		err = exact_quantile(ops, r->ops, whole, 0.5, &typical);
	if (err)
		return err;
	*part = (struct store_part){ .cpu = 0, .ops = (int64_t)r->ops,
		.failed = (int64_t)r->failed, .lead_in = (int64_t)r->lead_in,
		.fill = (int64_t)r->fill, .voluntary = (int64_t)r->voluntary,
		.involuntary = (int64_t)r->involuntary,
		.duration_ns = (int64_t)((double)(r->end - r->start) * scale) };
	for (uint64_t i = 0; i < r->ops; i++) {
		for (int m = 0; m < COLUMNS; m++)
			x->column[m][i] = (int64_t)((double)ops[i].metric[m] * scale + 0.5);
		part->disturbed += (double)ops[i].metric[whole] > DISTURBED * typical;
	}
	for (int m = 0; m < COLUMNS; m++)
		columns[m] = metrics & METRIC_BIT(m) ? x->column[m] : NULL;
	part->size = pack(columns, r->ops, x->packed);
	part->samples = x->packed;
	return 0;
}

int exact_store(struct exact *x, int kernel, int cell, const struct guest_block *b,
	const struct operation *ops, struct store_block *block, double ns_per_tick)
{
	struct store_part part;
	int err = fill_part(x, cell, b, ops, ns_per_tick ? ns_per_tick : 1, &part);

	if (err)
		return err;
	block->cell = x->cells[cell].id;
	block->arm = x->arms[kernel];
	block->parts = 1;
	block->steal_ms = block->throughput = NAN;
	block->duration_ns = part.duration_ns;
	if (!ns_per_tick)
		describe_ticks(b, ops, request_whole(x->plan->cells[cell].workload), block);
	else if (part.duration_ns > 0)
		block->throughput = (double)part.ops / (double)part.duration_ns * 1e9;
	if (block->warmup)
		part.samples = NULL;
	else
		x->summary->operations += part.ops;
	x->summary->blocks += !block->warmup;
	return store_add_block(x->store, block, &part);
}
