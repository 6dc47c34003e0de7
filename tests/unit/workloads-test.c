/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of workloads is sound. */
#include "config.h"
#include <string.h>
#include "cell/params.h"
#include "contract/common-params.h"
#include "tests/unit/unit.h"

static bool has_metric(const struct workload *w, const char *name)
{
	for (int m = 0; m < METRICS; m++)
		if (workload_metrics(w) & METRIC_BIT(m) && !strcmp(metric_names[m], name))
			return true;
	return false;
}

/* Room for all, each name once, defaults in range, flags that are flags. */
static void parameters_are_sound(const struct workload *w)
{
	assert_true(w->name && w->name[0]);
	assert_true(params_own(w) <= OWN_PARAMS);
	for (int i = 0; i < params_count(w); i++) {
		const struct param *p = params_at(w, i);

		assert_int_equal(params_find(w, p->name, strlen(p->name)), i);
		assert_true(p->min >= 0 && p->def >= p->min && p->def <= p->max);
		assert_true(p->unit != PARAM_FLAG || (p->min == 0 && p->max == 1));
	}
}

static void every_workload_is_sound(void **state)
{
	(void)state;
	assert_non_null(workloads[0]);
	for (int i = 0; workloads[i]; i++) {
		const struct workload *w = workloads[i];

		parameters_are_sound(w);
		assert_non_null(w->summary);
		assert_non_null(w->drives);
		assert_non_null(w->proof);
		assert_true(has_metric(w, w->primary));
		assert_false(w->ending == ENDS_UNFORKED &&
			     workload_metrics(w) != METRIC_BIT(METRIC_FORK));
		assert_true(w->other_cpus >= 0 && w->other_cpus <= WORKLOAD_CPUS);
		assert_false(w->helper && !w->other_cpus);
		/* Programs do all of it themselves. */
		assert_true(!w->program || (!w->setup && !w->child && !w->teardown));
		assert_ptr_equal(workload_find(w->name), w);
		/* What a trace shows of it says that somebody else has its mm. */
		assert_int_equal(w->reaps,
			(w->shows & (SHOWS_MEETING | SHOWS_VICTIM | SHOWS_REAPER)) != 0);
	}
}

/* The ordinals of those that the lab measures by default: 1 to their number, each once. */
static void main_workloads_are_counted(void **state)
{
	int n = 0, sum = 0;

	(void)state;
	for (int i = 0; workloads[i]; i++) {
		if (!workloads[i]->main)
			continue;
		sum += ++n;
		for (int k = 0; k < i; k++)
			assert_int_not_equal(workloads[i]->main, workloads[k]->main);
	}
	for (int i = 0; workloads[i]; i++)
		sum -= workloads[i]->main;
	assert_true(n > 0);
	assert_int_equal(sum, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_workload_is_sound),
		cmocka_unit_test(main_workloads_are_counted),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
