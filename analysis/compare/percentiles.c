/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Percentiles of each side and the cut points about them. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <gsl/gsl_sort.h>
#include "analysis/compare/compare-priv.h"
#include "analysis/statistics/tally.h"

#define HARRELL_DAVIS_UPTO 500	/* samples; above, it differs from type 7 by nothing visible */
#define CUT_RATIO 0.9		/* cut points approach a percentile in this ratio */
#define CUT_STEPS 60
#define BEYOND_POOLED 10	/* samples beyond a percentile that an interval needs */
#define BEYOND_BOOT 5
#define DEEP 4			/* standard errors of a share of the units */

/* All samples of a side, or of one unit of it. On failure T is empty. */
static int gather(const struct comparison *c, int side, size_t unit, bool all, struct tally *t)
{
	double *scratch = comparison_scratch(c);
	int err = scratch ? 0 : -ENOMEM;

	*t = (struct tally){ 0 };
	for (size_t i = 0; i < c->nb && !err; i++) {
		const double *v;

		if (c->b[i].side != side || !(all || c->b[i].unit == unit))
			continue;
		v = comparison_samples(c, i, scratch, &err);
		if (v)
			err = tally_add(t, v, c->b[i].n);
	}
	if (!err)
		err = tally_finish(t);
	if (err)
		tally_free(t);
	free(scratch);
	return err;
}

/*
 * Cut points: order statistics at probabilities that crowd geometrically about each wanted
 * percentile, so that the quantile of any reweighting of the blocks lies between two near
 * ones. Their number does not depend on the samples.
 */
static int make_cuts(struct comparison *c, int side, const struct tally *t)
{
	size_t np = c->r->npercentiles, k = 0, room = np * (2 * CUT_STEPS + 3) + 2;
	struct grid *g = &c->grid[side];
	double *q = malloc(room * sizeof(*q));

	g->cut = malloc(room * sizeof(*g->cut));
	if (!q || !g->cut) {
		free(q);
		return -ENOMEM;
	}
	q[k++] = 0;
	q[k++] = 1;
	for (size_t i = 0; i < np; i++) {
		double p = c->r->percentiles[i].p / 100, ratio = 1;

		q[k++] = p;
		for (int s = 0; s <= CUT_STEPS; s++, ratio *= CUT_RATIO) {
			q[k++] = p - p * ratio;
			q[k++] = p + (1 - p) * ratio;
		}
	}
	gsl_sort(q, 1, k);
	g->ncuts = 0;
	for (size_t i = 0; i < k; i++) {
		double n = (double)t->n, at = fmin(fmax(ceil(q[i] * n) - 1, 0), n - 1);
		double v = tally_at(t, (size_t)at);

		if (!g->ncuts || v > g->cut[g->ncuts - 1])
			g->cut[g->ncuts++] = v;
	}
	free(q);
	return 0;
}

/*
 * How far the next value is, relative, where a percentile lies among equal ones: coarse
 * clocks make it jump by as much. Not so deep within the equal ones, where it stays.
 */
static double tie_step(const struct tally *t, double p, double units)
{
	size_t n = t->n, at = (size_t)(p * (double)(n - 1)), k = tally_index(t, at);
	size_t lo = k ? t->upto[k - 1] : 0, hi = t->upto[k] - 1;
	double deep = DEEP * sqrt(p * (1 - p) / units) * (double)n;

	if (hi - lo < 2 || (!lo && hi + 1 == n))
		return 0;
	if ((!lo || (double)(at - lo) > deep) && (hi + 1 == n || (double)(hi - at) > deep))
		return 0;
	return fmin(lo ? t->v[k] - t->v[k - 1] : INFINITY,
		hi + 1 < n ? t->v[k + 1] - t->v[k] : INFINITY) / fabs(t->v[k]);
}

static void look_at_ties(struct comparison *c, int side, const struct tally *t)
{
	for (size_t i = 0; i < c->r->npercentiles; i++) {
		const struct compare_percentile *p = &c->r->percentiles[i];
		double step = tie_step(t, p->p / 100, (double)c->nunits[side]);

		if (!isfinite(step))
			continue;	/* the value is zero: there is no ratio anyway */
		c->step[i] = fmax(c->step[i], step);
		if (p->judged && step > c->tie_step) {
			c->tie_step = step;
			c->tie_p = p->p;
		}
	}
}

static int side_percentiles(struct comparison *c, int side)
{
	struct tally t;
	int err = gather(c, side, 0, true, &t);

	if (err)
		return err;
	c->r->side[side].samples = t.n;
	for (size_t i = 0; i < c->r->npercentiles; i++)
		c->quantile[side][i] = tally_quantile(c->r->estimator, &t,
			c->r->percentiles[i].p / 100);
	c->constant[side] = t.distinct == 1;
	if (t.n) {
		look_at_ties(c, side, &t);
		err = make_cuts(c, side, &t);
	}
	tally_free(&t);
	return err;
}

/* The percentiles of one boot; their logarithms are added to LOG_SUM. */
static int boot_percentiles(struct comparison *c, int side, size_t boot, double *log_sum)
{
	size_t np = c->r->npercentiles;
	struct tally t;
	int err = gather(c, side, boot, false, &t);

	if (err)
		return err;
	c->r->side[side].samples += t.n;
	if (t.n)
		look_at_ties(c, side, &t);
	for (size_t i = 0; i < np; i++) {
		double q = tally_quantile(c->r->estimator, &t, c->r->percentiles[i].p / 100);

		c->unit_quantile[side][boot * np + i] = q > 0 ? log(q) : NAN;
		log_sum[i] += q > 0 ? log(q) : NAN;
	}
	tally_free(&t);
	return 0;
}

/* Between boots: the geometric mean over boots of each boot's percentile. */
static int boots_percentiles(struct comparison *c, int side)
{
	size_t np = c->r->npercentiles, nu = c->nunits[side];
	double *log_sum = calloc(np, sizeof(*log_sum));
	int err = 0;

	c->unit_quantile[side] = malloc(nu * np * sizeof(double));
	if (!c->unit_quantile[side] || !log_sum)
		err = -ENOMEM;
	for (size_t u = 0; u < nu && !err; u++)
		err = boot_percentiles(c, side, u, log_sum);
	for (size_t i = 0; i < np && !err; i++)
		c->quantile[side][i] = exp(log_sum[i] / (double)nu);
	free(log_sum);
	return err;
}

/* Samples of the smallest side, or of the smallest boot. */
static double fewest_samples(const struct comparison *c)
{
	double fewest = INFINITY;

	for (int side = 0; side < 2; side++) {
		size_t nu = units_are_boots(c) ? c->nunits[side] : 1;

		for (size_t u = 0; u < nu; u++) {
			size_t n = 0;

			for (size_t i = 0; i < c->nb; i++)
				if (c->b[i].side == side &&
					(!units_are_boots(c) || c->b[i].unit == u))
					n += c->b[i].n;
			if (n)
				fewest = fmin(fewest, (double)n);
		}
	}
	return fewest;
}

double percentile_beyond(const struct comparison *c, size_t i)
{
	double p = c->r->percentiles[i].p / 100;

	return fewest_samples(c) * fmin(p, 1 - p);
}

bool percentile_thin(const struct comparison *c, size_t i)
{
	/* the product of, say, 1000 and 0.01 is not quite 10 */
	return percentile_beyond(c, i) < (units_are_boots(c) ? BEYOND_BOOT : BEYOND_POOLED) - 1e-6;
}

int find_percentiles(struct comparison *c)
{
	int err = 0;

	c->r->estimator = fewest_samples(c) <= HARRELL_DAVIS_UPTO ? QUANTILE_HARRELL_DAVIS :
								      QUANTILE_TYPE7;
	for (int side = 0; side < 2 && !err; side++) {
		c->quantile[side] = malloc(c->r->npercentiles * sizeof(double));
		if (!c->quantile[side])
			return -ENOMEM;
		err = units_are_boots(c) ? boots_percentiles(c, side) : side_percentiles(c, side);
	}
	return err;
}
