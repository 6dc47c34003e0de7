// SPDX-License-Identifier: GPL-2.0-or-later
/* Confidence sequences: intervals that stay valid however often one looks. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "sequential.h"

#define BEST_AT 500
#define FIRST_SCALE 16		/* until then only signs count */
#define FEWEST 8
#define HUBER 1.345		/* 95% efficient for normal data (Huber 1964) */

void sequential_init(struct sequential *s, double confidence, double best_at)
{
	*s = (struct sequential){ .confidence = confidence,
				  .best_at = best_at > 0 ? best_at : BEST_AT };
}

void sequential_free(struct sequential *s)
{
	free(s->x);
	free(s->scale);
	s->x = s->scale = NULL;
	s->n = s->room = 0;
}

/* Normal-consistent median absolute deviation from the median. */
static int mad(const double *x, size_t n, double *out)
{
	double *d = malloc(n * sizeof(*d)), centre;

	if (!d)
		return -ENOMEM;
	memcpy(d, x, n * sizeof(*d));
	centre = quantile_select(d, n, 0.5);
	for (size_t i = 0; i < n; i++)
		d[i] = fabs(x[i] - centre);
	*out = 1.4826 * quantile_select(d, n, 0.5);
	free(d);
	return 0;
}

static int grow(struct sequential *s)
{
	size_t room = s->room ? 2 * s->room : 64;
	double *x = realloc(s->x, room * sizeof(*x)), *scale;

	if (!x)
		return -ENOMEM;
	s->x = x;
	scale = realloc(s->scale, room * sizeof(*scale));
	if (!scale)
		return -ENOMEM;
	s->scale = scale;
	s->room = room;
	return 0;
}

/* The scale of round n comes from rounds before it: predictable, as the proof needs. */
int sequential_add(struct sequential *s, double x)
{
	double scale = s->n ? s->scale[s->n - 1] : 0;
	int err;

	if (!isfinite(x))
		return 0;
	if (s->n == s->room) {
		err = grow(s);
		if (err)
			return err;
	}
	/* renewed whenever the rounds have doubled, so that the sum of the work is linear */
	if (s->n >= FIRST_SCALE && (s->n & (s->n - 1)) == 0) {
		err = mad(s->x, s->n, &scale);
		if (err)
			return err;
	}
	s->x[s->n] = x;
	s->scale[s->n++] = scale;
	return 0;
}

static double score(double r, double scale)
{
	if (scale == 0)
		return HUBER * ((r > 0) - (r < 0));
	return fmin(fmax(r / scale, -HUBER), HUBER);
}

/* The sum of scores about SHIFT and the sum of their squares. */
static double score_sum(const struct sequential *s, double shift, double *squares)
{
	double sum = 0, sq = 0;

	for (size_t i = 0; i < s->n; i++) {
		double psi = score(s->x[i] - shift, s->scale[i]);

		sum += psi;
		sq += psi * psi;
	}
	*squares = sq;
	return sum;
}

/* The mixture's precision that makes the boundary tightest at v (Howard et al. 2021, 3.6). */
static double mixture_rho(double v, double alpha)
{
	double l = -2 * log(alpha);

	return v / (l + log(l) + 1);
}

/* Signed excess of |S| over the boundary: positive where the shift is rejected from below. */
static double excess(const struct sequential *s, double shift, double rho, int sign)
{
	double alpha = 1 - s->confidence, v, sum = score_sum(s, shift, &v);

	return sign * sum - sqrt((v + rho) * log((v + rho) / (rho * alpha * alpha)));
}

static double rho_of(const struct sequential *s)
{
	return mixture_rho(0.7 * s->best_at, 1 - s->confidence);
}

/* From a shift that is kept towards one that is not: where the boundary is crossed. */
static double cross(const struct sequential *s, double kept, double step, double rho, int sign)
{
	double out = kept;

	/* A few doublings reach beyond all the data, where |S| is largest. */
	for (int i = 0; i < 1100; i++) {
		out = kept + step;
		if (excess(s, out, rho, sign) > 0)
			break;
		step *= 2;
		if (!isfinite(step))
			return NAN;
	}
	for (int i = 0; i < 60; i++) {
		double mid = kept + (out - kept) / 2;

		if (excess(s, mid, rho, sign) > 0)
			out = mid;
		else
			kept = mid;
	}
	return out;
}

double sequential_estimate(const struct sequential *s)
{
	double lo, hi, v;

	if (!s->n)
		return NAN;
	lo = hi = s->x[0];
	for (size_t i = 1; i < s->n; i++) {
		lo = fmin(lo, s->x[i]);
		hi = fmax(hi, s->x[i]);
	}
	for (int i = 0; i < 60 && lo < hi; i++) {
		double mid = lo + (hi - lo) / 2;

		if (score_sum(s, mid, &v) > 0)
			lo = mid;
		else
			hi = mid;
	}
	return lo + (hi - lo) / 2;
}

struct interval sequential_interval(const struct sequential *s)
{
	struct interval none = { NAN, NAN }, ci;
	double rho = rho_of(s), centre, lo, hi, step;

	if (s->n < FEWEST)
		return none;
	centre = sequential_estimate(s);
	lo = hi = s->x[0];
	for (size_t i = 1; i < s->n; i++) {
		lo = fmin(lo, s->x[i]);
		hi = fmax(hi, s->x[i]);
	}
	if (lo == hi)
		return (struct interval){ lo, hi };
	/* Beyond the data every score has one sign: if not rejected there, never. */
	step = hi - lo;
	if (excess(s, lo - 3 * step, rho, 1) <= 0 || excess(s, hi + 3 * step, rho, -1) <= 0)
		return none;
	step /= 1024;
	ci.lo = cross(s, centre, -step, rho, 1);
	ci.hi = cross(s, centre, step, rho, -1);
	return ci;
}

/* The smallest error at which SHIFT is outside the confidence sequence, two-sided. */
double sequential_p(const struct sequential *s, double shift)
{
	double rho = rho_of(s), v, sum = score_sum(s, shift, &v);

	if (!s->n)
		return NAN;
	return fmin(1, sqrt((v + rho) / rho) * exp(-sum * sum / (v + rho) / 2));
}

double sequential_critical(double n, double best_at, double alpha)
{
	double r = mixture_rho(best_at > 0 ? best_at : BEST_AT, alpha);

	if (!(n > 0))
		return NAN;
	return sqrt((n + r) / n * log((n + r) / (r * alpha * alpha)));
}

double sequential_critical_p(double n, double best_at, double alpha, double t)
{
	double r = mixture_rho(best_at > 0 ? best_at : BEST_AT, alpha);

	return fmin(1, sqrt((n + r) / r) * exp(-t * t * n / (n + r) / 2));
}
