/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The comparison of one cell, from its blocks to the verdict: the order of the steps. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>
#include "analysis/compare/compare-priv.h"

#define MOST_CPUS 8
#define FEWEST_REPLICATES 100

static const double default_percentiles[] = { 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9 };

void compare_defaults(struct compare_options *o)
{
	*o = (struct compare_options){
		.switch_level = COMPARE_BLOCK,
		.percentiles = default_percentiles,
		.npercentiles = sizeof(default_percentiles) / sizeof(*default_percentiles),
		.margin = 0.01,
		.confidence = 0.95,
		.judged_lo = 10,
		.judged_hi = 99,
		.replicates = 2000,
		.seed = 1,
	};
}

static bool valid(const struct compare_options *o, const struct compare_block *b, size_t n)
{
	if (!(o->margin > 0 && isfinite(o->margin)) || o->replicates < FEWEST_REPLICATES ||
		!(o->confidence >= 0.5 && o->confidence < 1) || !o->npercentiles)
		return false;
	for (size_t i = 0; i < o->npercentiles; i++)
		if (!(o->percentiles[i] > 0 && o->percentiles[i] < 100) ||
			(i && o->percentiles[i] <= o->percentiles[i - 1]))
			return false;
	for (size_t i = 0; i < n; i++)
		if ((b[i].side != 0 && b[i].side != 1) || (b[i].n && !b[i].v && !b[i].source) ||
			isinf(b[i].start))
			return false;
	return true;
}

void compare_free(struct compare_result *r)
{
	if (!r)
		return;
	free(r->percentiles);
	free(r->warnings);
	free(r);
}

static void release(struct comparison *c)
{
	for (size_t i = 0; i < c->nb; i++)
		free(c->b[i].own);
	free(c->b);
	for (int side = 0; side < 2; side++) {
		free(c->level[side]);
		free(c->quantile[side]);
		free(c->unit_quantile[side]);
		free(c->grid[side].cut);
		free(c->grid[side].count);
		free(c->grid[side].size);
	}
	free(c->se);
	free(c->df);
	free(c->step);
	free(c->replicate);
}

static void count_sides(struct comparison *c)
{
	for (size_t i = 0, j; i < c->nb; i = j) {
		bool has[2] = { false, false };

		for (j = i; j < c->nb && c->b[j].boot == c->b[i].boot; j++) {
			has[c->b[j].side] = true;
			c->r->side[c->b[j].side].blocks++;
		}
		c->r->side[0].boots += has[0];
		c->r->side[1].boots += has[1];
	}
	if (c->regime == REGIME_PAIRED || c->regime == REGIME_PAIRED_BOOTS)
		c->r->pairs = c->nunits[0];
}

/* Which side comes first when told by the data alone; 0 if they cannot be told apart. */
static int order_sides(const struct comparison *c)
{
	for (size_t i = 0; i < c->r->npercentiles; i++) {
		double a = c->quantile[0][i], b = c->quantile[1][i];

		if (a < b || a > b || isnan(a) != isnan(b))
			return a < b || isnan(a) ? -1 : 1;
	}
	for (int pass = 0; pass < 2; pass++) {
		size_t a = pass ? c->nunits[0] : c->r->side[0].samples;
		size_t b = pass ? c->nunits[1] : c->r->side[1].samples;

		if (a != b)
			return a < b ? -1 : 1;
	}
	for (size_t u = 0; u < c->nunits[0]; u++) {
		double a = c->level[0][u], b = c->level[1][u];

		if (a < b || a > b)
			return a < b ? -1 : 1;
	}
	return 0;
}

#define SWAP(type, a) do { type t_ = (a)[0]; (a)[0] = (a)[1]; (a)[1] = t_; } while (0)

static void swap_sides(struct comparison *c)
{
	for (size_t i = 0; i < c->nb; i++)
		c->b[i].side ^= 1;
	SWAP(size_t, c->nunits);
	SWAP(double *, c->level);
	SWAP(double *, c->quantile);
	SWAP(double *, c->unit_quantile);
	SWAP(struct grid, c->grid);
	SWAP(bool, c->constant);
	SWAP(struct compare_side, c->r->side);
	c->swapped = !c->swapped;
}

/* Swaps the sides if that makes the orientation canonical. */
static void orient(struct comparison *c)
{
	if (order_sides(c) > 0)
		swap_sides(c);
}

static struct interval negated(struct interval i)
{
	return (struct interval){ -i.hi, -i.lo };
}

/* Back to the caller's sides. */
static void turn_back(struct comparison *c)
{
	if (!c->swapped)
		return;
	for (size_t i = 0; i < c->r->npercentiles; i++) {
		struct compare_percentile *p = &c->r->percentiles[i];
		double t = p->before;

		p->before = p->after;
		p->after = t;
		p->delta = -p->delta;
		p->ci = negated(p->ci);
		p->band = negated(p->band);
	}
	c->r->effect.delta = -c->r->effect.delta;
	c->r->effect.ci = negated(c->r->effect.ci);
	c->r->effect.band = negated(c->r->effect.band);
	SWAP(struct compare_side, c->r->side);
}

/* Standard errors by the method of the regime. */
static int find_spread(struct comparison *c)
{
	size_t n0 = c->nunits[0], n1 = c->nunits[1];
	int err;

	switch (c->regime) {
	case REGIME_NONE:
		return 0;
	case REGIME_PAIRED:
	case REGIME_UNPAIRED:
		if (n0 < 2 || n1 < 2)
			return comparison_force(c, COMPARE_WARN_ONE_BLOCK,
				(double)(c->swapped ? n1 : n0),
				(double)(c->swapped ? n0 : n1));
		err = grid_count(c);
		if (err)
			return err;
		c->r->covers = c->regime == REGIME_PAIRED ? COMPARE_COVERS_ROUNDS :
							    COMPARE_COVERS_BLOCKS;
		return bootstrap_spread(c);
	case REGIME_BOOTS:
	case REGIME_PAIRED_BOOTS:
		c->r->covers = COMPARE_COVERS_BOOTS;
		return between_boots_spread(c);
	}
	return 0;
}

static int run(struct comparison *c, const struct compare_block *blocks, size_t nblocks)
{
	struct effect e, wide;
	int err = prepare_blocks(c, blocks, nblocks);

	if (err)
		return err;
	count_sides(c);
	err = find_percentiles(c);
	if (!err)
		err = find_levels(c);
	if (err)
		return err;
	orient(c);
	err = find_spread(c);
	/* The effect is one more member of the band's family (Bonferroni). */
	c->alpha_band = 1 / (1 / c->alpha_band + 1 / (1 - c->o->confidence));
	if (!err)
		err = find_effect(c, c->o->confidence, &e);
	if (!err)
		err = find_effect(c, 1 - c->alpha_band, &wide);
	if (!err && e.left_out)
		err = comparison_warn(c, COMPARE_WARN_ZERO_BLOCKS, (double)e.left_out, NAN);
	if (!err)
		err = find_doubts(c);
	if (!err)
		err = find_verdict(c, &e, wide.ci);
	turn_back(c);
	return err;
}

int compare_cell(const struct compare_options *o, const struct compare_block *blocks,
	size_t nblocks, struct compare_result **out)
{
	struct comparison c = { .o = o, .alpha_band = 1 - o->confidence };
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int err = -ENOMEM;

	*out = NULL;
	if (!valid(o, blocks, nblocks))
		return -EINVAL;
	c.threads = o->threads > 0 ? o->threads :
		cpus < 1 ? 1 : cpus > MOST_CPUS ? MOST_CPUS : (int)cpus;
	c.r = comparison_result(o);
	c.se = malloc(o->npercentiles * sizeof(*c.se));
	c.df = malloc(o->npercentiles * sizeof(*c.df));
	c.step = calloc(o->npercentiles, sizeof(*c.step));
	if (!c.r || !c.se || !c.df || !c.step)
		goto out;
	for (size_t i = 0; i < o->npercentiles; i++)
		c.se[i] = c.df[i] = NAN;
	err = run(&c, blocks, nblocks);
out:
	release(&c);
	if (err)
		compare_free(c.r);
	else
		*out = c.r;
	return err;
}
