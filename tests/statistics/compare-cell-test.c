/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The comparison of a cell: what must hold for any data, and awkward data. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include "tests/statistics/made-blocks.h"
#include "tests/statistics/stats-test.h"

static bool same(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

/* R is Q, with SIGN -1 its mirror image, to the last bit. */
static void assert_alike(const struct compare_result *r, const struct compare_result *q,
	int sign)
{
	bool turned = sign < 0;

	for (size_t i = 0; i < r->npercentiles; i++) {
		const struct compare_percentile *a = &r->percentiles[i];
		const struct compare_percentile *b = &q->percentiles[i];

		assert_true(same(a->before, turned ? b->after : b->before));
		assert_true(same(a->delta, sign * b->delta));
		assert_true(same(a->ci.lo, turned ? -b->ci.hi : b->ci.lo));
		assert_true(same(a->band.lo, turned ? -b->band.hi : b->band.lo));
		assert_true(same(a->band.hi, turned ? -b->band.lo : b->band.hi));
	}
	assert_true(same(r->effect.delta, sign * q->effect.delta));
	assert_true(same(r->effect.ci.lo, turned ? -q->effect.ci.hi : q->effect.ci.lo));
	assert_true(same(r->effect.band.hi, turned ? -q->effect.band.lo : q->effect.band.hi));
	assert_int_equal(r->nwarnings, q->nwarnings);
	assert_int_equal(r->pairs, q->pairs);
}

static const struct shape shapes[] = {
	{ 1, 60, 50, true, false, 0.01, 0 },
	{ 1, 60, 50, false, false, 0.01, 0 },
	{ 3, 20, 50, true, false, -0.02, 25 },
	{ 4, 5, 80, false, true, 0.01, 0 },
	{ 1, 40, 1, true, false, 0.01, 0 },
	{ 1, 8, 400, true, false, 0, 0 },
};

#define SHAPES (sizeof(shapes) / sizeof(*shapes))

static void test_mirror(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3 * SHAPES; i++) {
		struct data d = make(shapes[i / 3], 40 + i);
		struct compare_options o = quick(i % 3 == 1 ? COMPARE_VM : COMPARE_BLOCK);
		struct compare_result *r, *q;

		o.sequential = i % 3 == 2;
		r = compare(&o, &d);
		for (size_t k = 0; k < d.n; k++)
			d.b[k].side ^= 1;
		q = compare(&o, &d);
		assert_alike(r, q, -1);
		o.larger_is_better = true;
		compare_free(q);
		q = compare(&o, &d);
		assert_int_equal(r->verdict, q->verdict);
		assert_true(same(r->p_regression, q->p_regression));
		assert_true(same(r->worst.worse, q->worst.worse));
		compare_free(r);
		compare_free(q);
		drop(&d);
	}
}

static void test_order_and_threads(void **state)
{
	(void)state;
	for (size_t i = 0; i < SHAPES; i++) {
		struct data d = make(shapes[i], 80 + i);
		struct compare_options o = quick(COMPARE_FILE);
		struct compare_result *r = compare(&o, &d), *q;
		gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

		for (size_t k = 0; k < d.n; k++)
			gsl_ran_shuffle(rng, d.v + k * d.samples, d.samples, sizeof(double));
		gsl_ran_shuffle(rng, d.b, d.n, sizeof(*d.b));
		o.threads = 3;
		q = compare(&o, &d);
		assert_alike(r, q, 1);
		assert_true(same(r->p_regression, q->p_regression));
		compare_free(r);
		compare_free(q);
		gsl_rng_free(rng);
		drop(&d);
	}
}

static void test_seed_matters(void **state)
{
	struct data d = make(shapes[0], 3);
	struct compare_options o = quick(COMPARE_BLOCK);
	struct compare_result *r = compare(&o, &d), *q;

	(void)state;
	o.seed++;
	q = compare(&o, &d);
	assert_true(r->percentiles[4].ci.lo != q->percentiles[4].ci.lo);
	assert_double_near(r->percentiles[4].ci.lo, q->percentiles[4].ci.lo, 0.002);
	compare_free(r);
	compare_free(q);
	drop(&d);
}

/* Compares and expects a verdict, a warning (or -1) and nothing silently missing. */
static struct compare_result *expect(struct data *d, enum switch_level level,
	enum compare_verdict verdict, int warning)
{
	struct compare_options o = quick(level);
	struct compare_result *r = compare(&o, d);
	char text[256];

	assert_string_equal(compare_verdict_name(r->verdict), compare_verdict_name(verdict));
	if (warning >= 0)
		assert_true(warned(r, (enum compare_warning_code)warning));
	for (size_t i = 0; i < r->npercentiles; i++)
		if (isnan(r->percentiles[i].band.lo))
			assert_true(r->nwarnings > 0);
	compare_needs_text(&r->needs, text, sizeof(text));
	assert_int_equal(text[0] == '\0', verdict != COMPARE_INCONCLUSIVE);
	assert_int_equal(isnan(r->p_regression), r->needs.what >= COMPARE_NEEDS_ORDER ||
		warned(r, COMPARE_WARN_ONE_BOOT) || warned(r, COMPARE_WARN_ONE_BLOCK));
	return r;
}

static void test_verdicts(void **state)
{
	struct shape s = { 1, 300, 400, true, false, 0, 0 };
	struct data d = make(s, 1);

	(void)state;
	compare_free(expect(&d, COMPARE_BLOCK, COMPARE_EQUIVALENT, -1));
	drop(&d);
	s.shift = 0.03;
	d = make(s, 2);
	compare_free(expect(&d, COMPARE_BLOCK, COMPARE_REGRESSION, -1));
	drop(&d);
	s.shift = -0.03;
	d = make(s, 3);
	compare_free(expect(&d, COMPARE_BLOCK, COMPARE_IMPROVEMENT, -1));
	drop(&d);
	s.shift = 0.0099;
	d = make(s, 4);
	compare_free(expect(&d, COMPARE_BLOCK, COMPARE_INCONCLUSIVE, -1));
	drop(&d);
}

static void test_one_boot_decides_nothing(void **state)
{
	struct shape s = { 1, 100, 100, false, true, 0.2, 0 };
	struct data d = make(s, 1);
	struct compare_result *r;

	(void)state;
	r = expect(&d, COMPARE_BOOT, COMPARE_INCONCLUSIVE, COMPARE_WARN_ONE_BOOT);
	assert_int_equal(r->needs.what, COMPARE_NEEDS_BOOTS);
	assert_double_near(r->needs.more, 2, 0);
	assert_double_near(r->effect.delta, 0.2, 0.01);
	compare_free(r);
	drop(&d);
	s.own_boots = false;
	s.paired = true;
	d = make(s, 1);
	r = expect(&d, COMPARE_VM, COMPARE_INCONCLUSIVE, COMPARE_WARN_ONE_BOOT);
	compare_free(r);
	r = expect(&d, COMPARE_FILE, COMPARE_REGRESSION, -1);
	assert_int_equal(r->covers, COMPARE_COVERS_ROUNDS);
	compare_free(r);
	drop(&d);
}

static void one_after_the_other(struct data *d)
{
	for (size_t i = 0; i < d->n; i++)
		d->b[i].start += d->b[i].side ? 1e6 : 0;
}

static void test_not_interleaved(void **state)
{
	struct data d = make((struct shape){ 1, 50, 50, false, false, 0.1, 0 }, 5);

	(void)state;
	one_after_the_other(&d);
	compare_free(expect(&d, COMPARE_FILE, COMPARE_INCONCLUSIVE,
		COMPARE_WARN_NOT_INTERLEAVED));
	for (size_t i = 0; i < d.n; i++)
		d.b[i].start = NAN;
	compare_free(expect(&d, COMPARE_FILE, COMPARE_INCONCLUSIVE,
		COMPARE_WARN_NOT_INTERLEAVED));
	drop(&d);
}

static void test_too_little(void **state)
{
	struct shape s = { 1, 1, 200, true, false, 0, 0 };
	struct data d = make(s, 1);

	(void)state;
	compare_free(expect(&d, COMPARE_BLOCK, COMPARE_INCONCLUSIVE, COMPARE_WARN_ONE_BLOCK));
	d.n = 1;
	compare_free(expect(&d, COMPARE_BLOCK, COMPARE_INCONCLUSIVE, COMPARE_WARN_EMPTY_SIDE));
	d.n = 0;
	compare_free(expect(&d, COMPARE_BLOCK, COMPARE_INCONCLUSIVE, COMPARE_WARN_EMPTY_SIDE));
	drop(&d);
	for (s.rounds = 2; s.rounds < 9; s.rounds++) {
		d = make(s, 9);
		compare_free(expect(&d, COMPARE_BLOCK, COMPARE_INCONCLUSIVE,
			COMPARE_WARN_FEW_BLOCKS));
		for (size_t i = 0; i < d.n; i++)
			d.b[i].n = 1;
		compare_free(expect(&d, COMPARE_BLOCK, COMPARE_INCONCLUSIVE,
			COMPARE_WARN_TAIL));
		drop(&d);
	}
}

static void test_constant_and_zero(void **state)
{
	struct data d = make((struct shape){ 1, 30, 50, true, false, 0, 0 }, 1);
	struct compare_result *r;

	(void)state;
	for (size_t i = 0; i < d.n * d.samples; i++)
		d.v[i] = 95271;
	r = expect(&d, COMPARE_BLOCK, COMPARE_EQUIVALENT, COMPARE_WARN_CONSTANT);
	assert_double_near(r->effect.ci.hi, 0, 0);
	compare_free(r);
	for (size_t i = 0; i < d.n; i++)
		for (size_t k = 0; k < d.samples; k++)
			d.v[i * d.samples + k] *= d.b[i].side ? 1.0002 : 1;
	r = expect(&d, COMPARE_BLOCK, COMPARE_EQUIVALENT, -1);
	assert_double_near(compare_pct(r->effect.delta), 0.02, 1e-6);
	compare_free(r);
	memset(d.v, 0, d.n * d.samples * sizeof(double));
	r = expect(&d, COMPARE_BLOCK, COMPARE_INCONCLUSIVE, COMPARE_WARN_ZERO);
	assert_int_equal(r->needs.what, COMPARE_NEEDS_DATA);
	assert_true(warned(r, COMPARE_WARN_ZERO_BLOCKS));
	compare_free(r);
	drop(&d);
}

/* Each sample times exp(FN of its block's place in the order of time, 0 to 1, and its side). */
static void scale(struct data *d, double (*fn)(double, int))
{
	for (size_t i = 0; i < d->n; i++)
		for (size_t k = 0; k < d->samples; k++)
			d->v[i * d->samples + k] *= exp(fn((double)i / (double)d->n, d->b[i].side));
}

static double effect_grows(double when, int side)
{
	return side * 0.1 * when;
}

static double level_grows(double when, int side)
{
	(void)side;
	return 0.1 * when;
}

/* A comparison that only has to warn, and say so in words. */
static void expect_warning(struct data *d, enum switch_level level, enum compare_warning_code code,
	const char *words)
{
	struct compare_options o = quick(level);
	struct compare_result *r = compare(&o, d);
	char text[256] = "";

	for (size_t i = 0; i < r->nwarnings; i++)
		if (r->warnings[i].code == code)
			compare_warning_text(&r->warnings[i], text, sizeof(text));
	if (!strstr(text, words))
		print_error("'%s' instead of '%s'\n", text, words);
	assert_non_null(strstr(text, words));
	compare_free(r);
}

static void test_unsteady(void **state)
{
	struct data d = make((struct shape){ 1, 90, 50, true, false, 0, 0 }, 6);

	(void)state;
	scale(&d, effect_grows);
	expect_warning(&d, COMPARE_BLOCK, COMPARE_WARN_EFFECT_DRIFTS,
		"The change is not steady: +2.");
	drop(&d);
	d = make((struct shape){ 1, 90, 50, false, false, 0, 0 }, 6);
	scale(&d, level_grows);
	expect_warning(&d, COMPARE_FILE, COMPARE_WARN_DRIFT, "The level moved by +");
	drop(&d);
}

static void test_boots(void **state)
{
	struct data d = make((struct shape){ 8, 10, 50, false, true, 0, 0 }, 7);

	(void)state;
	one_after_the_other(&d);
	expect_warning(&d, COMPARE_BOOT, COMPARE_WARN_BOOT_ORDER, "alternate them (A B B A)");
	drop(&d);
	/* One boot of four lacks a side. */
	d = make((struct shape){ 4, 10, 50, true, false, 0, 0 }, 8);
	for (size_t i = 0; i < d.n; i++)
		if (d.b[i].boot == 3 && d.b[i].side)
			d.b[i].boot = 2;
	expect_warning(&d, COMPARE_BOOT, COMPARE_WARN_MIXED_BOOTS,
		"Only 3 of 4 boots have both sides");
	drop(&d);
}

/* The body is slower, the tail faster, or the other way round: worse is what counts. */
static void test_opposite(void **state)
{
	struct data d = make((struct shape){ 1, 300, 400, true, false, 0, 0 }, 9);
	struct compare_options o = quick(COMPARE_BLOCK);

	(void)state;
	for (size_t i = 0; i < d.n; i++)
		for (size_t k = 0; k < d.samples; k++)
			d.v[i * d.samples + k] *= !d.b[i].side ? 1 :
				d.v[i * d.samples + k] < 15000 ? 1.05 : 0.95;
	expect_warning(&d, COMPARE_BLOCK, COMPARE_WARN_OPPOSITE,
		"Surely worse at one percentile (0) and surely better at another");
	for (int larger = 0; larger < 2; larger++) {
		struct compare_result *r;

		o.larger_is_better = larger;
		r = compare(&o, &d);
		assert_int_equal(r->verdict, COMPARE_REGRESSION);
		compare_free(r);
	}
	drop(&d);
}

/* Where values come in steps, an interval reaches a step further. */
static void assert_tie_in_interval(const struct compare_result *r)
{
	const struct compare_warning *w = r->warnings;
	const struct compare_percentile *p = r->percentiles;

	while (w->code != COMPARE_WARN_TIES)
		w++;
	while (p->p != w->a)
		p++;
	assert_true(w->b > 1);
	assert_true(p->ci.hi - p->delta >= 0.999 * log1p(w->b / 100));
	assert_true(p->delta - p->ci.lo >= 0.999 * log1p(w->b / 100));
}

static void test_odd_data(void **state)
{
	struct data d = make((struct shape){ 1, 40, 50, true, false, 0, 0 }, 1);
	struct compare_result *r;

	(void)state;
	d.v[3] = NAN;
	d.v[70] = INFINITY;
	d.b[8].n = 0;
	d.b[30].n = 3;
	d.b[41].pair = -1;
	r = expect(&d, COMPARE_BLOCK, COMPARE_INCONCLUSIVE, COMPARE_WARN_NOT_FINITE);
	assert_true(warned(r, COMPARE_WARN_EMPTY_BLOCKS));
	assert_true(warned(r, COMPARE_WARN_UNPAIRED));
	assert_int_equal(r->pairs, 38);
	assert_int_equal(r->side[0].blocks + r->side[1].blocks, d.n - 4);
	compare_free(r);
	drop(&d);
	d = make((struct shape){ 1, 40, 100, true, false, 0, 300 }, 1);
	r = expect(&d, COMPARE_BLOCK, COMPARE_INCONCLUSIVE, COMPARE_WARN_TIES);
	assert_tie_in_interval(r);
	compare_free(r);
	for (size_t i = 0; i < d.n * d.samples; i++)
		d.v[i] *= i / d.samples / 20 & 1 ? 1.3 : 1;
	compare_free(expect(&d, COMPARE_BLOCK, COMPARE_INCONCLUSIVE, COMPARE_WARN_BIMODAL));
	drop(&d);
}

/*
 * Two states 2x apart, shared by the blocks of a round, and p95 between them: 15 of 250
 * rounds are slow, and of their samples on one side a few more than 5 in 6, on the other a
 * few less. Nothing else differs.
 */
static struct data make_gap(void)
{
	struct data d = make((struct shape){ 1, 250, 60, true, false, 0, 0 }, 11);
	size_t slow[2] = { 51, 49 };

	for (size_t i = 0; i < d.n; i++) {
		bool spell = i / 2 % 125 >= 60 && i / 2 % 125 < 67 + i / 250;
		double *v = d.v + i * d.samples;

		for (size_t k = 0; k < d.samples; k++)
			v[k] = 15000 * exp(0.2 * log(v[k] / 15000)) *
				(spell && k < slow[d.b[i].side] ? 2 : 1);
	}
	return d;
}

static void test_between_states(void **state)
{
	struct data d = make_gap();
	struct compare_options o = quick(COMPARE_BLOCK);

	(void)state;
	for (int turn = 0; turn < 4; turn++) {
		struct compare_result *r;

		for (size_t i = 0; i < d.n; i++)
			d.b[i].side ^= 1;
		o.sequential = turn > 1;
		r = compare(&o, &d);
		for (size_t i = 0; i < r->npercentiles; i++) {
			const struct compare_percentile *p = &r->percentiles[i];

			if (p->p == 95)
				assert_true(fabs(p->delta) > 0.1);
			if (isnan(p->band.lo))
				continue;
			assert_true(p->ci.lo <= 0 && p->ci.hi >= 0);
			assert_true(p->band.lo <= p->ci.lo && p->band.hi >= p->ci.hi);
		}
		assert_int_equal(r->verdict, COMPARE_INCONCLUSIVE);
		assert_true(r->p_regression > 0.05);
		assert_true(r->needs.more > 1);
		compare_free(r);
	}
	drop(&d);
}

/* p at most 0.05 exactly when the verdict says so, through all margins that matter. */
static void test_p_and_verdict_agree(void **state)
{
	(void)state;
	for (size_t i = 0; i <= 2 * SHAPES + 1; i++) {
		struct shape s = shapes[i / 2 % SHAPES];
		struct compare_options o = quick(COMPARE_BLOCK);
		struct data d;

		s.shift = 0.05;
		d = i / 2 < SHAPES ? make(s, 20 + i) : make_gap();
		o.sequential = i & 1;
		for (int k = 0; k < 40; k++) {
			struct compare_result *r;

			o.margin = i / 2 < SHAPES ? 0.002 * (k + 1) : 0.01 * (k + 1);
			r = compare(&o, &d);
			assert_int_equal(r->verdict == COMPARE_REGRESSION,
				r->p_regression <= 0.05);
			compare_free(r);
		}
		drop(&d);
	}
}

static void test_bad_options(void **state)
{
	struct data d = make(shapes[5], 1);
	struct compare_options o = quick(COMPARE_BLOCK);
	struct compare_result *r;

	(void)state;
	o.margin = 0;
	assert_int_equal(compare_cell(&o, d.b, d.n, &r), -EINVAL);
	assert_null(r);
	o = quick(COMPARE_BLOCK);
	o.confidence = 1;
	assert_int_equal(compare_cell(&o, d.b, d.n, &r), -EINVAL);
	o = quick(COMPARE_BLOCK);
	d.b[0].side = 2;
	assert_int_equal(compare_cell(&o, d.b, d.n, &r), -EINVAL);
	drop(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mirror),
		cmocka_unit_test(test_order_and_threads),
		cmocka_unit_test(test_seed_matters),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_one_boot_decides_nothing),
		cmocka_unit_test(test_not_interleaved),
		cmocka_unit_test(test_too_little),
		cmocka_unit_test(test_constant_and_zero),
		cmocka_unit_test(test_unsteady),
		cmocka_unit_test(test_boots),
		cmocka_unit_test(test_opposite),
		cmocka_unit_test(test_odd_data),
		cmocka_unit_test(test_between_states),
		cmocka_unit_test(test_p_and_verdict_agree),
		cmocka_unit_test(test_bad_options),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("comparison of a cell", tests, NULL, NULL);
}
