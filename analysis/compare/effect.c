/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The effect: the most precise estimate of the typical change. From rounds, the
 * Hodges-Lehmann estimate over the differences of the blocks' levels.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <gsl/gsl_cdf.h>
#include "analysis/compare/compare-priv.h"

#define FEWEST_RANKS 6		/* fewer cannot give 95% with signed ranks */

/* One-sided p of "not above +MARGIN" and "not below -MARGIN" from a t statistic. */
static void p_from_t(const struct comparison *c, struct effect *e, double df)
{
	double margin = log1p(c->o->margin), alpha = 1 - c->o->confidence;
	double over[2] = { e->delta - margin, -e->delta - margin };

	for (int i = 0; i < 2; i++) {
		double p = e->se > 0 ? comparison_p(c, alpha, over[i] / e->se, df) / 2 : 0;

		if (over[i] <= 0)
			p = e->se > 0 ? 1 - p : 1;
		*(i ? &e->p_below : &e->p_above) = p;
	}
}

/* Estimate and standard error known: the interval, and the p-values. */
static void from_t(const struct comparison *c, double confidence, struct effect *e, double df)
{
	double half = comparison_critical(c, 1 - confidence, df) * e->se;

	if (isnan(e->se))
		return;
	if (e->se == 0)
		half = 0;
	e->ci = (struct interval){ e->delta - half, e->delta + half };
	p_from_t(c, e, df);
}

static void one_sample_t(const struct comparison *c, double confidence, const double *x, size_t n,
	struct effect *e)
{
	struct summary s = summarise(x, n);

	e->delta = s.mean;
	e->se = s.sd / sqrt((double)n);
	if (n > 1)
		from_t(c, confidence, e, (double)n - 1);
}

static void width_to_se(double confidence, struct effect *e)
{
	e->se = (e->ci.hi - e->ci.lo) / 2 /
		gsl_cdf_ugaussian_Qinv((1 - confidence) / 2);
}

/* Confidence sequence over the rounds in their order. */
static int rounds_sequential(const struct comparison *c, double confidence, const double *x,
	size_t n, struct effect *e)
{
	double margin = log1p(c->o->margin);
	struct sequential s;
	int err = 0;

	sequential_init(&s, confidence);
	for (size_t i = 0; i < n && !err; i++)
		err = sequential_add(&s, x[i]);
	if (!err) {
		e->delta = sequential_estimate(&s);
		e->ci = sequential_interval(&s);
		width_to_se(confidence, e);
		e->p_above = sequential_p(&s, margin) / 2;
		e->p_below = sequential_p(&s, -margin) / 2;
		if (e->delta <= margin)
			e->p_above = 1 - e->p_above;
		if (e->delta >= -margin)
			e->p_below = 1 - e->p_below;
	}
	sequential_free(&s);
	return err;
}

/* Signed ranks, i.e. sign-flips of ranks inverted, widened if rounds are autocorrelated. */
static int rounds_ranked(const struct comparison *c, double confidence, const double *x, size_t n,
	struct effect *e)
{
	double margin = log1p(c->o->margin), inflate = 1;
	struct location above, below;
	int err;

	stationary_block_length(x, n, &inflate);
	inflate = sqrt(inflate);
	err = hodges_lehmann(x, n, margin, confidence, inflate, &above);
	if (!err)
		err = hodges_lehmann(x, n, -margin, confidence, inflate, &below);
	if (err)
		return err;
	e->delta = above.estimate;
	e->ci = above.ci;
	width_to_se(confidence, e);
	e->p_above = e->delta > margin ? above.p / 2 : 1 - above.p / 2;
	e->p_below = e->delta < -margin ? below.p / 2 : 1 - below.p / 2;
	return 0;
}

static int effect_pairs(const struct comparison *c, double confidence, struct effect *e)
{
	size_t n;
	double *x = comparison_levels(c, 2, &n);
	int err = 0;

	if (!x)
		return -ENOMEM;
	e->left_out = c->nunits[0] - n;
	if (n && c->regime == REGIME_PAIRED_BOOTS)
		one_sample_t(c, confidence, x, n, e);
	else if (n && c->o->sequential)
		err = rounds_sequential(c, confidence, x, n, e);
	else if (n && n < FEWEST_RANKS)
		one_sample_t(c, confidence, x, n, e);
	else if (n)
		err = rounds_ranked(c, confidence, x, n, e);
	free(x);
	return err;
}

/* Unpaired blocks: the difference of means, its variance that of two dependent series. */
static void blocks_t(const struct comparison *c, double confidence, double *const x[2],
	const size_t n[2], struct effect *e)
{
	double inflate[2], length[2], share[2];
	struct summary s[2];
	struct welch w;

	for (int side = 0; side < 2; side++) {
		length[side] = stationary_block_length(x[side], n[side], &inflate[side]);
		s[side] = summarise(x[side], n[side]);
		share[side] = fmin(0.5, length[side] / (double)n[side]);
		s[side].sd *= sqrt(inflate[side] / (1 - share[side]));
	}
	w = welch_summary(s[0], s[1], confidence);
	e->delta = w.difference;
	e->se = w.se;
	from_t(c, confidence, e, fmax(1, 1 / share[0] + 1 / share[1] - 2));
}

static int effect_two(const struct comparison *c, double confidence, struct effect *e)
{
	size_t n[2];
	double *x[2];
	int err = 0;

	for (int side = 0; side < 2; side++) {
		x[side] = comparison_levels(c, side, &n[side]);
		e->left_out += c->nunits[side] - n[side];
	}
	if (!x[0] || !x[1]) {
		err = -ENOMEM;
	} else if (n[0] && n[1] && c->regime == REGIME_BOOTS) {
		struct welch w = welch_samples(x[0], n[0], x[1], n[1], confidence);

		e->delta = w.difference;
		e->se = w.se;
		from_t(c, confidence, e, w.df);
	} else if (n[0] && n[1]) {
		blocks_t(c, confidence, x, n, e);
	}
	free(x[0]);
	free(x[1]);
	return err;
}

int find_effect(struct comparison *c, double confidence, struct effect *e)
{
	*e = (struct effect){ NAN, { NAN, NAN }, NAN, NAN, NAN, 0 };
	if (c->regime == REGIME_NONE)
		return 0;
	return c->regime == REGIME_PAIRED || c->regime == REGIME_PAIRED_BOOTS ?
		effect_pairs(c, confidence, e) : effect_two(c, confidence, e);
}
