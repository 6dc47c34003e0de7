/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that is short at any one place: a comparison says so, or gives the result that it
 * gives with enough. Each allocation of each kind of comparison fails once. Not done under
 * AddressSanitizer, which has an allocator of its own.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include "analysis/compare/compare-exact.h"
#include "tests/unit/failing-malloc.h"

#define ROUNDS 60
#define SAMPLES 12
#define BOOTS 4
#define MOST_BLOCKS (2 * BOOTS * ROUNDS)

struct data {
	struct compare_block b[MOST_BLOCKS];
	double v[MOST_BLOCKS * SAMPLES];
	size_t n;
};

/* Rounds that depend on those before them, in BOOTS that sides share or have to themselves. */
static void make(struct data *d, int boots, bool paired, bool own)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	double level = 0;

	assert_non_null(rng);
	d->n = 0;
	for (int i = 0; i < boots * ROUNDS; i++)
		for (int k = 0; k < 2; k++) {
			int side = k ^ (i & 1);
			double *v = d->v + d->n * SAMPLES;

			level = 0.7 * level + gsl_ran_gaussian(rng, 0.05);
			for (int s = 0; s < SAMPLES; s++)
				v[s] = 15000 * exp(level + gsl_ran_gaussian(rng, 0.1));
			d->b[d->n] = (struct compare_block){ .side = side,
				.boot = own ? 2 * (i / ROUNDS) + side : i / ROUNDS,
				.pair = paired ? i : -1, .start = (double)d->n, .v = v,
				.n = SAMPLES };
			d->n++;
		}
	gsl_rng_free(rng);
}

static void assert_same(double a, double b)
{
	assert_true(a == b || (isnan(a) && isnan(b)));
}

static void assert_same_interval(struct interval a, struct interval b)
{
	assert_same(a.lo, b.lo);
	assert_same(a.hi, b.hi);
}

static void assert_same_result(const struct compare_result *a, const struct compare_result *b)
{
	for (size_t i = 0; i < a->npercentiles; i++) {
		assert_same(a->percentiles[i].delta, b->percentiles[i].delta);
		assert_same_interval(a->percentiles[i].ci, b->percentiles[i].ci);
		assert_same_interval(a->percentiles[i].band, b->percentiles[i].band);
	}
	assert_same(a->effect.delta, b->effect.delta);
	assert_same_interval(a->effect.ci, b->effect.ci);
	assert_same(a->p_regression, b->p_regression);
	assert_same(a->block_length, b->block_length);
	assert_int_equal(a->verdict, b->verdict);
	assert_int_equal(a->nwarnings, b->nwarnings);
}

/* Until there was enough for all of it. */
static void compare_with_less(const struct compare_options *o, const struct data *d)
{
	struct compare_result *whole, *r;
	long failed = 0, last = FAILING_MALLOC ? 100000 : 0;
	int err = compare_cell(o, d->b, d->n, &whole);

	assert_int_equal(err, 0);
	for (long at = 0; at < last; at++) {
		malloc_left = at;
		err = compare_cell(o, d->b, d->n, &r);
		last = malloc_left >= 0 ? 0 : last;
		malloc_left = -1;
		failed += err != 0;
		if (err) {
			assert_int_equal(err, -ENOMEM);
			assert_null(r);
			continue;
		}
		assert_same_result(r, whole);
		compare_free(r);
	}
	assert_true(failed > 10 || !FAILING_MALLOC);
	print_message("# %ld allocations failed\n", failed);
	compare_free(whole);
}

static struct compare_options options(enum switch_level level, bool sequential)
{
	struct compare_options o;

	compare_defaults(&o);
	o.switch_level = level;
	o.replicates = 100;
	o.threads = 1;
	o.sequential = sequential;
	return o;
}

static void test_within_boots(void **state)
{
	static struct data d;

	(void)state;
	for (int sequential = 0; sequential < 2; sequential++)
		for (int paired = 0; paired < 2; paired++) {
			struct compare_options o = options(COMPARE_BLOCK, sequential);

			make(&d, 1, paired, false);
			compare_with_less(&o, &d);
		}
}

static void test_between_boots(void **state)
{
	static struct data d;

	(void)state;
	for (int own = 0; own < 2; own++) {
		struct compare_options o = options(own ? COMPARE_BOOT : COMPARE_VM, false);

		make(&d, BOOTS, !own, own);
		compare_with_less(&o, &d);
	}
}

static void test_exact(void **state)
{
	static struct data d;
	struct compare_options o = options(COMPARE_BLOCK, false);
	struct compare_exact_block b[2];
	struct compare_exact_result *r, *whole;
	bool over = !FAILING_MALLOC;

	(void)state;
	make(&d, 1, true, false);
	for (int side = 0; side < 2; side++)
		b[side] = (struct compare_exact_block){ .side = side, .v = d.v + side * 100,
			.n = 100 };
	assert_int_equal(compare_exact_cell(&o, b, 2, &whole), 0);
	for (long at = 0; !over; at++) {
		int err;

		malloc_left = at;
		err = compare_exact_cell(&o, b, 2, &r);
		over = malloc_left >= 0;
		malloc_left = -1;
		if (err) {
			assert_int_equal(err, -ENOMEM);
			continue;
		}
		assert_same(r->change, whole->change);
		compare_exact_free(r);
	}
	compare_exact_free(whole);
}

/* A look at a confidence sequence needs none, so it cannot be without an answer. */
static void test_sequential(void **state)
{
	struct sequential s;
	struct interval ci, with;
	double estimate;

	(void)state;
	sequential_init(&s, 0.95);
	for (int i = 0; i < 40; i++)
		assert_int_equal(sequential_add(&s, 0.01 + 0.001 * (i % 7)), 0);
	with = sequential_interval(&s);
	malloc_left = 0;
	ci = sequential_interval(&s);
	estimate = sequential_estimate(&s);
	malloc_left = -1;
	assert_same_interval(ci, with);
	assert_false(isnan(ci.lo) || isnan(estimate));
	sequential_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_within_boots),
		cmocka_unit_test(test_between_boots),
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_sequential),
	};

	gsl_set_error_handler_off();	/* as exitbench does: no memory is an error */
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("short memory", tests, NULL, NULL);
}
