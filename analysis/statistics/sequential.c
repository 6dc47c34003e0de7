/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Confidence sequences: intervals that stay valid however often one looks. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_roots.h>
#include "analysis/statistics/stats.h"

#define BEST_AT 500		/* the rounds at which intervals are tightest */
#define FIRST_SCALE 16		/* until then only signs count */
#define FEWEST 8
#define MOST_STEPS 200
#define HUBER 1.345		/* 95% efficient for normal data (Huber 1964) */

void sequential_init(struct sequential *s, double confidence)
{
	*s = (struct sequential){ .confidence = confidence };
}

void sequential_free(struct sequential *s)
{
	free(s->x);
	free(s->scale);
	if (s->solver)
		gsl_root_fsolver_free(s->solver);
	s->x = s->scale = NULL;
	s->solver = NULL;
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

/* All memory that is ever needed: looking at the rounds that there are cannot fail. */
static int grow(struct sequential *s)
{
	size_t room = s->room ? 2 * s->room : 64;
	double *x, *scale;

	if (!s->solver)
		s->solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
	x = s->solver ? realloc(s->x, room * sizeof(*x)) : NULL;
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

static double rho_of(const struct sequential *s)
{
	return mixture_rho(0.7 * BEST_AT, 1 - s->confidence);
}

/* A function of a shift whose root is wanted. */
struct wanted {
	const struct sequential *s;
	double rho;
	int sign;
};

/* Signed excess of |S| over the boundary: positive where the shift is rejected from below. */
static double excess(double shift, void *arg)
{
	const struct wanted *w = arg;
	double alpha = 1 - w->s->confidence, v, sum = score_sum(w->s, shift, &v);

	return w->sign * sum - sqrt((v + w->rho) * log((v + w->rho) / (w->rho * alpha * alpha)));
}

static double sum_at(double shift, void *arg)
{
	const struct wanted *w = arg;
	double squares;

	return score_sum(w->s, shift, &squares);
}

/*
 * A root between A and B, to a few units in the last place of the larger (Brent 1973). NAN
 * where F does not have two signs there.
 */
static double root(double (*f)(double, void *), struct wanted *w, double a, double b)
{
	gsl_function fn = { f, w };
	double near = 1e-13 * fmax(fabs(a), fabs(b));
	gsl_root_fsolver *solver = w->s->solver;

	if (!(f(a, w) * f(b, w) <= 0))
		return NAN;	/* what GSL would abort for */
	gsl_root_fsolver_set(solver, &fn, a, b);
	for (int i = 0; i < MOST_STEPS; i++) {
		gsl_root_fsolver_iterate(solver);
		if (gsl_root_fsolver_x_upper(solver) - gsl_root_fsolver_x_lower(solver) <= near)
			break;
	}
	return gsl_root_fsolver_root(solver);
}

static struct interval range(const struct sequential *s)
{
	struct interval r = { s->x[0], s->x[0] };

	for (size_t i = 1; i < s->n; i++) {
		r.lo = fmin(r.lo, s->x[i]);
		r.hi = fmax(r.hi, s->x[i]);
	}
	return r;
}

double sequential_estimate(const struct sequential *s)
{
	struct wanted w = { .s = s };
	struct interval r;

	if (!s->n)
		return NAN;
	r = range(s);
	/* at an end of the data the sum is 0 only where all rounds are equal */
	return r.lo < r.hi ? root(sum_at, &w, r.lo, r.hi) : r.lo;
}

struct interval sequential_interval(const struct sequential *s)
{
	struct wanted from_below = { s, rho_of(s), 1 }, from_above = { s, rho_of(s), -1 };
	struct interval none = { NAN, NAN }, r;
	double centre, lo, hi;

	if (s->n < FEWEST)
		return none;
	r = range(s);
	if (r.lo == r.hi)
		return r;
	/* Beyond the data every score has one sign: if not rejected there, never. */
	lo = r.lo - 3 * (r.hi - r.lo);
	hi = r.hi + 3 * (r.hi - r.lo);
	if (!(excess(lo, &from_below) > 0 && excess(hi, &from_above) > 0))
		return none;
	centre = sequential_estimate(s);
	return (struct interval){ root(excess, &from_below, lo, centre),
		root(excess, &from_above, centre, hi) };
}

double sequential_p(const struct sequential *s, double shift)
{
	double rho = rho_of(s), v, sum = score_sum(s, shift, &v);

	if (!s->n)
		return NAN;
	return fmin(1, sqrt((v + rho) / rho) * exp(-sum * sum / (v + rho) / 2));
}

double sequential_critical(double n, double alpha)
{
	double r = mixture_rho(BEST_AT, alpha);

	if (!(n > 0))
		return NAN;
	return sqrt((n + r) / n * log((n + r) / (r * alpha * alpha)));
}

double sequential_critical_p(double n, double alpha, double t)
{
	double r = mixture_rho(BEST_AT, alpha);

	return fmin(1, sqrt((n + r) / r) * exp(-t * t * n / (n + r) / 2));
}
