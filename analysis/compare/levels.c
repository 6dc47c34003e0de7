/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The level of each block, of which the effect is the change, and of each unit. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include "analysis/compare/compare-priv.h"

#define CHUNK 64		/* blocks that a thread takes at once */

double compare_block_level(double *v, size_t n)
{
	double q = quantile_select(v, n, LEVEL_QUANTILE);

	return q > 0 ? log(q) : NAN;
}

double compare_round(double *v0, size_t n0, double *v1, size_t n1)
{
	double before = compare_block_level(v0, n0);

	return compare_block_level(v1, n1) - before;
}

/* A chunk of blocks with a scratch copy as long as its longest block. */
static int level_chunk(void *arg, size_t chunk)
{
	struct comparison *c = arg;
	size_t from = chunk * CHUNK, to = from + CHUNK, longest = 0;
	double *v;
	int err = 0;

	if (to > c->nb)
		to = c->nb;
	for (size_t i = from; i < to; i++)
		if (c->b[i].n > longest)
			longest = c->b[i].n;
	v = malloc(longest * sizeof(*v));
	if (!v)
		return -ENOMEM;
	for (size_t i = from; i < to && !err; i++) {
		err = compare_samples(&c->b[i].from, v);
		if (!err)
			c->b[i].level = compare_block_level(v, c->b[i].n);
	}
	free(v);
	return err;
}

/* The level of a unit: the mean over its blocks. */
static int unit_levels(struct comparison *c, int side)
{
	size_t nu = c->nunits[side], *n = calloc(nu ? nu : 1, sizeof(*n));

	c->level[side] = calloc(nu ? nu : 1, sizeof(double));
	if (!c->level[side] || !n) {
		free(n);
		return -ENOMEM;
	}
	for (size_t i = 0; i < c->nb; i++) {
		if (c->b[i].side != side || isnan(c->b[i].level))
			continue;
		c->level[side][c->b[i].unit] += c->b[i].level;
		n[c->b[i].unit]++;
	}
	for (size_t u = 0; u < nu; u++)
		c->level[side][u] = n[u] ? c->level[side][u] / (double)n[u] : NAN;
	free(n);
	return 0;
}

int find_levels(struct comparison *c)
{
	size_t chunks = (c->nb + CHUNK - 1) / CHUNK;
	int err = parallel_for(c->threads, chunks, level_chunk, c);

	for (int side = 0; side < 2 && !err; side++)
		err = unit_levels(c, side);
	return err;
}
