/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The blocks of one cell and metric, unpacked. */
#include "config.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cell-text.h"
#include "dataset-priv.h"
#include "fail.h"

struct load {
	struct dataset *d;
	const struct dataset_cell *cell;
	enum metric metric;
	const struct run *run;
	int side;
	struct dataset_blocks *out;
	size_t room;
	double *v;		/* of the block that is being read */
	size_t n;
	size_t total;		/* values of all blocks */
	struct dataset_facts facts;
};

bool dataset_fits(const struct dataset *d, const struct run *run, const struct dataset_cell *c,
	size_t samples)
{
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

	if (pages <= 0 || size <= 0 || samples / ((size_t)size / sizeof(double)) < (size_t)pages / 2)
		return true;
	fail(STATUS_MACHINE, "%s: %s, %d core%s: its samples need more than half of this machine's "
		"memory; compare fewer runs, or on a larger machine", store_path(d->store[run->file]),
		c->workload, c->cores, c->cores == 1 ? "" : "s");
	return false;
}

static int add_values(struct load *l, const int64_t *values, size_t n)
{
	double *grown;

	if (!values || !n)
		return 0;
	l->total += n;
	if (!dataset_fits(l->d, l->run, l->cell, l->total))
		return -STATUS_MACHINE;
	grown = reallocarray(l->v, l->n + n, sizeof(*grown));
	if (!grown)
		return fail_nomem();
	l->v = grown;
	for (size_t i = 0; i < n; i++)
		grown[l->n++] = (double)values[i] * l->run->resolution;
	return 0;
}

static int load_part(void *arg, const struct store_part *p)
{
	struct load *l = arg;
	struct unpacked u;
	int err;

	if (!p->samples)
		return 0;
	l->facts.ops += (double)p->ops;
	l->facts.disturbed += (double)p->disturbed;
	err = store_samples(l->d->store[l->run->file], p, &u);
	if (err)
		return err;
	err = add_values(l, u.column[l->metric], u.n);
	unpacked_free(&u);
	return err;
}

static int add_block(struct load *l, const struct store_block *b)
{
	struct dataset_blocks *out = l->out;

	if (out->n == l->room) {
		size_t room = l->room ? 2 * l->room : 256;
		struct compare_block *grown = reallocarray(out->v, room, sizeof(*grown));
		struct dataset_facts *facts = reallocarray(out->facts, room, sizeof(*facts));

		if (grown)
			out->v = grown;
		if (facts)
			out->facts = facts;
		if (!grown || !facts)
			return fail_nomem();
		l->room = room;
	}
	out->facts[out->n] = l->facts;
	out->v[out->n++] = (struct compare_block){
		.side = l->side,
		.boot = l->run->boot,
		/* Rounds of different runs are no pairs. */
		.pair = l->run->paired ? (l->run - l->d->runs) << 40 | (b->round & 0xffffffffff) : -1,
		.start = l->run->start + (double)b->start_ns / 1e9,
		.v = l->v,
		.n = l->n,
	};
	l->v = NULL;
	l->n = 0;
	return 0;
}

static int load_block(void *arg, const struct store_block *b)
{
	struct load *l = arg;
	int err = 0;

	l->facts = (struct dataset_facts){ 0 };
	if (l->metric != METRIC_THROUGHPUT) {
		err = store_parts(l->d->store[l->run->file], b->id, load_part, l);
	} else if (isfinite(b->throughput)) {
		l->v = malloc(sizeof(*l->v));
		if (!l->v)
			return fail_nomem();
		l->v[0] = b->throughput;
		l->n = 1;
		l->facts = (struct dataset_facts){ NAN, NAN };
	}
	return err || !l->n ? err : add_block(l, b);
}

static int load_cell(void *arg, const struct store_cell *c)
{
	struct load *l = arg;

	if (!dataset_is_cell(l->cell, c))
		return 0;
	return store_blocks(l->d->store[l->run->file], c->id, l->run->arm[l->side], load_block, l);
}

int dataset_load(struct dataset *d, int cell, enum metric metric, int only,
	struct dataset_blocks *out)
{
	struct load l = { .d = d, .cell = &d->cells[cell], .metric = metric, .out = out };
	int err = 0;

	memset(out, 0, sizeof(*out));
	for (int i = 0; i < d->nruns && !err; i++)
		for (l.side = 0; l.side < 2 && !err; l.side++) {
			l.run = &d->runs[i];
			if (l.run->arm[l.side] && (only < 0 || only == l.side))
				err = store_cells(d->store[l.run->file], l.run->id, load_cell, &l);
		}
	free(l.v);
	if (err)
		dataset_blocks_free(out);
	return err;
}

void dataset_blocks_free(struct dataset_blocks *b)
{
	for (size_t i = 0; i < b->n; i++)
		free((double *)b->v[i].v);
	free(b->v);
	free(b->facts);
	memset(b, 0, sizeof(*b));
}

char *dataset_cell_title(const struct dataset *d, int cell, const char *metric, char *buf, size_t size)
{
	const struct dataset_cell *c = &d->cells[cell];
	char *params = cell_params(c->workload, c->params, false);

	bool known = strcmp(c->place, "unknown") != 0;	/* imports do not say */

	snprintf(buf, size, "%s of %s, %d core%s%s%s%s%s", metric, c->workload, c->cores,
		c->cores == 1 ? "" : "s", known ? " " : "", known ? c->place : "",
		params && *params ? ", " : "", params ? params : "");
	free(params);
	return buf;
}
