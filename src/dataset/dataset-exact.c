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
	struct dataset *d;
	const struct dataset_cell *cell;
	enum metric metric;
	const struct run *run;
	int side;
	int64_t ordinal;		/* of the run among those of its side */
	const struct store_block *block;
	struct dataset_exact *out;
	size_t total;			/* samples of all blocks */
	double most;			/* that there may be */
};

bool dataset_is_exact(const struct dataset *d)
{
	bool any = false;

	for (int i = 0; i < d->nruns; i++) {
		if (!d->runs[i].arm[0] && !d->runs[i].arm[1])
			continue;
		if (!d->runs[i].exact)
			return false;
		any = true;
	}
	return any;
}

bool dataset_is_emulated(const struct dataset *d)
{
	for (int i = 0; i < d->nruns; i++)
		if (d->runs[i].emulated && (d->runs[i].arm[0] || d->runs[i].arm[1]))
			return true;
	return false;
}

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
	*b = (struct compare_exact_block){ .side = l->side, .v = v, .n = u->n,
		.round = l->ordinal << 40 | (l->block->round & 0xffffffffff) };
	for (size_t i = 0; i < u->n; i++)
		v[i] = (double)values[i] * l->run->resolution;
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
		store_path(l->d->store[l->run->file]), l->cell->workload, l->cell->cores,
		l->cell->cores == 1 ? "" : "s");
}

static int load_part(void *arg, const struct store_part *p)
{
	struct load *l = arg;
	const int64_t *values;
	struct unpacked u;
	int err;

	if (!p->samples)
		return 0;
	err = store_samples(l->d->store[l->run->file], p, &u);
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
	return store_parts(l->d->store[l->run->file], b->id, load_part, l);
}

static int load_cell(void *arg, const struct store_cell *c)
{
	struct load *l = arg;

	if (!dataset_is_cell(l->cell, c))
		return 0;
	return store_blocks(l->d->store[l->run->file], c->id, l->run->arm[l->side], load_block, l);
}

int dataset_load_exact(struct dataset *d, int cell, enum metric metric,
	struct dataset_exact *out)
{
	struct load l = { .d = d, .cell = &d->cells[cell], .metric = metric, .out = out,
		.most = memory() / 2 / sizeof(double) };
	int err = 0;

	memset(out, 0, sizeof(*out));
	for (l.side = 0; l.side < 2 && !err && metric != METRIC_THROUGHPUT; l.side++) {
		l.ordinal = 0;
		for (int i = 0; i < d->nruns && !err; i++) {
			l.run = &d->runs[i];
			if (!l.run->arm[l.side])
				continue;
			err = store_cells(d->store[l.run->file], l.run->id, load_cell, &l);
			l.ordinal++;
		}
	}
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
