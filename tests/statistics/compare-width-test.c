/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The comparison of a cell: how wide its intervals and band are, and how many rounds it asks for. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include "analysis/compare/compare-priv.h"
#include "tests/statistics/made-blocks.h"
#include "tests/statistics/stats-test.h"

#define MERGED 16		/* rounds that the bootstrap takes as one */
#define BATCHES 2048		/* and how many it has at most */
#define FEW 4			/* samples of a block */

/*
 * Many rounds, whose samples lie side by side so that JOIN rounds can be given as one. Each
 * side's level follows PHI of that before it, and stays for STAY rounds.
 */
static struct data make_many(double phi, size_t stay, bool paired, size_t join)
{
	size_t rounds = MERGED * BATCHES, n = rounds / join;
	struct data d = { calloc(2 * n, sizeof(*d.b)), calloc(2 * rounds * FEW, sizeof(double)),
		2 * n, FEW * join };
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

	assert_non_null(d.b);
	assert_non_null(d.v);
	gsl_rng_set(rng, 20211116);
	for (size_t side = 0; side < 2; side++) {
		double level = 0, *v = d.v + side * rounds * FEW;

		for (size_t i = 0; i < rounds; i++) {
			if (i % stay == 0)
				level = phi * level + 0.1 *
					gsl_ran_gaussian(rng, sqrt(1 - phi * phi));
			for (size_t k = 0; k < FEW; k++)
				v[i * FEW + k] = 15000 * exp(level + gsl_ran_gaussian(rng, 0.02));
		}
		for (size_t i = 0; i < n; i++)
			d.b[2 * i + side] = (struct compare_block){ .side = (int)side,
				.pair = paired ? (int64_t)i : -1,
				.start = (double)(2 * i + (side ^ (i & 1))),
				.v = v + i * d.samples, .n = d.samples };
	}
	gsl_rng_free(rng);
	return d;
}

static struct compare_result *compare_many(double phi, size_t stay, bool paired, size_t join)
{
	struct compare_options o = quick(COMPARE_BLOCK);
	struct data d = make_many(phi, stay, paired, join);
	struct compare_result *r;

	o.sequential = true;
	r = compare(&o, &d);
	drop(&d);
	return r;
}

/*
 * More rounds than the bootstrap has batches. Joining 16 rounds into one of 16 times the
 * samples changes nothing that it sees, so a look at either has seen as many independent
 * rounds and gives the same intervals; and the length that Politis & White 2004 find for
 * rounds is 16 times that for batches of 16 ((2 g^2 / D)^(1/3) n^(1/3): see bootstrap.c).
 */
static void test_merged_rounds_depend(void **state)
{
	(void)state;
	for (int paired = 0; paired < 2; paired++) {
		struct compare_result *r = compare_many(0.98, 1, paired, 1);
		struct compare_result *q = compare_many(0.98, 1, paired, MERGED);

		assert_true(q->block_length > 2);
		assert_double_near(r->block_length, MERGED * q->block_length, 1e-9);
		for (size_t i = 0; i < r->npercentiles; i++) {
			assert_false(isnan(r->percentiles[i].ci.lo));
			assert_double_near(r->percentiles[i].ci.lo, q->percentiles[i].ci.lo, 1e-12);
			assert_double_near(r->percentiles[i].ci.hi, q->percentiles[i].ci.hi, 1e-12);
		}
		compare_free(r);
		compare_free(q);
	}
}

/*
 * Rounds that are independent stay so, taken together or not; those that come in sixteens
 * are worth one of each sixteen.
 */
static void test_merged_rounds_do_not(void **state)
{
	(void)state;
	for (int paired = 0; paired < 2; paired++) {
		struct compare_result *r = compare_many(0, 1, paired, 1);
		struct compare_result *q = compare_many(0, MERGED, paired, 1);

		assert_double_near(r->block_length, 1, 0);
		assert_false(warned(r, COMPARE_WARN_AUTOCORRELATED));
		assert_double_near(q->block_length, MERGED, 0);
		assert_int_equal(warned(q, COMPARE_WARN_AUTOCORRELATED), !paired);
		compare_free(r);
		compare_free(q);
	}
}

/*
 * The standard error of the change in the median of make_many()'s rounds, where a level
 * follows PHI of that before it. Of two normal values with the correlation r, the covariance
 * of being below the median is asin(r) / 2 pi; the long-run variance of the median is that of
 * the share below it, by the density there squared.
 */
static double true_error(double phi)
{
	const double level = 0.1 * 0.1, sample = level + 0.02 * 0.02;
	double sum = asin(level / sample);

	for (double r = phi * level / sample; r > 1e-9; r *= phi)
		sum += 2 * asin(r);
	return sqrt(2 * sample * sum / (MERGED * BATCHES));
}

/* So of the effect, a mean of levels whose long-run variance is (1 + PHI) / (1 - PHI) of theirs. */
static void assert_effect_width(const struct compare_result *r, double phi, double z)
{
	double error = 0.1 * sqrt(2 * (1 + phi) / (1 - phi) / (MERGED * BATCHES));
	double width = (r->effect.ci.hi - r->effect.ci.lo) / (2 * z * error);

	if (!(width > 0.8 && width < 1.25))
		print_error("the effect has %.2f of the width\n", width);
	assert_true(width > 0.8 && width < 1.25);
}

/*
 * Rounds that depend on each other: the interval has the width that it should have, which it
 * has only where they are drawn in blocks. One by one, as if they were independent, it is
 * 0.4 of that, and of course right where they are independent.
 */
static void test_width_where_rounds_depend(void **state)
{
	const double z = gsl_cdf_ugaussian_Pinv(0.975);

	(void)state;
	for (int i = 0; i < 4; i++) {
		const double phi = i & 1 ? 0.98 : 0;
		struct data d = make_many(phi, 1, i & 2, MERGED);
		struct compare_options o = quick(COMPARE_BLOCK);
		struct compare_result *r = compare(&o, &d);
		const struct compare_percentile *p = r->percentiles;
		double width;

		while (p->p != 50)
			p++;
		width = (p->ci.hi - p->ci.lo) / (2 * z * true_error(phi));
		if (!(width > 0.8 && width < 1.25))
			print_error("phi %g, %s: %.2f of the width\n", phi,
				i & 2 ? "paired" : "unpaired", width);
		assert_true(width > 0.8 && width < 1.25);
		if (phi > 0)
			assert_effect_width(r, phi, z);
		compare_free(r);
		drop(&d);
	}
}

/*
 * Between boots: the band is right at all percentiles at once. Where they hardly depend on each
 * other it is much wider than an interval, and never wider than Bonferroni's.
 */
static void test_band_between_boots(void **state)
{
	struct data d = make((struct shape){ 10, 5, 80, false, true, 0, 0 }, 12);
	struct compare_options o = quick(COMPARE_BOOT);
	struct compare_result *r = compare(&o, &d);
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < r->npercentiles; i++) {
		const struct compare_percentile *p = &r->percentiles[i];
		double wider = (p->band.hi - p->band.lo) / (p->ci.hi - p->ci.lo);

		if (p->p == 50)
			assert_double_near(p->before, 15000, 300);
		if (isnan(p->band.lo))
			continue;
		n++;
		if (!(wider > 1.2 && wider < 1.7))
			print_error("p%g: the band is %.2f of the interval\n", p->p, wider);
		assert_true(wider > 1.2 && wider < 1.7);
	}
	assert_true(n > 5);
	compare_free(r);
	drop(&d);
}

/* Between two cuts, a quantile is where the weighted count says: 4, 10 and 16 are below these. */
static void test_grid_quantile(void **state)
{
	enum { STRIDE = 64 };
	_Alignas(64) static float count[3 * STRIDE], size[STRIDE] = { 8, 4 };
	_Alignas(64) static float weight[STRIDE] = { 1, 2 };
	double cut[3] = { 10, 20, 30 };
	struct grid g = { .cut = cut, .ncuts = 3, .count = count, .size = size, .nbatches = 2,
		.stride = STRIDE };

	(void)state;
	for (int k = 0; k < 3; k++) {
		count[k * STRIDE] = (float[]){ 2, 4, 8 }[k];
		count[k * STRIDE + 1] = (float[]){ 1, 3, 4 }[k];
	}
	for (size_t near = 0; near < 3; near++) {
		size_t at = near;

		assert_double_near(grid_quantile(&g, weight, 7, &at), 15, 1e-9);
		assert_int_equal(at, 1);
		at = near;
		assert_double_near(grid_quantile(&g, weight, 11.5, &at), 22.5, 1e-9);
		assert_int_equal(at, 2);
	}
}

/* An inconclusive comparison asks for as many rounds as make its widest band fit the margin. */
static void test_needs(void **state)
{
	const double n = 100, margin = log1p(0.008);
	struct data d = make((struct shape){ 1, (int)n, 200, true, false, 0, 0 }, 21);
	struct compare_options o = quick(COMPARE_BLOCK);
	struct compare_result *r;
	double most = 0;

	(void)state;
	o.margin = 0.008;
	r = compare(&o, &d);
	assert_int_equal(r->verdict, COMPARE_INCONCLUSIVE);
	for (size_t i = 0; i < r->npercentiles; i++) {
		const struct compare_percentile *p = &r->percentiles[i];

		if (!p->judged)
			continue;
		assert_true(fabs(p->delta) < margin);
		most = fmax(most, (p->band.hi - p->delta) / (margin - p->delta));
		most = fmax(most, (p->delta - p->band.lo) / (margin + p->delta));
	}
	assert_int_equal(r->needs.what, COMPARE_NEEDS_ROUNDS);
	if (!(fabs(r->needs.more / (n * most * most - n) - 1) < 0.2))
		print_error("%g more, not %g\n", r->needs.more, n * most * most - n);
	assert_true(fabs(r->needs.more / (n * most * most - n) - 1) < 0.2);
	compare_free(r);
	drop(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merged_rounds_depend),
		cmocka_unit_test(test_merged_rounds_do_not),
		cmocka_unit_test(test_width_where_rounds_depend),
		cmocka_unit_test(test_band_between_boots),
		cmocka_unit_test(test_grid_quantile),
		cmocka_unit_test(test_needs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("width of the comparison's intervals", tests, NULL, NULL);
}
