/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One block: run by its workers, converted from ticks, packed, and put into the store. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include "base/fail.h"
#include "cell/request.h"
#include "measure/block.h"

#define SLEEP_NS 10000000	/* no suspension is shorter; what asleep_ns() may be wrong by is */

int recorder_open(struct recorder *r)
{
	for (int c = 0; c < COLUMNS; c++) {
		r->column[c] = malloc(LINK_CAPACITY * sizeof(int64_t));
		if (!r->column[c])
			return fail_nomem();
	}
	r->steal = steal_open();
	r->asleep = asleep_ns();
	return 0;
}

void recorder_close(struct recorder *r)
{
	for (int c = 0; c < COLUMNS; c++)
		free(r->column[c]);
	free(r->parts);
	free(r->packed);
	steal_close(r->steal);
}

/* The first worker's begin and the last one's finish; what lies between two blocks is ours. */
static void count_overhead(struct recorder *r, const struct block_order *o)
{
	uint64_t begin = UINT64_MAX, finish = 0;

	for (int i = 0; i < o->n; i++) {
		const struct block_result *b = &link_area(r->link, o->workers[i])->result;

		begin = b->begin < begin ? b->begin : begin;
		finish = b->finish > finish ? b->finish : finish;
	}
	r->busy += (double)(finish - begin);
	if (r->last_finish && begin > r->last_finish) {
		r->gaps[r->ngaps++ % GAPS] = (double)(begin - r->last_finish);
		r->idle += (double)(begin - r->last_finish);
	}
	r->last_finish = finish;
}

/*
 * Was the machine suspended since the block before? The counter then has gone on, or stood
 * still, or begun anew.
 */
static bool has_slept(struct recorder *r)
{
	int64_t now = asleep_ns(), ns = now - r->asleep;

	r->asleep = now;
	if (ns < SLEEP_NS)
		return false;
	warn("the machine was suspended for %.1f s: the block under way is not kept, but measured again",
		(double)ns / 1e9);
	return true;
}

static int run_block(struct recorder *r, struct block_order *o, bool *slept)
{
	struct link_order order = { .workload = o->workload, .workers = o->workers, .n = o->n,
		.child_cpus = o->child_cpus, .request = &o->request };
	int err = link_block(r->link, &order);

	if (err)
		return err;
	*slept = has_slept(r);
	if (*slept)
		r->last_finish = 0;
	else
		count_overhead(r, o);
	return 0;
}

/* Ticks to whole multiples of the resolution, a column for each metric. */
static int64_t convert(struct recorder *r, const struct operation *op, size_t n, double limit,
	enum metric whole)
{
	double scale = r->clock->ns_per_tick / r->resolution;
	int64_t disturbed = 0;

	for (size_t i = 0; i < n; i++) {
		for (int c = 0; c < COLUMNS; c++)
			r->column[c][i] = (int64_t)((double)op[i].metric[c] * scale + 0.5);
		disturbed += (double)op[i].metric[whole] > limit;
	}
	return disturbed;
}

static int make_room(struct recorder *r, const struct block_order *o)
{
	size_t size = o->n * pack_bound(o->request.ops);
	void *p;

	if (o->n > r->nparts) {
		p = reallocarray(r->parts, o->n, sizeof(*r->parts));
		if (!p)
			return fail_nomem();
		r->parts = p;
		r->nparts = o->n;
	}
	if (size > r->packed_size) {
		p = realloc(r->packed, size);
		if (!p)
			return fail_nomem();
		r->packed = p;
		r->packed_size = size;
	}
	return 0;
}

static void make_part(struct recorder *r, const struct block_order *o, int i, bool warmup,
	uint8_t *packed)
{
	const struct block_result *b = &link_area(r->link, o->workers[i])->result;
	const int64_t *columns[COLUMNS];
	struct store_part *p = &r->parts[i];

	for (int c = 0; c < COLUMNS; c++)
		columns[c] = o->metrics & METRIC_BIT(c) ? r->column[c] : NULL;
	*p = (struct store_part){
		.cpu = link_cpu(r->link, o->workers[i]),
		.ops = b->ops,
		.failed = b->failed,
		.lead_in = b->lead_in,
		.fill = b->fill,
		.duration_ns = (int64_t)((double)(b->end - b->start) * r->clock->ns_per_tick),
		.voluntary = b->voluntary,
		.involuntary = b->involuntary,
	};
	if (warmup || !(o->metrics & (METRIC_BIT(COLUMNS) - 1)))
		return;
	p->disturbed = convert(r, link_operations(r->link, o->workers[i]), b->ops, o->limit,
		request_whole(o->workload));
	p->size = pack(columns, b->ops, packed);
	p->samples = packed;
}

/* From the first start to the last end, and operations per second over all workers. */
static void describe(const struct recorder *r, const struct block_order *o, struct store_block *b)
{
	uint64_t start = UINT64_MAX, end = 0;

	b->throughput = 0;
	for (int i = 0; i < o->n; i++) {
		const struct block_result *w = &link_area(r->link, o->workers[i])->result;
		double seconds = (double)(w->end - w->start) * r->clock->ns_per_tick / 1e9;

		start = w->start < start ? w->start : start;
		end = w->end > end ? w->end : end;
		if (seconds > 0)
			b->throughput += (double)w->ops / seconds;
	}
	b->duration_ns = (int64_t)((double)(end - start) * r->clock->ns_per_tick);
}

/* What the clock says of a block with a suspension in it is not known to be a time. */
static void forget_times(struct recorder *r, const struct block_order *o, struct store_block *b)
{
	b->duration_ns = 0;
	b->throughput = NAN;
	for (int i = 0; i < o->n; i++)
		r->parts[i].duration_ns = 0;
}

static int record(struct recorder *r, struct block_order *o, bool *slept)
{
	struct store_block b = {
		.cell = o->cell,
		.arm = o->arm,
		.round = o->round,
		.position = o->position,
		.start_ns = (int64_t)(monotonic_ns() - r->start),
		.steal_ms = NAN,
		.parts = o->n,
	};
	uint8_t *packed;
	int err = make_room(r, o);

	if (!err)
		err = run_block(r, o, slept);
	if (err)
		return err;
	b.warmup = o->warmup || *slept;
	describe(r, o, &b);
	if (r->steal)
		b.steal_ms = steal_since(r->steal, o->cpus, o->n, b.duration_ns);
	packed = r->packed;
	for (int i = 0; i < o->n; i++) {
		make_part(r, o, i, b.warmup, packed);
		packed += r->parts[i].size;
		r->summary->failed += r->parts[i].failed;
	}
	if (*slept)
		forget_times(r, o, &b);
	err = store_add_block(r->store, &b, r->parts);
	if (err || b.warmup)
		return err;
	for (int i = 0; i < o->n; i++)
		r->summary->operations += r->parts[i].ops;
	r->summary->blocks++;
	return 0;
}

int block_record(struct recorder *r, struct block_order *o)
{
	bool slept;
	int err;

	do
		err = record(r, o, &slept);
	while (!err && slept);
	return err;
}

size_t block_samples(const struct recorder *r, const struct block_order *o, enum metric metric,
	double *v)
{
	size_t n = 0;

	for (int w = 0; w < o->n; w++) {
		const struct operation *op = link_operations(r->link, o->workers[w]);
		uint64_t ops = link_area(r->link, o->workers[w])->result.ops;

		for (uint64_t i = 0; i < ops; i++)
			v[n++] = (double)op[i].metric[metric];
	}
	return n;
}
