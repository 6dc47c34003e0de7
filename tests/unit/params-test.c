/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parameters, on workloads that exist here only. */
#include "config.h"
#include "contract/common-params.h"
#include "tests/unit/fake-workloads.h"
#include "tests/unit/unit.h"

static void lookup(void **state)
{
	const struct workload *w;

	(void)state;
	assert_ptr_equal(workload_find("touch-exit"), &touch_exit);
	assert_null(workload_find("touch"));
	assert_works(workload_lookup("bare", &w));
	assert_ptr_equal(w, &bare);
	assert_int_equal(workload_index(&touch_exit), 1);
	assert_fails(workload_lookup("tuoch-exit", &w), STATUS_USAGE, "tuoch-exit",
		"did you mean touch-exit?", "exitbench list");
	assert_null(w);
}

static void positions(void **state)
{
	(void)state;
	assert_int_equal(params_own(&touch_exit), 3);
	assert_int_equal(params_count(&touch_exit), 3 + COMMON_PARAMS);
	assert_int_equal(params_count(&bare), COMMON_PARAMS);
	assert_string_equal(params_at(&touch_exit, 1)->name, "size");
	assert_string_equal(params_at(&touch_exit, 3 + COMMON_DOSE)->name, "dose");
	assert_string_equal(params_at(&bare, COMMON_STAMP)->name, "stamp");
	assert_int_equal(params_find(&touch_exit, "dose_vmas", 9), 3 + COMMON_DOSE_VMAS);
	assert_int_equal(params_find(&touch_exit, "dose", 4), 3 + COMMON_DOSE);
	assert_int_equal(params_find(&touch_exit, "dos", 3), -1);
	assert_int_equal(params_find(&fork_exit, "pages", 5), -1);
}

/* LIST set on defaults, and written out again: all, or what was set. */
static void expect_params(const char *list, uint32_t mask, const char *expected)
{
	struct param_values v;
	char *text;

	params_defaults(&touch_exit, &v);
	assert_int_equal(v.set, 0);
	assert_works(params_set_list(&touch_exit, list, &v));
	text = params_format(&touch_exit, &v, mask ? mask : v.set);
	assert_string_equal(text, expected);
	free(text);
}

static void setting(void **state)
{
	(void)state;
	expect_params("", PARAMS_ALL, "pages=200,size=64k,ballast=0,stamp=1,dose=0ns,"
		"dose_pages=0,dose_vmas=0,dose_ptes=0");
	expect_params("", 0, "");
	expect_params("pages=204", 0, "pages=204");
	expect_params("dose=1500,pages=1k", 0, "pages=1000,dose=1500ns");
	expect_params("size=1.5M,stamp=0", 0, "size=1536k,stamp=0");
	expect_params("size=1G,dose=1s", 0, "size=1G,dose=1s");
	expect_params("size=4097,dose=0.5ms", 0, "size=4097,dose=500us");
	expect_params(
		"dose_pages=1M,dose_vmas=60k", 0, "dose_pages=1000000,dose_vmas=60000");
}

static int set(const char *list)
{
	struct param_values v, before;
	int rc;

	params_defaults(&touch_exit, &v);
	before = v;
	rc = params_set_list(&touch_exit, list, &v);
	if (rc && !strchr(list, ','))
		assert_memory_equal(&v, &before, sizeof(v));
	return rc;
}

static void bad_setting(void **state)
{
	(void)state;
	assert_fails(set("pagse=5"), STATUS_USAGE, "pagse", "touch-exit",
		"did you mean pages?");
	assert_fails(set("zebra=5"), STATUS_USAGE, "zebra: ", "no such parameter");
	assert_fails(set("pages"), STATUS_USAGE, "pages: ", "name=value");
	assert_fails(set("pages="), STATUS_USAGE, "pages=: ", "name=value");
	assert_fails(set("=5"), STATUS_USAGE, "=5: ", "name=value");
	assert_fails(set("pages=5,"), STATUS_USAGE, "name=value");
	assert_fails(
		set("pages=0"), STATUS_USAGE, "pages 0", "out of range", "1 to 1000000");
	assert_fails(set("pages=1000001"), STATUS_USAGE, "pages 1000001", "out of range");
	assert_fails(set("pages=5x"), STATUS_USAGE, "pages 5x", "not a number");
	assert_fails(set("pages=-5"), STATUS_USAGE, "pages -5", "not a number");
	assert_fails(set("size=4k,size=8k"), STATUS_USAGE, "size 8k", "twice");
	assert_fails(set("size=1k"), STATUS_USAGE, "size 1k", "4k to 1G");
	assert_fails(set("size=2T"), STATUS_USAGE, "size 2T", "not a size");
	assert_fails(set("dose=1.1s"), STATUS_USAGE, "dose 1.1s", "0ns to 1s");
	assert_fails(set("dose=soon"), STATUS_USAGE, "dose soon", "not a time");
	assert_fails(set("stamp=2"), STATUS_USAGE, "stamp 2", "0 or 1");
	assert_fails(set("stamp=yes"), STATUS_USAGE, "stamp yes", "0 or 1");
	assert_fails(
		set("dose_pages=1000001"), STATUS_USAGE, "dose_pages", "0 to 1000000");
	assert_fails(set("dose_vmas=60001"), STATUS_USAGE, "dose_vmas", "0 to 60000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lookup),
		cmocka_unit_test(positions),
		cmocka_unit_test(setting),
		cmocka_unit_test(bad_setting),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("params", tests, NULL, NULL);
}
