/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Quantile estimators, and the sorting and selecting they need. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_sort.h>
#include "analysis/statistics/stats.h"

#define RADIX_FROM 4096		/* below, a heap sort is as quick and needs no memory */
#define DIGIT_BITS 11
#define DIGITS (1 << DIGIT_BITS)

double quantile_position(enum quantile_type type, size_t n, double q)
{
	double h = type == QUANTILE_TYPE7 ? ((double)n - 1) * q :
					    ((double)n + 1.0 / 3) * q - 2.0 / 3;

	return fmin(fmax(h, 0), (double)n - 1);
}

double quantile_sorted(const double *sorted, size_t n, double q)
{
	double h, low;
	size_t i;

	if (!n || !(q >= 0 && q <= 1))
		return NAN;
	if (sorted[0] == sorted[n - 1])
		return sorted[0];
	h = quantile_position(QUANTILE_TYPE7, n, q);
	low = floor(h);
	i = (size_t)low;
	if (i + 1 >= n || h == low)
		return sorted[i];
	return sorted[i] + (h - low) * (sorted[i + 1] - sorted[i]);
}

static void swap(double *a, double *b)
{
	double t = *a;

	*a = *b;
	*b = t;
}

/* Puts the k-th smallest in place, smaller ones before it, larger ones after it. */
static double select_kth(double *v, size_t n, size_t k)
{
	size_t lo = 0, hi = n - 1;

	while (lo < hi) {
		size_t i = lo, j = hi, mid = lo + (hi - lo) / 2;
		double pivot;

		if (v[mid] < v[lo])
			swap(&v[mid], &v[lo]);
		if (v[hi] < v[lo])
			swap(&v[hi], &v[lo]);
		if (v[hi] < v[mid])
			swap(&v[hi], &v[mid]);
		pivot = v[mid];
		while (i <= j) {
			while (v[i] < pivot)
				i++;
			while (pivot < v[j])
				j--;
			if (i > j)
				break;
			swap(&v[i++], &v[j]);
			if (!j)
				break;
			j--;
		}
		if (k <= j && j < hi)
			hi = j;
		else if (k >= i && i > lo)
			lo = i;
		else
			break;
	}
	return v[k];
}

double quantile_select(double *v, size_t n, double q)
{
	double h, low, a, b = INFINITY;
	size_t k;

	if (!n || !(q >= 0 && q <= 1))
		return NAN;
	h = quantile_position(QUANTILE_TYPE8, n, q);
	low = floor(h);
	k = (size_t)low;
	a = select_kth(v, n, k);
	if (k + 1 >= n || h == low)
		return a;
	for (size_t i = k + 1; i < n; i++)
		if (v[i] < b)
			b = v[i];
	return a + (h - low) * (b - a);
}

/* Arrays of doubles hold keys for the while: read and written as bytes, which any type may be. */
static inline uint64_t key_at(const double *v)
{
	uint64_t key;

	memcpy(&key, v, sizeof(key));
	return key;
}

static inline void put_key(double *v, uint64_t key)
{
	memcpy(v, &key, sizeof(key));
}

/* Doubles as integers in the same order, and back. */
static uint64_t to_key(double d)
{
	uint64_t u = key_at(&d);

	return u >> 63 ? ~u : u | 1ULL << 63;
}

static double from_key(uint64_t u)
{
	double d;

	put_key(&d, u >> 63 ? u & ~(1ULL << 63) : ~u);
	return d;
}

/* One stable pass on one digit; false if all keys share the digit. */
static bool radix_pass(const double *in, double *out, size_t n, int shift)
{
	size_t at[DIGITS] = { 0 }, sum = 0;

	for (size_t i = 0; i < n; i++)
		at[key_at(&in[i]) >> shift & (DIGITS - 1)]++;
	if (at[key_at(&in[0]) >> shift & (DIGITS - 1)] == n)
		return false;
	for (int d = 0; d < DIGITS; d++) {
		size_t count = at[d];

		at[d] = sum;
		sum += count;
	}
	for (size_t i = 0; i < n; i++) {
		uint64_t key = key_at(&in[i]);

		put_key(&out[at[key >> shift & (DIGITS - 1)]++], key);
	}
	return true;
}

int sort_doubles(double *v, size_t n)
{
	double *other, *from = v, *to;

	if (n < RADIX_FROM) {
		gsl_sort(v, 1, n);
		return 0;
	}
	to = other = malloc(n * sizeof(*other));
	if (!other)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		put_key(&v[i], to_key(v[i]));
	for (int shift = 0; shift < 64; shift += DIGIT_BITS) {
		if (radix_pass(from, to, n, shift)) {
			double *t = from;

			from = to;
			to = t;
		}
	}
	for (size_t i = 0; i < n; i++)
		v[i] = from_key(key_at(&from[i]));
	free(other);
	return 0;
}
