// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Automatic block length of the stationary bootstrap: Politis & White 2004, section 3.2
 * (the lag after which correlations are insignificant, the flat-top window, and equation
 * 9 as corrected by Patton, Politis & White 2009), with their constants.
 */
#include <math.h>
#include <stdlib.h>
#include <gsl/gsl_statistics_double.h>
#include "analysis/statistics/stats.h"

#define CRITICAL 1.96		/* c: two standard errors of a correlation */

/* Autocovariance at LAG of N centred values, divided by N. */
static double autocovariance(const double *d, size_t n, size_t lag)
{
	double sum = 0;

	for (size_t i = lag; i < n; i++)
		sum += d[i] * d[i - lag];
	return sum / (double)n;
}

/* m: the smallest lag after which K correlations in a row are insignificant. */
static size_t cut_off_lag(const double *d, size_t n, double variance, size_t k, size_t most)
{
	double limit = CRITICAL * sqrt(log10((double)n) / (double)n) * variance;
	size_t quiet = 0, last = 0;

	for (size_t lag = 1; lag <= most; lag++) {
		if (fabs(autocovariance(d, n, lag)) < limit) {
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
	double nn = (double)n, mean, variance, spectrum, g = 0, b, longest;
	size_t k, most, lag;
	double *d;

	if (inflate)
		*inflate = 1;
	d = n > 8 ? malloc(n * sizeof(*d)) : NULL;
	if (!d)
		return 1;
	mean = gsl_stats_mean(x, 1, n);
	for (size_t i = 0; i < n; i++)
		d[i] = x[i] - mean;
	variance = spectrum = autocovariance(d, n, 0);
	k = (size_t)fmax(5, ceil(sqrt(log10(nn))));
	most = (size_t)ceil(sqrt(nn)) + k;
	if (most > n - 1)
		most = n - 1;
	lag = cut_off_lag(d, n, variance, k, most);
	lag = 2 * lag < most ? 2 * lag : most;
	for (size_t i = 1; variance > 0 && i <= lag; i++) {
		double r = flat_top((double)i / (double)lag) * autocovariance(d, n, i);

		spectrum += 2 * r;
		g += 2 * (double)i * r;
	}
	free(d);
	if (!(variance > 0) || !lag || !isfinite(spectrum) || spectrum <= 0)
		return 1;
	if (inflate)
		*inflate = fmax(1, spectrum / variance);
	b = cbrt(g * g / (spectrum * spectrum) * nn);
	longest = ceil(fmin(3 * sqrt(nn), nn / 3));
	return fmax(1, fmin(b, longest));
}
