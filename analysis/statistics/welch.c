/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Welch's t and Holm's adjustment. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include "analysis/statistics/stats.h"

/*
 * Newton's method from the normal quantile, which is too small; the tail is convex, so it
 * climbs to the answer. GSL's inverse may fail to converge, and then it ends the program.
 */
double student_critical(double alpha, double df)
{
	double t;

	if (!(alpha > 0 && alpha < 1) || !(df > 0))
		return NAN;
	t = gsl_cdf_ugaussian_Qinv(alpha / 2);
	if (df > 1e6)
		return t;
	for (int i = 0; i < 200; i++) {
		double step = (gsl_cdf_tdist_Q(t, df) - alpha / 2) / gsl_ran_tdist_pdf(t, df);

		if (!(step > 1e-14 * t))
			break;
		t += step;
	}
	return t;
}

struct summary summarise(const double *x, size_t n)
{
	struct summary s = { NAN, NAN, n };

	if (n)
		s.mean = gsl_stats_mean(x, 1, n);
	if (n > 1)
		s.sd = gsl_stats_sd_m(x, 1, n, s.mean);
	return s;
}

struct welch welch_summary(struct summary a, struct summary b, double confidence)
{
	struct welch w = { b.mean - a.mean, NAN, NAN, NAN, NAN, { NAN, NAN } };
	double va, vb, half;

	if (a.n < 2 || b.n < 2 || isnan(a.sd) || isnan(b.sd) || isnan(w.difference))
		return w;
	va = a.sd * a.sd / (double)a.n;
	vb = b.sd * b.sd / (double)b.n;
	w.se = sqrt(va + vb);
	if (w.se == 0) {
		w.df = (double)(a.n + b.n - 2);
		w.ci = (struct interval){ w.difference, w.difference };
		w.p = w.difference == 0 ? NAN : 0;
		return w;
	}
	/* Satterthwaite 1946; written so that tiny variances do not underflow */
	va /= w.se * w.se;
	vb /= w.se * w.se;
	w.df = 1 / (va * va / (double)(a.n - 1) + vb * vb / (double)(b.n - 1));
	w.t = w.difference / w.se;
	w.p = fmin(1, 2 * gsl_cdf_tdist_Q(fabs(w.t), w.df));
	half = student_critical(1 - confidence, w.df) * w.se;
	w.ci = (struct interval){ w.difference - half, w.difference + half };
	return w;
}

struct welch welch_samples(const double *a, size_t na, const double *b, size_t nb,
	double confidence)
{
	return welch_summary(summarise(a, na), summarise(b, nb), confidence);
}

int holm_adjust(const double *p, size_t n, double *adjusted)
{
	size_t *order, m = 0, rank = 0;
	double *key, running = 0;

	if (!n)
		return 0;
	order = malloc(n * sizeof(*order));
	key = malloc(n * sizeof(*key));
	if (!order || !key) {
		free(order);
		free(key);
		return -ENOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		m += !isnan(p[i]);
		key[i] = isnan(p[i]) ? INFINITY : p[i];
	}
	gsl_sort_index(order, key, 1, n);
	for (size_t i = 0; i < n; i++) {
		size_t at = order[i];

		if (isinf(key[at])) {
			adjusted[at] = NAN;
			continue;
		}
		running = fmax(running, fmin(1, (double)(m - rank++) * key[at]));
		adjusted[at] = running;
	}
	free(order);
	free(key);
	return 0;
}
