/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocks made for the tests of the comparison, and the comparison of them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include "tests/statistics/made-blocks.h"

struct data make(struct shape s, unsigned long seed)
{
	size_t n = 2 * (size_t)(s.boots * s.rounds), at = 0;
	struct data d = { calloc(n, sizeof(*d.b)),
		calloc(n * (size_t)s.samples, sizeof(double)), n, (size_t)s.samples };
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

	assert_non_null(d.b);
	assert_non_null(d.v);
	gsl_rng_set(rng, seed);
	for (size_t i = 0; i < n; i++) {
		int boot = (int)(i / 2) / s.rounds, side = (int)(i & 1) ^ (int)(i >> 1 & 1);

		d.b[i] = (struct compare_block){ .side = side,
			.boot = s.own_boots ? 2 * boot + side : boot,
			.pair = s.paired ? (int64_t)(i / 2) : -1, .start = (double)i,
			.v = d.v + at, .n = d.samples };
		for (size_t k = 0; k < d.samples; k++) {
			double x = 15000 * exp(gsl_ran_gaussian(rng, 0.1) + side * s.shift);

			d.v[at++] = s.step > 0 ? s.step * floor(x / s.step) : x;
		}
	}
	gsl_rng_free(rng);
	return d;
}

void drop(struct data *d)
{
	free(d->b);
	free(d->v);
}

struct compare_options quick(enum switch_level level)
{
	struct compare_options o;

	compare_defaults(&o);
	o.switch_level = level;
	o.replicates = 300;
	o.threads = 2;
	return o;
}

struct compare_result *compare(const struct compare_options *o, const struct data *d)
{
	struct compare_result *r = NULL;

	assert_int_equal(compare_cell(o, d->b, d->n, &r), 0);
	assert_non_null(r);
	return r;
}

bool warned(const struct compare_result *r, enum compare_warning_code code)
{
	char text[256];

	for (size_t i = 0; i < r->nwarnings; i++) {
		int n = compare_warning_text(&r->warnings[i], text, sizeof(text));

		assert_true(n > 10 && n < (int)sizeof(text));
		assert_int_equal(text[n - 1], '.');
		assert_null(strstr(text, "nan"));
	}
	for (size_t i = 0; i < r->nwarnings; i++)
		if (r->warnings[i].code == code)
			return true;
	return false;
}
