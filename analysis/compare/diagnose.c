/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Causes of doubt that the data themselves show. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <gsl/gsl_sort.h>
#include "analysis/compare/compare-priv.h"

#define FEW_BLOCKS 20
#define TWO_STATES 4.5		/* Ashman's D: 2.7 for a split normal, 3.5 for a uniform */
#define SMALLER_STATE 0.05
#define SURE 1e-4		/* a doubt is raised only when it is no accident */
#define LONG_BLOCKS 1.5

static bool within(const struct comparison *c)
{
	return c->regime == REGIME_PAIRED || c->regime == REGIME_UNPAIRED;
}

/* Runs of one side in time; in each boot alternating sides have more than two. */
static int look_at_order(struct comparison *c)
{
	size_t runs = 0, boots = 0;
	bool known = true;

	if (c->regime != REGIME_UNPAIRED || c->forced)
		return 0;
	for (size_t i = 0; i < c->nb; i++) {
		bool first = !i || c->b[i].boot != c->b[i - 1].boot;

		boots += first;
		runs += first || c->b[i].side != c->b[i - 1].side;
		known = known && !isnan(c->b[i].start);
	}
	/* two blocks a side in each boot cannot alternate more than twice or thrice */
	if (!known || runs <= 2 * boots)
		return comparison_force(c, COMPARE_WARN_NOT_INTERLEAVED, NAN, NAN);
	return 0;
}

/* Boots all of one side, then all of the other. */
static int look_at_boot_order(struct comparison *c)
{
	double first[2] = { INFINITY, INFINITY }, last[2] = { -INFINITY, -INFINITY };

	if (c->regime != REGIME_BOOTS)
		return 0;
	for (size_t i = 0; i < c->nb; i++) {
		const struct used_block *b = &c->b[i];

		if (isnan(b->start))
			return 0;
		first[b->side] = fmin(first[b->side], b->start);
		last[b->side] = fmax(last[b->side], b->start);
	}
	if (last[0] < first[1] || last[1] < first[0])
		return comparison_warn(c, COMPARE_WARN_BOOT_ORDER, NAN, NAN);
	return 0;
}

/*
 * Two states of the machine: the split of the blocks' levels that explains most variance
 * (Otsu 1979), if its halves are far apart (Ashman, Bird & Zepf 1994).
 */
static int look_at_states(struct comparison *c)
{
	double *x = malloc((c->nb + 1) * sizeof(*x)), all = 0, sum = 0, best = 0;
	size_t n = 0, cut = 0;
	struct summary lo, hi;
	int err = 0;

	if (!x)
		return -ENOMEM;
	for (size_t i = 0; i < c->nb; i++)
		if (!isnan(c->b[i].level))
			x[n++] = c->b[i].level;
	gsl_sort(x, 1, n);
	for (size_t i = 0; i < n; i++)
		all += x[i];
	for (size_t i = 1; i < n; i++) {
		double k = (double)i, rest = (double)(n - i), apart;

		sum += x[i - 1];
		apart = sum / k - (all - sum) / rest;
		if (k * rest * apart * apart > best) {
			best = k * rest * apart * apart;
			cut = i;
		}
	}
	if (n < FEW_BLOCKS || (double)cut < SMALLER_STATE * (double)n ||
		(double)(n - cut) < SMALLER_STATE * (double)n || cut < 2 || n - cut < 2)
		goto out;
	lo = summarise(x, cut);
	hi = summarise(x + cut, n - cut);
	if (M_SQRT2 * (hi.mean - lo.mean) > TWO_STATES * hypot(lo.sd, hi.sd))
		err = comparison_warn(c, COMPARE_WARN_BIMODAL, compare_pct(hi.mean - lo.mean),
			100 * (double)(n - cut) / (double)n);
out:
	free(x);
	return err;
}

/* The level of unpaired sides at the beginning and at the end. */
static int look_at_drift(struct comparison *c)
{
	double moved = 0, p = 1;

	if (c->regime != REGIME_UNPAIRED)
		return 0;
	for (int side = 0; side < 2; side++) {
		size_t fifth = c->nunits[side] / 5;
		struct welch w = welch_samples(c->level[side], fifth,
			c->level[side] + c->nunits[side] - fifth, fifth, 0.95);

		if (fabs(w.difference) > fabs(moved) && w.p < SURE) {
			moved = w.difference;
			p = w.p;
		}
	}
	if (p < SURE && fabs(moved) > log1p(c->o->margin))
		return comparison_warn(c, COMPARE_WARN_DRIFT, compare_pct(moved), NAN);
	return 0;
}

/* The effect in the first and in the last third of the rounds. */
static int look_at_effect_drift(struct comparison *c)
{
	size_t n, third;
	double sign = c->swapped ? -1 : 1, *x;
	struct summary first, last;
	struct welch w;

	if (c->regime != REGIME_PAIRED)
		return 0;
	x = comparison_levels(c, 2, &n);
	if (!x)
		return -ENOMEM;
	third = n / 3;
	first = summarise(x, third);
	last = summarise(x + n - third, third);
	free(x);
	w = welch_summary(first, last, 0.95);
	if (third < FEW_BLOCKS || !(w.p < SURE) ||
		fabs(w.difference) < log1p(c->o->margin) / 4)
		return 0;
	return comparison_warn(c, COMPARE_WARN_EFFECT_DRIFTS, compare_pct(sign * first.mean),
		compare_pct(sign * last.mean));
}

static int look_at_percentiles(struct comparison *c)
{
	int err = 0;

	for (size_t i = 0; i < c->r->npercentiles && !err; i++) {
		double p = c->r->percentiles[i].p;
		double q0 = c->quantile[0][i], q1 = c->quantile[1][i];

		if (!(q0 > 0) || !(q1 > 0))
			err = comparison_warn(c, COMPARE_WARN_ZERO, p, NAN);
		else if (percentile_thin(c, i))
			err = comparison_warn(c, COMPARE_WARN_TAIL, p,
				ceil(10 / fmin(p / 100, 1 - p / 100) - 1e-6));
	}
	if (err)
		return err;
	if (c->constant[0] && c->constant[1] && c->quantile[0][0] == c->quantile[1][0])
		return comparison_warn(c, COMPARE_WARN_CONSTANT, NAN, NAN);
	if (c->tie_step > c->o->margin / 4)
		return comparison_warn(c, COMPARE_WARN_TIES, c->tie_p, 100 * c->tie_step);
	return 0;
}

static int look_at_number(struct comparison *c)
{
	size_t fewest = fewest_units(c);
	int err = 0;

	if (within(c) && fewest > 1 && fewest < FEW_BLOCKS)
		err = comparison_warn(c, COMPARE_WARN_FEW_BLOCKS, (double)fewest, NAN);
	/* in rounds it mostly cancels, and is no cause of doubt */
	if (!err && c->regime == REGIME_UNPAIRED && c->r->block_length > LONG_BLOCKS)
		err = comparison_warn(c, COMPARE_WARN_AUTOCORRELATED, c->r->block_length, NAN);
	return err;
}

int find_doubts(struct comparison *c)
{
	int (*const look[])(struct comparison *c) = { look_at_number, look_at_order,
		look_at_boot_order, look_at_drift, look_at_effect_drift, look_at_states,
		look_at_percentiles };
	int err = 0;

	if (c->regime == REGIME_NONE)
		return 0;
	for (size_t i = 0; i < sizeof(look) / sizeof(*look) && !err; i++)
		err = look[i](c);
	return err;
}
