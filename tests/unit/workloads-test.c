/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of workloads is sound. */
#include "config.h"
#include <string.h>
#include "cell/params.h"
#include "tests/unit/unit.h"

static bool has_metric(const struct workload *w, const char *name)
{
	for (int m = 0; m < METRICS; m++)
		if (workload_metrics(w) & METRIC_BIT(m) && !strcmp(metric_names[m], name))
			return true;
	return false;
}

static void every_workload_is_sound(void **state)
{
	(void)state;
	assert_non_null(workloads[0]);
	for (int i = 0; workloads[i]; i++) {
		const struct workload *w = workloads[i];

		assert_works(params_check(w));
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
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_workload_is_sound),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
