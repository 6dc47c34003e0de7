/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Published figures, judged. */
#include <math.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include "analysis/compare/history.h"

#define ALPHA (1 - HISTORY_CONFIDENCE)
#define STEPS 2000		/* of Simpson's rule; even */
#define MOST_RUNS 1e9

/*
 * P(|T| > critical) given the scale u = sqrt(chi2 / df), times the density of v = sqrt(u):
 * that of u itself is not smooth at 0 with few degrees of freedom.
 */
static double power_at(double v, double ncp, double critical, double df)
{
	double u = v * v;
	double above = gsl_cdf_ugaussian_P(ncp - critical * u);
	double below = gsl_cdf_ugaussian_P(-ncp - critical * u);

	return (above + below) * 4 * df * u * v * gsl_ran_chisq_pdf(df * u * u, df);
}

double history_power(double ncp, double df)
{
	double critical = student_critical(ALPHA, df), wide, lo, step, sum = 0;

	if (isnan(critical) || isnan(ncp))
		return NAN;
	/* the scale is 1 then, and the density of chi-square loses digits */
	if (df > 1e6)
		return gsl_cdf_ugaussian_P(ncp - critical) + gsl_cdf_ugaussian_P(-ncp - critical);
	wide = 9 / sqrt(2 * df);
	lo = sqrt(fmax(0, 1 - wide));
	step = (sqrt(1 + wide) - lo) / STEPS;
	for (int i = 0; i <= STEPS; i++) {
		double v = lo + i * step;

		if (v > 0)
			sum += power_at(v, ncp, critical, df) *
			       (i == 0 || i == STEPS ? 1 : i % 2 ? 4 : 2);
	}
	return fmin(1, sum * step / 3);
}

/* The distance from 0, in standard errors, that is found with the power wanted. */
static double detectable_ncp(double df)
{
	double lo = 0, hi = 2 * student_critical(ALPHA, df);

	if (isnan(hi))
		return NAN;
	while (history_power(hi, df) < HISTORY_POWER && hi < 1e6)
		hi *= 2;
	for (int i = 0; i < 60; i++) {
		double mid = (lo + hi) / 2;

		if (history_power(mid, df) < HISTORY_POWER)
			lo = mid;
		else
			hi = mid;
	}
	return hi;
}

/* Do N runs a side find DELTA when one run has variance VA before and VB after? */
static bool enough(double n, double delta, double va, double vb)
{
	double df = (n - 1) * (va + vb) * (va + vb) / (va * va + vb * vb);

	return history_power(delta / sqrt((va + vb) / n), df) >= HISTORY_POWER;
}

static double runs_needed(double delta, double va, double vb)
{
	double lo = 1, hi = 2;

	if (isnan(va + vb) || va + vb == 0)
		return va + vb == 0 ? 2 : NAN;
	while (!enough(hi, delta, va, vb)) {
		lo = hi;
		hi *= 2;
		if (hi > MOST_RUNS)
			return NAN;
	}
	while (hi - lo > 1) {
		double mid = floor((lo + hi) / 2);

		if (enough(mid, delta, va, vb))
			hi = mid;
		else
			lo = mid;
	}
	return hi;
}

enum compare_verdict history_verdict(struct interval ci, double margin)
{
	double better = 1 / (1 + margin) - 1;

	if (isnan(ci.lo) || isnan(ci.hi))
		return COMPARE_INCONCLUSIVE;
	if (ci.lo > margin)
		return COMPARE_REGRESSION;
	if (ci.hi < better)
		return COMPARE_IMPROVEMENT;
	return ci.lo >= better && ci.hi <= margin ? COMPARE_EQUIVALENT : COMPARE_INCONCLUSIVE;
}

static void linear(struct history_test *h, const struct welch *w, struct summary a,
	struct summary b)
{
	double ra = a.sd / a.mean, rb = b.sd / b.mean;

	h->change = b.mean / a.mean - 1;
	h->se = b.mean / a.mean * sqrt(ra * ra / (double)a.n + rb * rb / (double)b.n);
	h->ci = (struct interval){ w->ci.lo / a.mean, w->ci.hi / a.mean };
	h->detectable = detectable_ncp(w->df) * w->se / a.mean;
}

static void logarithmic(struct history_test *h, const struct welch *w)
{
	h->change = expm1(w->difference);
	h->se = exp(w->difference) * w->se;
	h->ci = (struct interval){ expm1(w->ci.lo), expm1(w->ci.hi) };
	h->detectable = expm1(detectable_ncp(w->df) * w->se);
}

struct history_test history_welch(struct summary before, struct summary after,
	enum history_scale scale, double margin)
{
	struct welch w = welch_summary(before, after, HISTORY_CONFIDENCE);
	struct history_test h = { .t = w.t, .df = w.df, .p = w.p };
	double delta = scale == HISTORY_LINEAR ? margin * before.mean : log1p(margin);

	if (scale == HISTORY_LINEAR)
		linear(&h, &w, before, after);
	else
		logarithmic(&h, &w);
	h.verdict = history_verdict(h.ci, margin);
	h.runs = runs_needed(delta, before.sd * before.sd, after.sd * after.sd);
	return h;
}

struct summary history_scatter(struct summary before, struct summary after)
{
	double da = (double)before.n - 1, db = (double)after.n - 1;
	struct summary s = { 0, NAN, before.n + after.n - 1 };

	if (before.n > 1 && after.n > 1)
		s.sd = sqrt((before.sd * before.sd * da + after.sd * after.sd * db) / (da + db));
	return s;
}

struct history_test history_borrowed(double ratio, struct summary scatter, double margin)
{
	double df = (double)scatter.n - 1, se = scatter.sd * sqrt(2), at = log(ratio);
	double half = student_critical(ALPHA, df) * se;
	struct history_test h = { .change = ratio - 1, .se = ratio * se, .df = df };

	h.t = at / se;
	h.p = fmin(1, 2 * gsl_cdf_tdist_Q(fabs(h.t), df));
	h.ci = (struct interval){ expm1(at - half), expm1(at + half) };
	h.verdict = history_verdict(h.ci, margin);
	h.detectable = expm1(detectable_ncp(df) * se);
	h.runs = runs_needed(log1p(margin), scatter.sd * scatter.sd, scatter.sd * scatter.sd);
	return h;
}

struct summary history_perf_stat(double mean, double sem_pct, size_t runs)
{
	return (struct summary){ mean, mean * sem_pct / 100 * sqrt((double)runs), runs };
}
