/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of workloads is sound. */
#include "config.h"
#include <string.h>
#include "unit.h"
#include "params.h"

static void every_workload_is_sound(void **state)
{
	(void)state;
	assert_non_null(workloads[0]);
	for (int i = 0; workloads[i]; i++) {
		const struct workload *w = workloads[i];

		assert_works(params_check(w));
		assert_non_null(w->summary);
		assert_non_null(w->drives);
		assert_true(!strcmp(w->primary, "exit") || !strcmp(w->primary, "cycle") ||
			    !strcmp(w->primary, "fork"));
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
