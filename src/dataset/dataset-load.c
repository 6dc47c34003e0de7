/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The blocks of one cell and metric, unpacked. */
#include "config.h"
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "cell/cell-text.h"
#include "dataset/dataset-priv.h"

/* Where a block's samples are. */
struct block_ref {
	const struct run *run;
	int64_t block;
	size_t n;
};

/* What reads them, for several threads. */
struct dataset_source {
	struct compare_source source;
	struct dataset *d;
	enum metric metric;
	struct block_ref *refs;	/* of all blocks */
	pthread_mutex_t lock;	/* one connection to each file, and fail(), are for one at a time */
};

struct load {
	struct dataset_walk at;
	enum metric metric;
	struct dataset_blocks *out;
	size_t room;
	size_t n;		/* samples of the block that is being looked at */
	size_t kept;		/* of all blocks */
	struct dataset_facts facts;
};

/* Reads one block's samples. */
struct reading {
	const struct dataset_source *from;
	const struct block_ref *ref;
	double *v;
	size_t n, room;
	int64_t *ticks;		/* of a part */
	size_t tick_room;
};

/* A block has other samples than when it was counted. */
static int changed(const struct dataset *d, const struct run *run)
{
	return fail(STATUS_USAGE, "%s: run %lld changed while it was being read; try again",
		store_path(d->store[run->file]), (long long)run->id);
}

static int read_part(void *arg, const struct store_part *p)
{
	struct reading *r = arg;
	const struct run *run = r->ref->run;
	struct store *store = r->from->d->store[run->file];
	size_t n;
	int err;

	if (!p->samples)
		return 0;
	err = store_column(store, p, r->from->metric, NULL, &n);
	if (err)
		return err;
	if (n > r->room - r->n)
		return changed(r->from->d, run);
	if (n > r->tick_room) {
		int64_t *grown = reallocarray(r->ticks, n, sizeof(*grown));

		if (!grown)
			return fail_nomem();
		r->ticks = grown;
		r->tick_room = n;
	}
	err = n ? store_column(store, p, r->from->metric, r->ticks, &n) : 0;
	if (err)
		return err;
	for (size_t i = 0; i < n; i++)
		r->v[r->n++] = (double)r->ticks[i] * run->resolution;
	return 0;
}

static int read_block(const struct dataset_source *from, size_t at, double *v)
{
	const struct block_ref *ref = &from->refs[at];
	struct reading r = { .from = from, .ref = ref, .v = v, .room = ref->n };
	int err = store_parts(from->d->store[ref->run->file], ref->block, read_part, &r);

	free(r.ticks);
	return err || r.n == ref->n ? err : changed(from->d, ref->run);
}

static int read_again(void *arg, size_t at, double *v)
{
	struct dataset_source *from = arg;
	int err;

	pthread_mutex_lock(&from->lock);
	err = read_block(from, at, v);
	pthread_mutex_unlock(&from->lock);
	return err;
}

static int count_part(void *arg, const struct store_part *p)
{
	struct load *l = arg;
	size_t n;
	int err;

	if (!p->samples)
		return 0;
	l->facts.ops += (double)p->ops;
	l->facts.disturbed += (double)p->disturbed;
	l->facts.failed += (double)p->failed;
	err = store_column(l->at.d->store[l->at.run->file], p, l->metric, NULL, &n);
	l->n += err ? 0 : n;
	return err;
}

static int make_room(struct load *l)
{
	struct dataset_blocks *out = l->out;
	size_t room = l->room ? 2 * l->room : 256;
	struct compare_block *grown = reallocarray(out->v, room, sizeof(*grown));
	struct dataset_facts *facts = reallocarray(out->facts, room, sizeof(*facts));
	struct block_ref *refs = reallocarray(out->source->refs, room, sizeof(*refs));

	if (grown)
		out->v = grown;
	if (facts)
		out->facts = facts;
	if (refs)
		out->source->refs = refs;
	if (!grown || !facts || !refs)
		return fail_nomem();
	l->room = room;
	return 0;
}

/* The samples themselves, for as long as there are few. */
static int keep_samples(struct load *l, const struct store_block *b, size_t at)
{
	struct compare_block *block = &l->out->v[at];
	double *v;

	if (l->metric != METRIC_THROUGHPUT && l->kept + l->n > l->at.d->keep) {
		block->source = &l->out->source->source;
		block->at = at;
		return 0;
	}
	block->v = v = malloc(l->n * sizeof(*v));
	if (!v)
		return fail_nomem();
	l->kept += l->n;
	if (l->metric != METRIC_THROUGHPUT)
		return read_block(l->out->source, at, v);
	*v = b->throughput;
	return 0;
}

static int add_block(struct load *l, const struct store_block *b)
{
	struct dataset_blocks *out = l->out;
	size_t at = out->n;
	int err = at == l->room ? make_room(l) : 0;

	if (err)
		return err;
	out->facts[at] = l->facts;
	out->source->refs[at] = (struct block_ref){ l->at.run, b->id, l->n };
	out->v[out->n++] = (struct compare_block){
		.side = l->at.side,
		.boot = l->at.run->boot,
		/* Rounds of different runs are no pairs. */
		.pair = l->at.run->paired ?
			(int64_t)(l->at.run - l->at.d->runs) << 40 | (b->round & 0xffffffffff) : -1,
		.start = l->at.run->start + (double)b->start_ns / 1e9,
		.n = l->n,
	};
	return keep_samples(l, b, at);
}

static int load_block(void *arg, const struct store_block *b)
{
	struct load *l = arg;
	int err = 0;

	l->n = 0;
	l->facts = (struct dataset_facts){ 0 };
	if (l->metric != METRIC_THROUGHPUT) {
		err = store_parts(l->at.d->store[l->at.run->file], b->id, count_part, l);
	} else if (isfinite(b->throughput)) {
		l->n = 1;
		l->facts = (struct dataset_facts){ NAN, NAN, NAN };
	}
	return err || !l->n ? err : add_block(l, b);
}

static int walk_cell(void *arg, const struct store_cell *c)
{
	struct dataset_walk *w = arg;

	if (!dataset_is_cell(w->cell, c))
		return 0;
	return store_blocks(w->d->store[w->run->file], c->id, w->run->arm[w->side], w->block,
		w->arg);
}

int dataset_walk(struct dataset_walk *w)
{
	int err = 0;

	for (int i = 0; i < w->d->nruns; i++)
		for (w->side = 0; w->side < 2 && !err; w->side++) {
			w->run = &w->d->runs[i];
			if (!w->run->arm[w->side] || w->only == !w->side)
				continue;
			err = store_cells(w->d->store[w->run->file], w->run->id, walk_cell, w);
			w->ordinal[w->side]++;
		}
	return err;
}

static struct dataset_source *new_source(struct dataset *d, enum metric metric)
{
	struct dataset_source *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->source = (struct compare_source){ read_again, s };
	s->d = d;
	s->metric = metric;
	pthread_mutex_init(&s->lock, NULL);
	return s;
}

void dataset_keep(struct dataset *d, size_t samples)
{
	d->keep = samples;
}

int dataset_load(struct dataset *d, int cell, enum metric metric, int only,
	struct dataset_blocks *out)
{
	struct load l = { .at = { .d = d, .cell = &d->cells[cell], .only = only,
		.block = load_block, .arg = &l }, .metric = metric, .out = out };
	int err;

	memset(out, 0, sizeof(*out));
	out->source = new_source(d, metric);
	if (!out->source)
		return fail_nomem();
	err = dataset_walk(&l.at);
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
	if (b->source) {
		pthread_mutex_destroy(&b->source->lock);
		free(b->source->refs);
		free(b->source);
	}
	memset(b, 0, sizeof(*b));
}

int dataset_failed(int err)
{
	if (err == -ENOMEM)
		return fail_nomem();
	if (err == -EINVAL)
		return fail(STATUS_USAGE, "the comparison refuses its options");
	return err;
}

char *dataset_cell_title(const struct dataset *d, int cell, const char *metric, char *buf,
	size_t size)
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
