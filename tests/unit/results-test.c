/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which cell a comparison's headline is about. */
#include "config.h"
#include <math.h>
#include "tests/unit/unit.h"
#include "report/compare/results.h"

#define CELLS 3

struct made {
	struct compare_result compared[CELLS];
	struct results_row row[CELLS];
	struct results r;
};

/* Primary cells of VERDICT whose effects are not known, and what they are worse by at worst. */
static void make(struct made *m, enum compare_verdict verdict, const double *worse)
{
	*m = (struct made){ .r = { .v = m->row, .n = CELLS, .verdict = verdict } };
	for (int i = 0; i < CELLS; i++) {
		m->row[i] = (struct results_row){ .cell = i, .metric = METRIC_EXIT,
			.primary = true, .r = &m->compared[i],
			.regression = verdict == COMPARE_REGRESSION };
		m->compared[i].verdict = COMPARE_REGRESSION;
		m->compared[i].worst.worse = worse[i];
		m->compared[i].worst.p = isnan(worse[i]) ? NAN : 50;
		m->compared[i].effect.delta = NAN;
		m->compared[i].effect.ci = (struct interval){ NAN, NAN };
	}
}

static int leading(const struct made *m)
{
	return results_leading(&m->r)->cell;
}

static void unknown_loses(void **state)
{
	/* Not known first, last, and both. */
	static const double worse[][CELLS] = { { NAN, 0.02, 0.05 }, { 0.05, 0.02, NAN },
		{ NAN, 0.05, NAN } };
	static const int wanted[] = { 2, 0, 1 };
	struct made m;

	(void)state;
	for (int i = 0; i < 3; i++) {
		make(&m, COMPARE_REGRESSION, worse[i]);
		assert_int_equal(leading(&m), wanted[i]);
		/* Regressions that do not stand after the correction. */
		make(&m, COMPARE_INCONCLUSIVE, worse[i]);
		assert_int_equal(leading(&m), wanted[i]);
	}
}

static void all_unknown(void **state)
{
	static const double worse[] = { NAN, NAN, NAN };
	struct made m;

	(void)state;
	make(&m, COMPARE_REGRESSION, worse);
	assert_int_equal(leading(&m), 0);
}

static void primary_leads(void **state)
{
	static const double worse[] = { 0.5, 0.02, NAN };
	struct made m;

	(void)state;
	make(&m, COMPARE_REGRESSION, worse);
	m.row[0].primary = false;
	assert_int_equal(leading(&m), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_loses),
		cmocka_unit_test(all_unknown),
		cmocka_unit_test(primary_leads),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("results", tests, NULL, NULL);
}
