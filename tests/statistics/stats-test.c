/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The statistics against R (tests/data/stats/make.R), and what must hold for any data. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include "analysis/statistics/line-fit.h"
#include "analysis/statistics/tally.h"
#include "tests/statistics/stats-test.h"

#define MOST_VALUES 600

struct datum {
	char name[32];
	double value;
};

struct reference {
	char function[16], a[32], b[32];
	double parameter, value;
};

struct csv {
	struct datum data[MOST_VALUES];
	size_t n;
};

static FILE *open_data(const char *name)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/data/stats/%s", srcdir ? srcdir : ".", name);
	f = fopen(path, "r");
	if (!f)
		fail_msg("cannot open %s", path);
	return f;
}

/* Splits LINE at commas into at most N fields. */
static size_t split(char *line, char **field, size_t n)
{
	size_t k = 0;
	char *rest = line, *one;

	line[strcspn(line, "\r\n")] = '\0';
	while (k < n && (one = strsep(&rest, ",")))
		field[k++] = one;
	return k;
}

static void load(struct csv *csv)
{
	FILE *f = open_data("data.csv");
	char line[256], *field[2] = { NULL, NULL };

	csv->n = 0;
	assert_non_null(fgets(line, sizeof(line), f));
	while (fgets(line, sizeof(line), f)) {
		assert_int_equal(split(line, field, 2), 2);
		assert_true(csv->n < MOST_VALUES);
		snprintf(csv->data[csv->n].name, sizeof(csv->data[0].name), "%s", field[0]);
		csv->data[csv->n++].value = strtod(field[1], NULL);
	}
	fclose(f);
}

static size_t find(const struct csv *csv, const char *name, double *out)
{
	size_t n = 0;

	for (size_t i = 0; i < csv->n; i++)
		if (!strcmp(csv->data[i].name, name))
			out[n++] = csv->data[i].value;
	return n;
}

static double quantile(const char *function, double *x, size_t n, double q)
{
	double *copy = malloc(n * sizeof(*copy)), v, w;
	bool hd = !strcmp(function, "hd");
	struct tally t = { 0 };

	memcpy(copy, x, n * sizeof(*x));
	v = quantile_select(copy, n, q);
	free(copy);
	assert_int_equal(sort_doubles(x, n), 0);
	if (!strcmp(function, "type7"))
		return quantile_sorted(x, n, q);
	assert_int_equal(tally_add(&t, x, n), 0);
	assert_int_equal(tally_finish(&t), 0);
	w = tally_quantile(hd ? QUANTILE_HARRELL_DAVIS : QUANTILE_TYPE8, &t, q);
	tally_free(&t);
	if (!hd)
		assert_double_near(v, w, 1e-12);
	return w;
}

static double field_of(const struct location *l, const char *function)
{
	const char *dot = strchr(function, '.');

	return !dot ? l->estimate : !strcmp(dot, ".lo") ? l->ci.lo :
		!strcmp(dot, ".hi") ? l->ci.hi : l->p;
}

static double field_of_welch(const struct welch *w, const char *function)
{
	const char *dot = strchr(function, '.') + 1;

	return !strcmp(dot, "t") ? w->t : !strcmp(dot, "df") ? w->df :
		!strcmp(dot, "p") ? w->p : !strcmp(dot, "lo") ? w->ci.lo : w->ci.hi;
}

static double field_of_line(const struct csv *csv, const char *function, const double *x,
	const double *y, size_t n)
{
	const char *dot = strchr(function, '.') + 1;
	struct line_fit line;
	double se[MOST_VALUES];

	assert_int_equal(find(csv, "line.se", se), n);
	assert_int_equal(fit_line(x, y, se, n, &line), 0);
	return !strcmp(dot, "slope") ? line.slope : !strcmp(dot, "slope_se") ? line.slope_se :
		line.intercept;
}

/* Our value for a line of the reference. */
static double ours(const struct csv *csv, const struct reference *r)
{
	double x[MOST_VALUES], y[MOST_VALUES];
	size_t nx = find(csv, r->a, x), ny = find(csv, r->b, y);
	struct location l;
	struct welch w;

	if (!strcmp(r->function, "student"))
		return student_critical(r->parameter, strtod(r->a, NULL));
	if (!strcmp(r->function, "detectable"))
		return detectable_effect(0.3, 0.95, r->parameter);
	assert_true(nx > 0);
	if (!strncmp(r->function, "line.", 5))
		return field_of_line(csv, r->function, x, y, nx);
	if (!strcmp(r->function, "holm")) {
		assert_int_equal(holm_adjust(x, nx, y), 0);
		return y[(size_t)r->parameter - 1];
	}
	if (!strncmp(r->function, "hl", 2)) {
		assert_int_equal(hodges_lehmann(x, nx, r->parameter, 0.95, 1, &l), 0);
		return field_of(&l, r->function);
	}
	if (!strncmp(r->function, "welch", 5)) {
		w = welch_samples(x, nx, y, ny, 0.95);
		return field_of_welch(&w, r->function);
	}
	return quantile(r->function, x, nx, r->parameter);
}

/* R's confidence limits for many values are roots, ours order statistics next to them. */
static double tolerance(const struct reference *r)
{
	bool rank = !strncmp(r->function, "hl", 2);

	if (rank && !strcmp(r->a, "many") && !strstr(r->function, ".p"))
		return 5e-6;
	return 1e-9 * fmax(1e-3, fabs(r->value));
}

static void check_against_r(const char *prefix, size_t expected)
{
	static struct csv csv;
	FILE *f = open_data("reference.csv");
	char line[256], *field[5];
	struct reference r;
	size_t checked = 0;

	load(&csv);
	assert_non_null(fgets(line, sizeof(line), f));
	while (fgets(line, sizeof(line), f)) {
		double v;

		assert_int_equal(split(line, field, 5), 5);
		snprintf(r.function, sizeof(r.function), "%s", field[0]);
		snprintf(r.a, sizeof(r.a), "%s", field[1]);
		snprintf(r.b, sizeof(r.b), "%s", field[2]);
		r.parameter = strtod(field[3], NULL);
		r.value = strtod(field[4], NULL);
		if (strncmp(r.function, prefix, strlen(prefix)))
			continue;
		v = ours(&csv, &r);
		if (!(fabs(v - r.value) <= tolerance(&r)))
			fail_msg("%s(%s, %s, %g): %.15g, R has %.15g", r.function, r.a, r.b,
				r.parameter, v, r.value);
		checked++;
	}
	fclose(f);
	assert_int_equal(checked, expected);
}

static void test_type7(void **state)
{
	(void)state;
	check_against_r("type7", 50);
}

static void test_type8(void **state)
{
	(void)state;
	check_against_r("type8", 50);
}

static void test_harrell_davis(void **state)
{
	(void)state;
	check_against_r("hd", 50);
}

static void test_hodges_lehmann(void **state)
{
	(void)state;
	check_against_r("hl", 32);
}

static void test_welch(void **state)
{
	(void)state;
	check_against_r("welch", 20);
}

static void test_holm(void **state)
{
	(void)state;
	check_against_r("holm", 7);
}

static void test_student(void **state)
{
	(void)state;
	check_against_r("student", 15);
}

static void test_line(void **state)
{
	double x[] = { 1, 1, 1 }, y[] = { 1, 2, 3 }, se[] = { 1, 1, 1 };
	struct line_fit line;

	(void)state;
	check_against_r("line", 3);
	check_against_r("detectable", 3);
	assert_int_equal(fit_line(x, y, se, 3, &line), -EINVAL);
	assert_int_equal(fit_line(x, y, se, 0, &line), -EINVAL);
	x[2] = 2;
	assert_int_equal(fit_line(x, y, se, 3, &line), 0);
	se[1] = 0;
	assert_int_equal(fit_line(x, y, se, 3, &line), -EINVAL);
	assert_true(isnan(detectable_effect(1, 0.95, 1)));
}

/* July 2017: 166.497 s +- 1.61% against 159.809 s +- 3.15% (standard errors), 5 runs each. */
static void test_figures_of_2017(void **state)
{
	struct summary before = { 159.809, 159.809 * 0.0315 * sqrt(5), 5 };
	struct summary after = { 166.497, 166.497 * 0.0161 * sqrt(5), 5 };
	struct welch w = welch_summary(before, after, 0.95);

	(void)state;
	assert_double_near(100 * w.difference / before.mean, 4.2, 0.05);
	assert_double_near(100 * w.se / before.mean, 3.6, 0.1);
	assert_double_near(w.t, 1.17, 0.005);
	assert_double_near(w.df, 6, 0.2);
	assert_double_near(w.p, 0.28, 0.01);
	assert_double_near(100 * w.ci.lo / before.mean, -4.5, 0.05);
	assert_double_near(100 * w.ci.hi / before.mean, 12.9, 0.05);
}

static void test_no_answer_is_nan(void **state)
{
	double nothing[1] = { 1 }, bad[3] = { 1, NAN, 2 }, p[3] = { NAN, 0.02, 0.03 };
	struct location l;

	(void)state;
	assert_true(isnan(quantile_sorted(nothing, 0, 0.5)));
	assert_true(isnan(quantile_select(nothing, 0, 0.5)));
	assert_int_equal(hodges_lehmann(nothing, 0, 0, 0.95, 1, &l), 0);
	assert_true(isnan(l.estimate));
	assert_int_equal(hodges_lehmann(bad, 3, 0, 0.95, 1, &l), 0);
	assert_true(isnan(l.estimate) && isnan(l.ci.lo));
	assert_int_equal(hodges_lehmann(nothing, 1, 0, 0.95, 1, &l), 0);
	assert_double_near(l.estimate, 1, 0);
	assert_true(isnan(l.ci.lo));
	assert_true(isnan(welch_samples(nothing, 1, nothing, 1, 0.95).p));
	assert_int_equal(holm_adjust(p, 3, p), 0);
	assert_true(isnan(p[0]));
	assert_double_near(p[1], 0.04, 1e-12);
	assert_double_near(p[2], 0.04, 1e-12);
}

/* As wilcox.test(x) in R: with ties and a zero, the normal approximation. */
static void test_ties(void **state)
{
	const double x[] = { 1, 1, 2, 2, 2, -1, 3, 3, -2, 4, -4, 5, 0 };
	struct location l;

	(void)state;
	assert_int_equal(hodges_lehmann(x, 13, 0, 0.95, 1, &l), 0);
	assert_double_near(l.p, 0.10563222993578039, 1e-12);
}

static void test_sorting(void **state)
{
	size_t n = 20000;
	double *v = malloc(n * sizeof(*v)), *want = malloc(n * sizeof(*want));

	(void)state;
	for (size_t i = 0; i < n; i++)
		v[i] = ((double)(i * 7919 % n) - 9000) * (i % 3 ? 1e-3 : 1e9);
	v[17] = -0.0;
	v[18] = 0.0;
	memcpy(want, v, n * sizeof(*want));
	gsl_sort(want, 1, n);
	assert_int_equal(sort_doubles(v, n), 0);
	for (size_t i = 0; i < n; i++)
		assert_true(v[i] == want[i]);
	free(v);
	free(want);
}

/* The same from an array, by other code. */
static double reference(enum quantile_type type, const double *sorted, size_t n, double q)
{
	double v = 0, below = 0, upto, *copy;

	if (type == QUANTILE_TYPE7 || !n || !(q > 0 && q < 1))
		return quantile_sorted(sorted, n, q);
	if (type == QUANTILE_TYPE8) {
		copy = malloc(n * sizeof(*copy));
		memcpy(copy, sorted, n * sizeof(*copy));
		v = quantile_select(copy, n, q);
		free(copy);
		return v;
	}
	for (size_t i = 0; i < n; i++, below = upto) {
		upto = gsl_cdf_beta_P((double)(i + 1) / (double)n, ((double)n + 1) * q,
			((double)n + 1) * (1 - q));
		v += (upto - below) * sorted[i];
	}
	return v;
}

static void expect_tally(const struct tally *t, const double *sorted, size_t n)
{
	assert_int_equal(t->n, n);
	for (size_t i = 0; i < n; i += 1 + i / 7) {
		assert_true(tally_at(t, i) == sorted[i]);
		assert_true(tally_rank(t, sorted[i]) > i);
		assert_true(tally_rank(t, sorted[i] - 0.25) <= i);
	}
	for (int k = -1; k <= 101; k++)
		for (enum quantile_type type = 0; type <= QUANTILE_HARRELL_DAVIS; type++) {
			double q = k / 100.0, want;

			if (type == QUANTILE_HARRELL_DAVIS && n > 500)
				continue;
			want = reference(type, sorted, n, q);
			if (isnan(want))
				assert_true(isnan(tally_quantile(type, t, q)));
			else if (type != QUANTILE_HARRELL_DAVIS)
				assert_double_near(tally_quantile(type, t, q), want, 0);
			else
				assert_double_near(tally_quantile(type, t, q), want, 1e-9);
		}
}

/* N values of DISTINCT, added in pieces of several lengths, as two tallies in one. */
static void tally_of(size_t n, size_t distinct)
{
	struct tally half[2] = { 0 }, t = { 0 };
	double *v = malloc((n + 1) * sizeof(*v));
	uint64_t x = n;

	for (size_t i = 0; i < n; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		v[i] = (double)((x >> 33) % distinct) / 2 - 10;
	}
	for (size_t i = 0, some; i < n; i += some) {
		some = n - i < 1 + i ? n - i : 1 + i;
		assert_int_equal(tally_add(&half[i & 1], v + i, some), 0);
	}
	assert_int_equal(tally_finish(&half[0]), 0);
	assert_int_equal(tally_finish(&half[1]), 0);
	assert_int_equal(tally_merge(&half[0], &half[1], &t), 0);
	assert_true(t.distinct <= distinct);
	assert_int_equal(sort_doubles(v, n), 0);
	expect_tally(&t, v, n);
	free(v);
	tally_free(&half[0]);
	tally_free(&half[1]);
	tally_free(&t);
}

static void test_tally(void **state)
{
	(void)state;
	tally_of(0, 1);
	tally_of(1, 1);
	tally_of(17, 1);
	tally_of(400, 37);
	tally_of(70000, 1000000000);	/* more distinct ones than are kept apart */
	tally_of(500000, 3000);
}

static void test_block_length(void **state)
{
	double white[2000], red[2000], inflate, level = 0;
	uint64_t x = 1;

	(void)state;
	for (size_t i = 0; i < 2000; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		white[i] = (double)(x >> 40) / (1 << 24) - 0.5;
		level = 0.8 * level + white[i];
		red[i] = level;
	}
	assert_true(stationary_block_length(white, 2000, &inflate) < 6);
	assert_true(inflate < 1.3);
	/* By the paper's formulas, written out elsewhere; in the limit, AR(1) with 0.8 has 34. */
	assert_double_near(stationary_block_length(red, 2000, &inflate), 26.36005559342987, 1e-8);
	assert_double_near(inflate, 7.4170851461577865, 1e-8);
	assert_double_near(stationary_block_length(white, 1, &inflate), 1, 0);
}

static void test_sequential(void **state)
{
	struct sequential s;
	struct interval ci = { NAN, NAN };
	uint64_t x = 7;

	(void)state;
	sequential_init(&s, 0.95);
	assert_true(isnan(sequential_interval(&s).lo));
	for (size_t i = 0; i < 1000; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		assert_int_equal(sequential_add(&s, 0.02 + 0.01 *
			((double)(x >> 40) / (1 << 24) - 0.5)), 0);
		assert_int_equal(sequential_add(&s, NAN), 0);
		if (i == 50)
			ci = sequential_interval(&s);
	}
	assert_true(ci.lo < 0.02 && ci.hi > 0.02);
	assert_true(sequential_interval(&s).hi - sequential_interval(&s).lo <
		(ci.hi - ci.lo) / 2);
	assert_double_near(sequential_estimate(&s), 0.02, 0.001);
	/* The interval ends where the p-value is its error. */
	ci = sequential_interval(&s);
	assert_double_near(sequential_p(&s, ci.lo), 0.05, 1e-6);
	assert_double_near(sequential_p(&s, ci.hi), 0.05, 1e-6);
	assert_double_near(sequential_critical_p(500, 0.05, sequential_critical(500, 0.05)),
		0.05, 1e-9);
	sequential_free(&s);
	assert_double_near(sequential_critical(500, 0.05), 3.035, 0.001);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_type7),
		cmocka_unit_test(test_type8),
		cmocka_unit_test(test_harrell_davis),
		cmocka_unit_test(test_hodges_lehmann),
		cmocka_unit_test(test_welch),
		cmocka_unit_test(test_holm),
		cmocka_unit_test(test_student),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_figures_of_2017),
		cmocka_unit_test(test_no_answer_is_nan),
		cmocka_unit_test(test_ties),
		cmocka_unit_test(test_sorting),
		cmocka_unit_test(test_tally),
		cmocka_unit_test(test_block_length),
		cmocka_unit_test(test_sequential),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("estimators", tests, NULL, NULL);
}
