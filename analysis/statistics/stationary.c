/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Automatic block length of the stationary bootstrap: Politis & White 2004, section 3.2
 * (the lag after which correlations are insignificant, the flat-top window, and equation
 * 9 as corrected by Patton, Politis & White 2009), with their constants.
 */
#include <math.h>
#include <gsl/gsl_statistics_double.h>
#include "analysis/statistics/stats.h"

#define CRITICAL 1.96		/* c: two standard errors of a correlation */
#define FEWEST 9		/* values; of fewer there is nothing to say */

struct series {
	const double *x;
	size_t n;
	double mean;
};

/* At LAG, divided by the number of values. */
static double autocovariance(const struct series *s, size_t lag)
{
	double sum = 0;

	for (size_t i = lag; i < s->n; i++)
		sum += (s->x[i] - s->mean) * (s->x[i - lag] - s->mean);
	return sum / (double)s->n;
}

/* m: the smallest lag after which K correlations in a row are insignificant. */
static size_t cut_off_lag(const struct series *s, double variance, size_t k, size_t most)
{
	double n = (double)s->n, limit = CRITICAL * sqrt(log10(n) / n) * variance;
	size_t quiet = 0, last = 0;

	for (size_t lag = 1; lag <= most; lag++) {
		if (fabs(autocovariance(s, lag)) < limit) {
			if (++quiet == k)
				return lag - k;
			continue;
		}
		quiet = 0;
		last = lag;
	}
	return last;
}

/* The trapezoid of Politis & Romano 1995. */
static double flat_top(double t)
{
	return t <= 0.5 ? 1 : t <= 1 ? 2 * (1 - t) : 0;
}

double stationary_block_length(const double *x, size_t n, double *inflate)
{
	double nn = (double)n, variance, spectrum, g = 0, b, longest;
	struct series s = { .x = x, .n = n };
	size_t k, most, lag;

	if (inflate)
		*inflate = 1;
	if (n < FEWEST)
		return 1;
	s.mean = gsl_stats_mean(x, 1, n);
	variance = spectrum = autocovariance(&s, 0);
	k = (size_t)fmax(5, ceil(sqrt(log10(nn))));
	most = (size_t)ceil(sqrt(nn)) + k;
	if (most > n - 1)
		most = n - 1;
	lag = cut_off_lag(&s, variance, k, most);
	lag = 2 * lag < most ? 2 * lag : most;
	for (size_t i = 1; variance > 0 && i <= lag; i++) {
		double r = flat_top((double)i / (double)lag) * autocovariance(&s, i);

		spectrum += 2 * r;
		g += 2 * (double)i * r;
	}
	if (!(variance > 0) || !lag || !isfinite(spectrum) || spectrum <= 0)
		return 1;
	if (inflate)
		*inflate = fmax(1, spectrum / variance);
	b = cbrt(g * g / (spectrum * spectrum) * nn);
	longest = ceil(fmin(3 * sqrt(nn), nn / 3));
	return fmax(1, fmin(b, longest));
}
