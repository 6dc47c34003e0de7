/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From standard errors to intervals, and from intervals to the verdict. Everything here is
 * in the comparison's own orientation; WORSE turns a change into "worse is positive".
 */
#include <math.h>
#include <gsl/gsl_cdf.h>
#include "analysis/compare/compare-priv.h"

#define HOPELESS 100		/* times the present data: say so rather than a number */

static double worse_sign(const struct comparison *c)
{
	return c->o->larger_is_better != c->swapped ? -1 : 1;
}

static struct interval turn(struct interval i, double sign)
{
	return sign > 0 ? i : (struct interval){ -i.hi, -i.lo };
}

static struct interval around(double x, double half)
{
	return (struct interval){ x - half, x + half };
}

/*
 * An interval of CRITICAL standard errors, made to hold the bootstrap's percentile interval
 * of the same error (Efron 1981, the tail that of Student's t: Hesterberg 2015). They agree
 * where replicates scatter evenly. Where a percentile lies in the gap between two states of
 * the machine, nearly all replicates may fall on one side of the estimate, and an interval
 * about the estimate alone excludes what they say.
 */
static struct interval interval_for(const struct comparison *c, size_t i, double alpha)
{
	size_t nr = (size_t)c->o->replicates;
	double delta = c->r->percentiles[i].delta, step = log1p(c->step[i]), critical, tail;
	const double *d = c->replicate ? c->replicate + i * nr : NULL;
	struct interval ci;

	/* boots without any scatter have no degrees of freedom to look up */
	critical = d || c->se[i] > 0 ? comparison_critical(c, alpha, c->df[i]) : 0;
	ci = around(delta, critical * c->se[i] + step);
	if (!d)
		return ci;
	tail = gsl_cdf_ugaussian_Q(critical);
	ci.lo = fmin(ci.lo, quantile_sorted(d, nr, tail));
	ci.hi = fmax(ci.hi, quantile_sorted(d, nr, 1 - tail));
	return ci;
}

static void set_intervals(struct comparison *c)
{
	double alpha = 1 - c->o->confidence;

	for (size_t i = 0; i < c->r->npercentiles; i++) {
		struct compare_percentile *p = &c->r->percentiles[i];
		double before = c->quantile[0][i], after = c->quantile[1][i];

		p->before = before;
		p->after = after;
		p->delta = log_change(before, after);
		p->ci = p->band = (struct interval){ NAN, NAN };
		if (isnan(c->se[i]) || isnan(p->delta))
			continue;
		p->ci = interval_for(c, i, alpha);
		p->band = interval_for(c, i, c->alpha_band);
	}
}

/* The percentile that is most surely worse: the one whose band begins highest. */
static void set_worst(struct comparison *c)
{
	double sign = worse_sign(c);

	c->r->worst.p = c->r->worst.worse = NAN;
	c->r->worst.band = (struct interval){ NAN, NAN };
	for (size_t i = 0; i < c->r->npercentiles; i++) {
		const struct compare_percentile *p = &c->r->percentiles[i];
		struct interval band = turn(p->band, sign);

		if (!p->judged || isnan(band.lo) ||
			(!isnan(c->r->worst.p) && band.lo <= c->r->worst.band.lo))
			continue;
		c->r->worst.p = p->p;
		c->r->worst.worse = sign * p->delta;
		c->r->worst.band = band;
	}
}

/* Where the judged percentiles and the effect stand against the margin. */
struct standing {
	bool worse, better, inside;
	double worse_p, better_p;	/* the first percentile of each; 0: the effect */
};

static void stand(struct standing *s, struct interval i, double margin, double p)
{
	if (i.lo > margin && !s->worse) {
		s->worse = true;
		s->worse_p = p;
	}
	if (i.hi < -margin && !s->better) {
		s->better = true;
		s->better_p = p;
	}
	/* written so that NAN is not inside */
	if (!(i.lo > -margin && i.hi < margin))
		s->inside = false;
}

static int set_verdict(struct comparison *c)
{
	double sign = worse_sign(c), margin = log1p(c->o->margin);
	struct standing s = { false, false, true, NAN, NAN };
	size_t judged = 0;

	stand(&s, turn(c->r->effect.band, sign), margin, 0);
	for (size_t i = 0; i < c->r->npercentiles; i++) {
		if (!c->r->percentiles[i].judged)
			continue;
		judged++;
		stand(&s, turn(c->r->percentiles[i].band, sign), margin,
			c->r->percentiles[i].p);
	}
	c->r->verdict = COMPARE_INCONCLUSIVE;
	if (c->forced)
		return 0;
	if (s.worse)
		c->r->verdict = COMPARE_REGRESSION;
	else if (s.better)
		c->r->verdict = COMPARE_IMPROVEMENT;
	else if (s.inside && judged)
		c->r->verdict = COMPARE_EQUIVALENT;
	if (s.worse && s.better)
		return comparison_warn(c, COMPARE_WARN_OPPOSITE, s.worse_p, s.better_p);
	return 0;
}

/*
 * The two-sided p at which the percentile interval begins on the margin: the inverse of
 * what interval_for() does, interpolating between replicates as it does.
 */
static double replicates_p(const struct comparison *c, size_t i, double sign, double margin)
{
	size_t nr = (size_t)c->o->replicates, k = 0;
	const double *d = c->replicate ? c->replicate + i * nr : NULL;
	double last, next, share;

	/* K replicates in the order of "worse" are not beyond the margin */
	while (d && k < nr && sign * d[sign > 0 ? k : nr - 1 - k] <= margin)
		k++;
	if (!k)
		return 0;
	if (k == nr)
		return 1;
	last = sign * d[sign > 0 ? k - 1 : nr - k];
	next = sign * d[sign > 0 ? k : nr - 1 - k];
	share = ((double)k - 1 + (margin - last) / (next - last)) / (double)(nr - 1);
	if (share >= 0.5)
		return 1;
	if (share <= 0)
		return 0;
	return comparison_p(c, c->alpha_band, gsl_cdf_ugaussian_Qinv(share), c->df[i]);
}

/* The two-sided p of "percentile I is not beyond the margin", by both its intervals. */
static double percentile_p(const struct comparison *c, size_t i, double sign, double margin)
{
	double over = sign * c->r->percentiles[i].delta - margin - log1p(c->step[i]), p = 0;

	if (over <= 0)
		return 1;
	if (c->se[i] > 0)
		p = comparison_p(c, c->alpha_band, over / c->se[i], c->df[i]);
	return fmax(p, replicates_p(c, i, sign, margin));
}

/*
 * The regression may show in the effect or at any judged percentile: the smallest of their
 * two-sided p-values, times the number of tests that the band's error amounts to. At most
 * 1 - confidence just when one of the bands begins above the margin.
 */
static void set_p(struct comparison *c, const struct effect *e)
{
	double sign = worse_sign(c), margin = log1p(c->o->margin), p = NAN;
	double alpha = 1 - c->o->confidence, times = alpha / c->alpha_band;

	if (c->forced)
		goto out;
	p = times * 2 * (sign > 0 ? e->p_above : e->p_below);
	for (size_t i = 0; i < c->r->npercentiles; i++) {
		const struct compare_percentile *q = &c->r->percentiles[i];

		if (q->judged && !isnan(q->band.lo))
			p = fmin(p, times * percentile_p(c, i, sign, margin));
	}
out:
	c->r->p_regression = p > 1 ? 1 : p;
}

/* How many units make a reach of HALF shrink to GAP; INFINITY beyond HOPELESS. */
static double units_for(const struct comparison *c, double half, double gap, double alpha,
	double df)
{
	double n = (double)fewest_units(c);
	double lo = 1, hi = HOPELESS, now;

	if (half < gap)
		return n;
	now = comparison_critical(c, alpha, df);
	for (int i = 0; i < 20; i++) {
		double f = (lo + hi) / 2;
		double then = comparison_critical(c, alpha, df * f) / sqrt(f) * half / now;

		if (then < gap)
			hi = f;
		else
			lo = f;
	}
	return hi < HOPELESS * 0.999 ? ceil(n * hi) : INFINITY;
}

/* The units that one interval needs to leave the margin on the side where its estimate is. */
static double units_of(const struct comparison *c, const struct effect *e,
	const struct compare_percentile *p, bool *beyond)
{
	struct interval band = p ? p->band : c->r->effect.band;
	double delta = p ? p->delta : e->delta, margin = log1p(c->o->margin), df = 1e6;
	double above = band.hi - delta, below = delta - band.lo, alpha = c->alpha_band;

	*beyond = false;
	if (p && isnan(band.lo))
		return (double)c->nunits[0] * 10 /
			percentile_beyond(c, (size_t)(p - c->r->percentiles));
	if (isnan(band.lo))
		return INFINITY;
	if (p)
		df = c->df[p - c->r->percentiles];
	else if (units_are_boots(c))
		df = (double)(c->nunits[0] + c->nunits[1] - 2);
	df = fmin(df, 1e6);
	*beyond = fabs(delta) > margin;
	/* bands need not reach equally far on both sides */
	if (*beyond)
		return units_for(c, delta > 0 ? below : above, fabs(delta) - margin, alpha, df);
	return fmax(units_for(c, above, margin - delta, alpha, df),
		units_for(c, below, margin + delta, alpha, df));
}

/*
 * A change beyond the margin needs the first interval to clear it; otherwise all of them
 * have to fit inside. Takes the present estimates for true.
 */
static double units_needed(const struct comparison *c, const struct effect *e, double *which)
{
	double clear = INFINITY, fit = 0, clear_p = NAN, fit_p = NAN;
	bool any = false;

	for (size_t i = 0; i <= c->r->npercentiles; i++) {
		const struct compare_percentile *p = i ? &c->r->percentiles[i - 1] : NULL;
		bool beyond;
		double need;

		if (p && !p->judged)
			continue;
		need = units_of(c, e, p, &beyond);
		if (beyond && (!any || need < clear)) {
			clear = need;
			clear_p = p ? p->p : 0;
			any = true;
		} else if (!beyond && need > fit) {
			fit = need;
			fit_p = p ? p->p : 0;
		}
	}
	*which = any ? clear_p : fit_p;
	return any ? clear : fit;
}

static enum compare_needs_what unit_name(const struct comparison *c)
{
	switch (c->regime) {
	case REGIME_PAIRED:
		return COMPARE_NEEDS_ROUNDS;
	case REGIME_UNPAIRED:
		return COMPARE_NEEDS_BLOCKS;
	case REGIME_BOOTS:
	case REGIME_PAIRED_BOOTS:
		return COMPARE_NEEDS_BOOTS;
	case REGIME_NONE:
		break;
	}
	return COMPARE_NEEDS_DATA;
}

/* What a forced verdict asks for; the gravest cause comes first. */
static struct compare_needs forced_needs(const struct comparison *c)
{
	struct compare_needs needs = { COMPARE_NEEDS_DATA, NAN, NAN };

	for (size_t i = 0; i < c->r->nwarnings; i++) {
		const struct compare_warning *w = &c->r->warnings[i];

		switch (w->code) {
		case COMPARE_WARN_EMPTY_SIDE:
			return (struct compare_needs){ COMPARE_NEEDS_DATA, NAN, NAN };
		case COMPARE_WARN_ONE_BOOT:
			return (struct compare_needs){ COMPARE_NEEDS_BOOTS,
				3 - fmin(w->a, w->b), NAN };
		case COMPARE_WARN_NOT_INTERLEAVED:
			needs = (struct compare_needs){ COMPARE_NEEDS_ORDER, NAN, NAN };
			break;
		case COMPARE_WARN_ONE_BLOCK:
			if (needs.what != COMPARE_NEEDS_ORDER)
				needs = (struct compare_needs){ unit_name(c), 20, NAN };
			break;
		default:
			break;
		}
	}
	return needs;
}

static void set_needs(struct comparison *c, const struct effect *e)
{
	double n = (double)fewest_units(c);
	struct compare_needs *needs = &c->r->needs;
	bool nothing = true;

	*needs = (struct compare_needs){ COMPARE_NEEDS_NONE, 0, NAN };
	if (c->r->verdict != COMPARE_INCONCLUSIVE)
		return;
	if (c->forced) {
		*needs = forced_needs(c);
		return;
	}
	for (size_t i = 0; i < c->r->npercentiles; i++)
		nothing = nothing && isnan(c->r->percentiles[i].delta);
	if (nothing) {
		*needs = (struct compare_needs){ COMPARE_NEEDS_DATA, NAN, NAN };
		return;
	}
	needs->what = unit_name(c);
	needs->more = fmax(1, ceil(units_needed(c, e, &needs->p) - n));
}

int find_verdict(struct comparison *c, const struct effect *e, struct interval band)
{
	int err;

	set_intervals(c);
	c->r->effect.delta = e->delta;
	c->r->effect.ci = e->ci;
	c->r->effect.band = band;
	set_worst(c);
	err = set_verdict(c);
	if (err)
		return err;
	set_p(c, e);
	set_needs(c, e);
	return 0;
}
