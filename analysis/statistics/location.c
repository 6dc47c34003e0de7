/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Hodges-Lehmann estimate with the interval of the Wilcoxon signed-rank test. Order
 * statistics of the n(n+1)/2 Walsh averages are found without forming them: the count below
 * a value takes one pass over the sorted data (Johnson & Mizoguchi 1978), and bisection over
 * the ordered doubles ends at the exact one.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include "analysis/statistics/stats.h"

#define EXACT_BELOW 50		/* as R's wilcox.test */

/* Averages of two of the N sorted X, each with itself as well. */
static double averages(size_t n)
{
	return (double)n * ((double)n + 1) / 2;
}

static double count_upto(const double *x, size_t n, double t)
{
	double count = 0;
	size_t j = n;

	for (size_t i = 0; i < n; i++) {
		while (j > i && (x[i] + x[j - 1]) / 2 > t)
			j--;
		if (j <= i)
			break;
		count += (double)(j - i);
	}
	return count;
}

static int64_t order_of(double d)
{
	int64_t i;

	d += 0.0;		/* one zero only */
	memcpy(&i, &d, sizeof(i));
	return i < 0 ? INT64_MIN - i : i;
}

static double at_order(int64_t i)
{
	double d;

	i = i < 0 ? INT64_MIN - i : i;
	memcpy(&d, &i, sizeof(d));
	return d;
}

/* The k-th smallest average, k from 1. */
static double kth(const double *x, size_t n, double k)
{
	int64_t lo = order_of(x[0]), hi = order_of(x[n - 1]);

	while (lo < hi) {
		int64_t mid = (int64_t)((uint64_t)lo + ((uint64_t)hi - (uint64_t)lo) / 2);

		if (count_upto(x, n, at_order(mid)) >= k)
			hi = mid;
		else
			lo = mid + 1;
	}
	return at_order(lo);
}

static double median(const double *x, size_t n)
{
	double all = averages(n), k = floor((all + 1) / 2);
	double low = kth(x, n, k);

	if (fmod(all, 2) != 0)
		return low;
	return (low + kth(x, n, k + 1)) / 2;
}

/* Null distribution of the signed-rank sum: P(V <= v) for v = 0.., length n(n+1)/2 + 1. */
static double *signed_rank_cdf(size_t n)
{
	size_t top = n * (n + 1) / 2;
	double *f = calloc(top + 1, sizeof(*f)), sum = 0;

	if (!f)
		return NULL;
	f[0] = 1;
	for (size_t i = 1; i <= n; i++)
		for (size_t v = top + 1; v-- > 0;)
			f[v] = (f[v] + (v >= i ? f[v - i] : 0)) / 2;
	for (size_t v = 0; v <= top; v++) {
		sum += f[v];
		f[v] = fmin(sum, 1);
	}
	return f;
}

/* Moments of the statistic under the null, and its value. */
struct rank_test {
	double v, mean, sd;
	bool tied;
};

/* Signed-rank sum of x - mu0, zeros dropped, midranks for ties; tie-corrected variance. */
static int signed_rank(const double *x, size_t n, double mu0, struct rank_test *t)
{
	double *d = malloc(n * sizeof(*d) * 2), m, ties = 0;
	size_t used = 0;

	*t = (struct rank_test){ 0 };
	if (!d)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		if (x[i] == mu0)
			continue;
		d[2 * used] = fabs(x[i] - mu0);
		d[2 * used++ + 1] = x[i] > mu0;
	}
	t->tied = used < n;
	gsl_sort2(d, 2, d + 1, 2, used);
	for (size_t i = 0, j; i < used; i = j) {
		double positive = 0, run;

		for (j = i; j < used && d[2 * j] == d[2 * i]; j++)
			positive += d[2 * j + 1];
		run = (double)(j - i);
		t->v += positive * ((double)(i + j) + 1) / 2;
		t->tied |= j - i > 1;
		ties += run * run * run - run;
	}
	m = (double)used;
	t->mean = m * (m + 1) / 4;
	t->sd = sqrt(m * (m + 1) * (2 * m + 1) / 24 - ties / 48);
	free(d);
	return 0;
}

static double p_value(const struct rank_test *t, const double *cdf, size_t top, double inflate)
{
	double z, p;
	size_t v;

	if (cdf && !t->tied) {
		v = (size_t)(t->v > (double)top / 2 ? (double)top - t->v : t->v);
		return fmin(1, 2 * cdf[v]);
	}
	if (t->sd == 0)
		return 1;	/* every value equals mu0: no evidence against it */
	z = fmax(0, fabs(t->v - t->mean) - 0.5) / (t->sd * inflate);
	p = 2 * gsl_cdf_ugaussian_Q(z);
	return fmin(1, p);
}

/* The interval between the k-th smallest and the k-th largest that has the confidence. */
static void invert(const double *x, size_t n, const double *cdf, double confidence,
	double inflate, struct location *out)
{
	double alpha = 1 - confidence, m = (double)n, all = averages(n), k;
	double sd = sqrt(m * (m + 1) * (2 * m + 1) / 24);

	out->ci = (struct interval){ NAN, NAN };
	if (cdf && inflate == 1) {
		for (k = 0; cdf[(size_t)k] <= alpha / 2; k++)
			;
	} else {
		k = floor(all / 2 - gsl_cdf_ugaussian_Qinv(alpha / 2) * sd * inflate - 0.5) + 1;
	}
	if (!(k >= 1))
		return;
	out->ci.lo = kth(x, n, k);
	out->ci.hi = kth(x, n, all + 1 - k);
}

static double *sorted_copy(const double *x, size_t n)
{
	double *s = malloc((n ? n : 1) * sizeof(*s));

	if (!s)
		return NULL;
	if (n)
		memcpy(s, x, n * sizeof(*s));
	if (sort_doubles(s, n)) {
		free(s);
		return NULL;
	}
	return s;
}

static bool any_nan(const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (isnan(x[i]))
			return true;
	return false;
}

int hodges_lehmann(const double *x, size_t n, double mu0, double confidence,
	double inflate, struct location *out)
{
	double *s, *cdf = NULL;
	struct rank_test test;
	int err = -ENOMEM;

	*out = (struct location){ NAN, { NAN, NAN }, NAN };
	if (!n || any_nan(x, n))
		return 0;
	s = sorted_copy(x, n);
	if (!s)
		return -ENOMEM;
	if (n < EXACT_BELOW) {
		cdf = signed_rank_cdf(n);
		if (!cdf)
			goto out;
	}
	err = signed_rank(x, n, mu0, &test);
	if (err)
		goto out;
	out->estimate = median(s, n);
	out->p = p_value(&test, inflate == 1 ? cdf : NULL, n * (n + 1) / 2, inflate);
	invert(s, n, cdf, confidence, inflate, out);
out:
	free(cdf);
	free(s);
	return err;
}
