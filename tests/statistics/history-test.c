/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The published figures read again, against R (tests/data/stats/history.R). */
#include <math.h>
#include "report/history/history-report.h"
#include "tests/unit/unit.h"

#define TOLERANCE 1e-6		/* relative; R's noncentral t is no better */

/* cmocka's assert_float_equal() is single precision. */
static void assert_near(double got, double want, double tolerance, const char *what)
{
	if (!(fabs(got - want) <= tolerance * fmax(1e-3, fabs(want)))) {
		print_error("%s: %.12g, not %.12g\n", what, got, want);
		_fail(__FILE__, __LINE__);
	}
}

static const struct history_entry *find(const struct history *h, const char *id)
{
	for (size_t i = 0; i < h->n; i++)
		if (!strcmp(h->v[i].c->id, id))
			return &h->v[i];
	return NULL;
}

static const struct history_test *find_test(const struct history_entry *e, const char *figure)
{
	if (!strcmp(figure, "naive"))
		return &e->naive;
	if (!strcmp(figure, "borrowed"))
		return &e->borrowed;
	for (size_t i = 0; i < e->c->figures; i++)
		if (!strcmp(e->c->figure[i].name, figure))
			return &e->figure[i].test;
	return NULL;
}

static double quantity(const struct history_entry *e, const struct history_test *t,
	const char *name)
{
	const struct {
		const char *name;
		double value;
	} all[] = {
		{ "change", t->change }, { "se", t->se }, { "t", t->t }, { "df", t->df },
		{ "p", t->p }, { "lo", t->ci.lo }, { "hi", t->ci.hi },
		{ "detectable", t->detectable }, { "runs", t->runs },
		{ "scatter", e->scatter.sd },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (!strcmp(all[i].name, name))
			return all[i].value;
	return NAN;
}

/* One line: comparison,figure,quantity,value. */
static void check_line(const struct history *h, char *line)
{
	char what[256], *rest = line, *field[4];
	const struct history_entry *e;
	const struct history_test *t;
	double want;

	snprintf(what, sizeof(what), "%s", line);
	for (int i = 0; i < 4; i++) {
		field[i] = strsep(&rest, ",\n");
		assert_non_null(field[i]);
	}
	want = strtod(field[3], NULL);
	if (!strcmp(field[2], "power")) {
		assert_near(history_power(strtod(field[1], NULL), strtod(field[0], NULL)), want,
			TOLERANCE, what);
		return;
	}
	e = find(h, field[0]);
	assert_non_null(e);
	t = find_test(e, field[1]);
	assert_non_null(t);
	assert_near(quantity(e, t, field[2]), want, TOLERANCE, what);
}

static void against_r(void **state)
{
	FILE *f = fopen(data_file("stats/history.csv"), "r");
	struct history h;
	char line[256];
	int n = 0;

	(void)state;
	assert_non_null(f);
	assert_works(history_make(NULL, 0.01, &h));
	assert_non_null(fgets(line, sizeof(line), f));
	for (; fgets(line, sizeof(line), f); n++)
		check_line(&h, line);
	fclose(f);
	assert_int_equal(n, 122);
	history_free(&h);
}

/* The figures by which the command is known. */
static void shutemov(void **state)
{
	const struct history_entry *e;
	struct history h;
	const struct history_test *t;

	(void)state;
	assert_works(history_make(NULL, 0.01, &h));
	e = find(&h, "shutemov-2017-spawn");
	assert_non_null(e);
	t = &e->figure[0].test;
	assert_near(t->change, 0.042, 0.01, "change");
	assert_near(t->se, 0.037, 0.01, "standard error");
	assert_near(t->t, 1.17, 0.005, "t");
	assert_int_equal((int)round(t->df), 6);
	assert_near(t->p, 0.28, 0.02, "p");
	assert_near(t->ci.lo, -0.045, 0.01, "lo");
	assert_near(t->ci.hi, 0.129, 0.01, "hi");
	assert_int_equal(t->verdict, COMPARE_INCONCLUSIVE);
	history_free(&h);
}

/* What the authors computed follows from what they measured; no interval of one run. */
static void one_run(void **state)
{
	struct history h;
	int n = 0;

	(void)state;
	assert_works(history_make(NULL, 0.01, &h));
	for (size_t i = 0; i < h.n; i++) {
		const struct history_entry *e = &h.v[i];
		const struct history_test *t = &e->figure[0].test;
		json_t *pct;
		const char *name;

		assert_int_equal(e->one_run, isnan(t->ci.lo));
		assert_int_equal(e->one_run, isnan(t->detectable));
		assert_int_equal(e->one_run, isnan(t->runs));
		json_object_foreach((json_t *)e->c->published_pct, name, pct) {
			double off = history_change(e->c, name) * 100 - json_number_value(pct);

			assert_true(fabs(off) < 0.006);
			n++;
		}
	}
	assert_int_equal(n, 6);
	history_free(&h);
}

static void verdicts(void **state)
{
	static const struct {
		double lo, hi;
		enum compare_verdict want;
	} c[] = {
		{ 0.011, 0.02, COMPARE_REGRESSION }, { 0.009, 0.02, COMPARE_INCONCLUSIVE },
		{ -0.02, -0.01, COMPARE_IMPROVEMENT }, { -0.02, -0.0099, COMPARE_INCONCLUSIVE },
		{ -0.0099, 0.01, COMPARE_EQUIVALENT }, { -0.00991, 0.01, COMPARE_INCONCLUSIVE },
		{ 0.001, 0.009, COMPARE_EQUIVALENT }, { NAN, NAN, COMPARE_INCONCLUSIVE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(c) / sizeof(*c); i++)
		assert_int_equal(history_verdict((struct interval){ c[i].lo, c[i].hi }, 0.01),
			c[i].want);
}

/* Runs without any scatter, and figures for which there is no answer. */
static void corners(void **state)
{
	struct summary a = { 100, 0, 3 }, b = { 102, 0, 3 }, one = { 100, NAN, 1 };
	struct history_test t = history_welch(a, b, HISTORY_LINEAR, 0.01);

	(void)state;
	assert_int_equal(t.verdict, COMPARE_REGRESSION);
	assert_near(t.detectable, 0, TOLERANCE, "detectable");
	assert_near(t.runs, 2, TOLERANCE, "runs");
	t = history_welch(one, b, HISTORY_LINEAR, 0.01);
	assert_near(t.change, 0.02, TOLERANCE, "change");
	assert_true(isnan(t.se) && isnan(t.p) && isnan(t.detectable) && isnan(t.runs));
	assert_true(isnan(history_scatter(one, b).sd));
	assert_true(isnan(history_power(1, 0)) && isnan(history_power(NAN, 3)));
	assert_near(history_power(2, 1e9), 0.516005, 1e-5, "power, normal");
	b.sd = 5000;
	assert_true(isnan(history_welch(a, b, HISTORY_LINEAR, 1e-9).runs));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(against_r),
		cmocka_unit_test(shutemov),
		cmocka_unit_test(one_run),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(corners),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
