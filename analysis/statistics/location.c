// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hodges-Lehmann estimates with the intervals of the Wilcoxon tests. Order statistics of
 * the n(n+1)/2 Walsh averages (or nx ny differences) are found without forming them: the
 * count below a value takes one pass over the sorted data (Johnson & Mizoguchi 1978), and
 * bisection over the ordered doubles ends at the exact one.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_cdf.h>
#include "analysis/statistics/stats.h"

#define EXACT_BELOW 50		/* as R's wilcox.test */

/* Sorted data whose pairwise averages (y NULL) or differences y - x are counted. */
struct pairwise {
	const double *x, *y;
	size_t nx, ny;
};

static double total(const struct pairwise *w)
{
	double nx = (double)w->nx;

	return w->y ? nx * (double)w->ny : nx * (nx + 1) / 2;
}

static double count_upto(const struct pairwise *w, double t)
{
	double count = 0;
	size_t j;

	if (w->y) {
		j = 0;
		for (size_t i = 0; i < w->nx; i++) {
			while (j < w->ny && w->y[j] - w->x[i] <= t)
				j++;
			count += (double)j;
		}
		return count;
	}
	j = w->nx;
	for (size_t i = 0; i < w->nx; i++) {
		while (j > i && (w->x[i] + w->x[j - 1]) / 2 > t)
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

/* The k-th smallest, k from 1. */
static double kth(const struct pairwise *w, double k)
{
	double first = w->y ? w->y[0] - w->x[w->nx - 1] : w->x[0];
	double last = w->y ? w->y[w->ny - 1] - w->x[0] : w->x[w->nx - 1];
	int64_t lo = order_of(first), hi = order_of(last);

	while (lo < hi) {
		int64_t mid = (int64_t)((uint64_t)lo + ((uint64_t)hi - (uint64_t)lo) / 2);

		if (count_upto(w, at_order(mid)) >= k)
			hi = mid;
		else
			lo = mid + 1;
	}
	return at_order(lo);
}

static double median(const struct pairwise *w)
{
	double n = total(w), k = floor((n + 1) / 2);
	double low = kth(w, k);

	if (fmod(n, 2) != 0)
		return low;
	return (low + kth(w, k + 1)) / 2;
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

/*
 * Null distribution of the rank-sum statistic: P(U <= u). The number of ways obeys
 * c(u; m, n) = c(u - n; m - 1, n) + c(u; m, n - 1) (Mann & Whitney 1947).
 */
static double *rank_sum_cdf(size_t m, size_t n)
{
	size_t top = m * n, width = top + 1;
	double *f = calloc((m + 1) * width, sizeof(*f)), *cdf, sum = 0, ways = 0;

	if (!f)
		return NULL;
	for (size_t j = 0; j <= m; j++)
		f[j * width] = 1;
	for (size_t k = 1; k <= n; k++)
		for (size_t j = 1; j <= m; j++)
			for (size_t u = k; u <= top; u++)
				f[j * width + u] += f[(j - 1) * width + u - k];
	cdf = malloc(width * sizeof(*cdf));
	for (size_t u = 0; cdf && u <= top; u++)
		ways += f[m * width + u];
	for (size_t u = 0; cdf && u <= top; u++) {
		sum += f[m * width + u];
		cdf[u] = fmin(sum / ways, 1);
	}
	free(f);
	return cdf;
}

/* Moments of the statistic under the null, and its value. */
struct rank_test {
	double v, mean, sd;
	bool tied;
};

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

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
	qsort(d, used, 2 * sizeof(*d), by_value);
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

/* Number of y - x above mu0, halves for equal, and the tie-corrected variance. */
static int rank_sum(const struct pairwise *w, double mu0, struct rank_test *t)
{
	double nx = (double)w->nx, ny = (double)w->ny, n = nx + ny, ties = 0;
	double *all = malloc((w->nx + w->ny) * sizeof(*all));
	size_t below = 0, upto = 0, total_n = w->nx + w->ny;

	*t = (struct rank_test){ .mean = nx * ny / 2 };
	if (!all)
		return -ENOMEM;
	for (size_t i = 0; i < w->ny; i++) {
		double y = w->y[i] - mu0;

		while (below < w->nx && w->x[below] < y)
			below++;
		while (upto < w->nx && w->x[upto] <= y)
			upto++;
		t->v += ((double)below + (double)upto) / 2;
		all[i] = y;
	}
	memcpy(all + w->ny, w->x, w->nx * sizeof(*all));
	qsort(all, total_n, sizeof(*all), by_value);
	for (size_t i = 0, j; i < total_n; i = j) {
		double run;

		for (j = i; j < total_n && all[j] == all[i]; j++)
			;
		run = (double)(j - i);
		t->tied |= j - i > 1;
		ties += run * run * run - run;
	}
	t->sd = n > 1 ? sqrt(nx * ny / 12 * (n + 1 - ties / (n * (n - 1)))) : 0;
	free(all);
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
static void invert(const struct pairwise *w, const double *cdf, double sd, double confidence,
	double inflate, struct location *out)
{
	double alpha = 1 - confidence, n = total(w), k;

	out->ci = (struct interval){ NAN, NAN };
	if (cdf && inflate == 1) {
		for (k = 0; cdf[(size_t)k] <= alpha / 2; k++)
			;
	} else {
		k = floor(n / 2 - gsl_cdf_ugaussian_Qinv(alpha / 2) * sd * inflate - 0.5) + 1;
	}
	if (!(k >= 1))
		return;
	out->ci.lo = kth(w, k);
	out->ci.hi = kth(w, n + 1 - k);
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

int hodges_lehmann_one(const double *x, size_t n, double mu0, double confidence,
	double inflate, struct location *out)
{
	double m = (double)n, *s, *cdf = NULL;
	struct rank_test test;
	struct pairwise w;
	int err = -ENOMEM;

	*out = (struct location){ NAN, { NAN, NAN }, NAN, n };
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
	w = (struct pairwise){ s, NULL, n, 0 };
	out->estimate = median(&w);
	out->p = p_value(&test, inflate == 1 ? cdf : NULL, n * (n + 1) / 2, inflate);
	invert(&w, cdf, sqrt(m * (m + 1) * (2 * m + 1) / 24), confidence, inflate, out);
out:
	free(cdf);
	free(s);
	return err;
}

int hodges_lehmann_two(const double *x, size_t nx, const double *y, size_t ny, double mu0,
	double confidence, double inflate, struct location *out)
{
	double *sx, *sy, *cdf = NULL, mx = (double)nx, my = (double)ny;
	struct rank_test test;
	struct pairwise w;
	int err = -ENOMEM;

	*out = (struct location){ NAN, { NAN, NAN }, NAN, nx + ny };
	if (!nx || !ny || any_nan(x, nx) || any_nan(y, ny))
		return 0;
	sx = sorted_copy(x, nx);
	sy = sorted_copy(y, ny);
	if (!sx || !sy)
		goto out;
	if (nx < EXACT_BELOW && ny < EXACT_BELOW) {
		cdf = rank_sum_cdf(nx, ny);
		if (!cdf)
			goto out;
	}
	w = (struct pairwise){ sx, sy, nx, ny };
	err = rank_sum(&w, mu0, &test);
	if (err)
		goto out;
	out->estimate = median(&w);
	out->p = p_value(&test, inflate == 1 ? cdf : NULL, nx * ny, inflate);
	invert(&w, cdf, sqrt(mx * my * (mx + my + 1) / 12), confidence, inflate, out);
out:
	free(cdf);
	free(sx);
	free(sy);
	return err;
}
