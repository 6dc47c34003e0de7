/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocks of operations that were counted in instructions, with the ticks among them. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "base/fail.h"
#include "dataset/dataset-priv.h"

#define TICK_SLACK 1000		/* instructions: a tick is known about so well */

struct load {
	struct dataset_walk at;
	enum metric metric;
	const struct store_block *block;
	struct dataset_exact *out;
	size_t total;			/* samples of all blocks */
	double most;			/* that there may be */
};

/* Did a tick fall between FROM and TO? */
static bool has_tick(const struct store_block *b, double from, double to)
{
	from -= b->tick_first + TICK_SLACK;
	to -= b->tick_first - TICK_SLACK;
	return floor(from / b->tick_period) != floor(to / b->tick_period);
}

/* When each operation was, is known from the length of all before it. */
static unsigned char *find_ticks(const struct store_block *b, const int64_t *cycle, size_t n)
{
	unsigned char *tick = calloc(n ? n : 1, 1);
	double at = 0;

	for (size_t i = 0; tick && i < n; i++) {
		double end = at + (double)cycle[i];

		tick[i] = has_tick(b, at, end);
		at = end + b->between;
	}
	return tick;
}

static int add_block(struct load *l, const struct unpacked *u, const int64_t *values)
{
	struct compare_exact_block *b, *grown = reallocarray(l->out->v, l->out->n + 1,
		sizeof(*grown));
	double *v = malloc((u->n ? u->n : 1) * sizeof(*v));
	const int64_t *whole;

	if (grown)
		l->out->v = grown;
	if (!grown || !v) {
		free(v);
		return fail_nomem();
	}
	b = &grown[l->out->n++];
	*b = (struct compare_exact_block){ .side = l->at.side, .v = v, .n = u->n,
		.round = l->at.ordinal[l->at.side] << 40 | (l->block->round & 0xffffffffff) };
	for (size_t i = 0; i < u->n; i++)
		v[i] = (double)values[i] * l->at.run->resolution;
	/* An operation without a child is its fork. */
	whole = u->column[METRIC_CYCLE] ? u->column[METRIC_CYCLE] : u->column[METRIC_FORK];
	if (!(l->block->tick_period > 0) || !whole)
		return 0;
	b->tick = find_ticks(l->block, whole, u->n);
	return b->tick ? 0 : fail_nomem();
}

/* Bytes that there are: the machine's, or what ulimit -v leaves of them. */
static double memory(void)
{
	double machine = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
	struct rlimit limit;

	if (getrlimit(RLIMIT_AS, &limit) || limit.rlim_cur == RLIM_INFINITY)
		return machine;
	return fmin(machine, (double)limit.rlim_cur);
}

/* Of a file from elsewhere, a few bytes may stand for more samples than a machine can hold. */
static int check_memory(const struct load *l)
{
	if ((double)l->total < l->most)
		return 0;
	return fail(STATUS_MACHINE, "%s: %s, %d core%s: its samples need more than half of the "
		"memory; compare fewer runs, allow more (ulimit -v), or use a larger machine",
		store_path(l->at.d->store[l->at.run->file]), l->at.cell->workload, l->at.cell->cores,
		l->at.cell->cores == 1 ? "" : "s");
}

static int load_part(void *arg, const struct store_part *p)
{
	struct load *l = arg;
	const int64_t *values;
	struct unpacked u;
	int err;

	if (!p->samples)
		return 0;
	err = store_samples(l->at.d->store[l->at.run->file], p, &u);
	if (err)
		return err;
	values = u.column[l->metric];
	if (values)
		l->total += u.n;
	err = check_memory(l);
	if (!err && values)
		err = add_block(l, &u, values);
	unpacked_free(&u);
	return err;
}

static int load_block(void *arg, const struct store_block *b)
{
	struct load *l = arg;

	l->block = b;
	return store_parts(l->at.d->store[l->at.run->file], b->id, load_part, l);
}

int dataset_load_exact(struct dataset *d, int cell, enum metric metric,
	struct dataset_exact *out)
{
	struct load l = { .at = { .d = d, .cell = &d->cells[cell], .only = -1,
		.block = load_block, .arg = &l }, .metric = metric, .out = out,
		.most = memory() / 2 / sizeof(double) };
	int err;

	memset(out, 0, sizeof(*out));
	err = metric == METRIC_THROUGHPUT ? 0 : dataset_walk(&l.at);
	if (err)
		dataset_exact_free(out);
	return err;
}

void dataset_exact_free(struct dataset_exact *e)
{
	for (size_t i = 0; i < e->n; i++) {
		free((double *)e->v[i].v);
		free((unsigned char *)e->v[i].tick);
	}
	free(e->v);
	memset(e, 0, sizeof(*e));
}
