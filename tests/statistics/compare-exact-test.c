/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The comparison of sides without scatter. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "analysis/compare/compare-exact.h"

#define N 200

static double before[N], after[N];
static unsigned char tick_before[N], tick_after[N];

/* A base with two states; 45 more after; a tick of 5000 every 20th, later on the other side. */
static void fill(void)
{
	memset(tick_before, 0, sizeof(tick_before));
	memset(tick_after, 0, sizeof(tick_after));
	for (int i = 0; i < N; i++) {
		before[i] = 11000 + (i % 4 ? 0 : 1605);
		after[i] = before[i] + 45;
		if (i % 20 == 3) {
			before[i] += 5000;
			tick_before[i] = 1;
		}
		if (i % 20 == 4) {
			after[i] += 5000;
			tick_after[i] = 1;
		}
	}
}

static struct compare_exact_result *compare(const struct compare_exact_block *b, size_t n)
{
	struct compare_options o;
	struct compare_exact_result *r = NULL;

	compare_defaults(&o);
	assert_int_equal(compare_exact_cell(&o, b, n, &r), 0);
	return r;
}

static void blocks(struct compare_exact_block b[2])
{
	b[0] = (struct compare_exact_block){ .side = 0, .v = before, .tick = tick_before, .n = N };
	b[1] = (struct compare_exact_block){ .side = 1, .v = after, .tick = tick_after, .n = N };
}

static void test_change(void **state)
{
	struct compare_exact_block b[2];
	struct compare_exact_result *r;

	(void)state;
	fill();
	blocks(b);
	r = compare(b, 2);
	assert_true(r->change == 45);
	assert_int_equal(r->ops, N);
	assert_int_equal(r->ticked, 2 * N / 20);
	assert_int_equal(r->same, N - 2 * N / 20);
	assert_true(r->typical[0] == 11000 && r->typical[1] == 11045);
	assert_true(r->mean_change == 45);	/* as many ticks on both sides */
	assert_true(r->compare->percentiles[0].before == 11000);
	assert_true(r->compare->percentiles[0].after == 11045);
	assert_true(r->compare->effect.delta == log(11045) - log(11000));
	assert_true(r->compare->effect.ci.lo == r->compare->effect.delta);
	assert_int_equal(r->compare->verdict, COMPARE_EQUIVALENT);
	compare_exact_free(r);
}

static void test_verdict(void **state)
{
	struct compare_exact_block b[2];
	struct compare_exact_result *r;

	(void)state;
	fill();
	blocks(b);
	for (int i = 0; i < N; i++)
		after[i] += 200;
	r = compare(b, 2);
	assert_true(r->change == 245);
	assert_int_equal(r->compare->verdict, COMPARE_REGRESSION);
	compare_exact_free(r);
	b[0].side = 1;
	b[1].side = 0;
	r = compare(b, 2);
	assert_true(r->change == -245);
	assert_int_equal(r->compare->verdict, COMPARE_IMPROVEMENT);
	compare_exact_free(r);
}

/* What is done once for several operations moves by one: the change is the others'. */
static void test_moved_work(void **state)
{
	struct compare_exact_block b[2];
	struct compare_exact_result *r;

	(void)state;
	fill();
	blocks(b);
	for (int i = 5; i + 1 < N; i += 25) {
		before[i] += 1541;
		after[i + 1] += 1541;
	}
	r = compare(b, 2);
	assert_true(r->change == 45);
	assert_true(r->same < N - 2 * N / 20);
	compare_exact_free(r);
}

static void test_all_ticked(void **state)
{
	struct compare_exact_block b[2];
	struct compare_exact_result *r;

	(void)state;
	fill();
	blocks(b);
	memset(tick_before, 1, sizeof(tick_before));
	r = compare(b, 2);
	assert_int_equal(r->ticked, N);
	assert_true(r->change == 45);
	compare_exact_free(r);
}

static void test_rounds(void **state)
{
	struct compare_exact_block b[3];
	struct compare_options o;
	struct compare_exact_result *r;

	(void)state;
	fill();
	compare_defaults(&o);
	blocks(b);
	b[0].round = 7;
	assert_int_equal(compare_exact_cell(&o, b, 2, &r), -EINVAL);	/* no round on both sides */
	assert_int_equal(compare_exact_cell(&o, b, 1, &r), -EINVAL);
	b[2] = (struct compare_exact_block){ .side = 1, .round = 7, .v = before, .n = 50 };
	r = compare(b, 3);
	assert_int_equal(r->ops, 50);		/* no more than both have */
	assert_true(r->change == 0);
	compare_exact_free(r);
	b[0].side = 2;
	assert_int_equal(compare_exact_cell(&o, b, 2, &r), -EINVAL);
}

/* A percentile is a sample: the smallest that so many are not above. */
static void test_percentiles(void **state)
{
	const double p[] = { 1, 50, 95, 99.9 }, want[] = { 2, 100, 190, 200 };
	struct compare_exact_block b[2];
	struct compare_options o;
	struct compare_exact_result *r;

	(void)state;
	fill();
	blocks(b);
	compare_defaults(&o);
	o.percentiles = p;
	o.npercentiles = 4;
	for (int i = 0; i < N; i++)
		before[i] = after[i] = N - i;
	assert_int_equal(compare_exact_cell(&o, b, 2, &r), 0);
	for (int i = 0; i < 4; i++)
		assert_true(r->compare->percentiles[i].before == want[i]);
	compare_exact_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_change),
		cmocka_unit_test(test_verdict),
		cmocka_unit_test(test_moved_work),
		cmocka_unit_test(test_all_ticked),
		cmocka_unit_test(test_rounds),
		cmocka_unit_test(test_percentiles),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
