/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Samples below each cut point, by batch of consecutive units. This is all that the
 * bootstrap needs: its cost does not depend on the number of samples, and this pass is
 * linear in it. More than MOST_BATCHES units are taken together, in order, which keeps
 * what dependence there is between neighbours.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "analysis/compare/compare-priv.h"

#define MOST_BATCHES 2048
#define CHUNK 32		/* batches that a thread takes at once */

struct counting {
	struct comparison *c;
	size_t *order[2];	/* blocks of each side by unit */
	size_t *first[2];	/* of each batch in order[], one more at the end */
	size_t chunks[2];
};

static size_t batch_of(const struct comparison *c, int side, size_t unit)
{
	return unit * c->grid[side].nbatches / c->nunits[side];
}

/* Counting sort of the blocks by batch. */
static int order_blocks(struct counting *j, int side)
{
	struct comparison *c = j->c;
	struct grid *g = &c->grid[side];
	size_t *first, sum = 0;

	g->nbatches = c->nunits[side] < MOST_BATCHES ? c->nunits[side] : MOST_BATCHES;
	g->stride = (g->nbatches + GRID_LANES - 1) / GRID_LANES * GRID_LANES;
	g->size = calloc(g->stride, sizeof(*g->size));
	g->count = calloc(g->stride * g->ncuts, sizeof(*g->count));
	first = j->first[side] = calloc(g->nbatches + 2, sizeof(*first));
	j->order[side] = malloc(c->nb * sizeof(*j->order[side]));
	j->chunks[side] = (g->nbatches + CHUNK - 1) / CHUNK;
	if (!g->size || !g->count || !first || !j->order[side])
		return -ENOMEM;
	for (size_t i = 0; i < c->nb; i++)
		if (c->b[i].side == side)
			first[batch_of(c, side, c->b[i].unit) + 2]++;
	for (size_t k = 0; k < g->nbatches + 2; k++)
		first[k] = sum += first[k];
	for (size_t i = 0; i < c->nb; i++)
		if (c->b[i].side == side)
			j->order[side][first[batch_of(c, side, c->b[i].unit) + 1]++] = i;
	return 0;
}

/* Index of the first cut that is not below V; every V is at most the last cut. */
static size_t bin_of(const struct grid *g, double v)
{
	const double *base = g->cut;
	size_t n = g->ncuts;

	while (n > 1) {
		size_t half = n / 2;

		base += base[half - 1] < v ? half : 0;
		n -= half;
	}
	return (size_t)(base - g->cut);
}

static int count_batch(struct counting *j, int side, size_t batch, size_t *hist, double *scratch)
{
	struct grid *g = &j->c->grid[side];
	size_t sum = 0;
	int err = 0;

	for (size_t k = 0; k < g->ncuts; k++)
		hist[k] = 0;
	for (size_t k = j->first[side][batch]; k < j->first[side][batch + 1]; k++) {
		size_t at = j->order[side][k];
		const double *v = comparison_samples(j->c, at, scratch, &err);

		if (!v)
			return err;
		for (size_t i = 0; i < j->c->b[at].n; i++)
			hist[bin_of(g, v[i])]++;
	}
	for (size_t k = 0; k < g->ncuts; k++) {
		sum += hist[k];
		g->count[k * g->stride + batch] = (float)sum;
	}
	g->size[batch] = (float)sum;
	return 0;
}

static int count_chunk(void *arg, size_t i)
{
	struct counting *j = arg;
	int side = i >= j->chunks[0];
	size_t from = (side ? i - j->chunks[0] : i) * CHUNK, to = from + CHUNK;
	size_t *hist = malloc(j->c->grid[side].ncuts * sizeof(*hist));
	double *scratch = comparison_scratch(j->c);
	int err = hist && scratch ? 0 : -ENOMEM;

	if (to > j->c->grid[side].nbatches)
		to = j->c->grid[side].nbatches;
	for (size_t batch = from; batch < to && !err; batch++)
		err = count_batch(j, side, batch, hist, scratch);
	free(scratch);
	free(hist);
	return err;
}

int grid_count(struct comparison *c)
{
	struct counting j = { .c = c };
	int err = 0;

	for (int side = 0; side < 2 && !err; side++)
		err = order_blocks(&j, side);
	if (!err)
		err = parallel_for(c->threads, j.chunks[0] + j.chunks[1], count_chunk, &j);
	for (int side = 0; side < 2; side++) {
		free(j.order[side]);
		free(j.first[side]);
	}
	return err;
}

/*
 * The same additions in the same order on every machine with this compiler, in lanes, four
 * vectors of them since one addition waits for the last. Single precision errs by 1e-7 of
 * the samples, far below what one batch more or less does.
 */
typedef float lanes __attribute__((vector_size(16)));
#define VECTOR (sizeof(lanes) / sizeof(float))

static inline lanes product(const float *a, const float *b)
{
	lanes x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return x * y;
}

static double dot(const float *a, const float *b, size_t n)
{
	lanes s0 = { 0 }, s1 = { 0 }, s2 = { 0 }, s3 = { 0 };
	double all = 0;

	for (size_t i = 0; i < n; i += GRID_LANES) {
		s0 += product(a + i, b + i);
		s1 += product(a + i + VECTOR, b + i + VECTOR);
		s2 += product(a + i + 2 * VECTOR, b + i + 2 * VECTOR);
		s3 += product(a + i + 3 * VECTOR, b + i + 3 * VECTOR);
	}
	s0 += s1 + (s2 + s3);
	for (size_t i = 0; i < VECTOR; i++)
		all += (double)s0[i];
	return all;
}

double grid_total(const struct grid *g, const float *weight)
{
	return dot(weight, g->size, g->stride);
}

/* Looking for the first cut with enough samples up to it: from LO to HI. */
struct search {
	const struct grid *g;
	const float *weight;
	double want;
	size_t lo, hi;
	double below, upto;	/* samples up to the cut before LO, up to HI; NAN: not known */
};

/* Is cut AT, from LO to HI, the one or behind it? Narrows the search. */
static bool look(struct search *s, size_t at)
{
	double f = dot(s->weight, s->g->count + at * s->g->stride, s->g->stride);

	if (f >= s->want) {
		s->hi = at;
		s->upto = f;
		return true;
	}
	s->lo = at < s->hi ? at + 1 : at;
	s->below = f;
	return false;
}

static size_t less(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* In growing steps from NEAR, where it is for other weights: it is seldom far from there. */
static void find_cut(struct search *s, size_t near)
{
	size_t step = 1;

	if (look(s, near)) {
		while (s->lo < s->hi && look(s, s->hi - less(step, s->hi - s->lo)))
			step *= 2;
	} else {
		while (s->lo < s->hi && !look(s, less(s->lo + step - 1, s->hi - 1)))
			step *= 2;
	}
	while (s->lo < s->hi)
		look(s, s->lo + (s->hi - s->lo) / 2);
}

double grid_quantile(const struct grid *g, const float *weight, double want, size_t *near)
{
	struct search s = { g, weight, want, 0, g->ncuts - 1, 0, NAN };
	size_t at;

	find_cut(&s, *near);
	at = *near = s.lo;
	if (!at)
		return g->cut[0];
	if (isnan(s.upto))	/* the last cut has everything below it */
		s.upto = grid_total(g, weight);
	if (!(s.upto > s.below))
		return g->cut[at];
	return g->cut[at - 1] +
		(want - s.below) / (s.upto - s.below) * (g->cut[at] - g->cut[at - 1]);
}
