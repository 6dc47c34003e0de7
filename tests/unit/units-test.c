/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers with units, clocks, names that are nearly right, and other text in and out; metrics by name. */
#include "config.h"
#include <math.h>
#include "base/clock.h"
#include "contract/metric.h"
#include "tests/unit/unit.h"
#include "text/suggest.h"
#include "text/units.h"

static int64_t duration(const char *text)
{
	int64_t ns = -1;

	assert_works(parse_duration("--time", text, NS_PER_S, &ns));
	return ns;
}

static void durations(void **state)
{
	int64_t ns = 0;

	(void)state;
	assert_int_equal(duration("0"), 0);
	assert_int_equal(duration("30"), 30 * NS_PER_S);
	assert_int_equal(duration("1.5m"), 90 * NS_PER_S);
	assert_int_equal(duration("2h"), 7200 * NS_PER_S);
	assert_int_equal(duration("0.1s"), 100000000);
	assert_int_equal(duration("1.000000001"), 1000000001);
	assert_int_equal(duration("250ms"), 250000000);
	assert_int_equal(duration("1.5us"), 1500);
	assert_int_equal(duration("7ns"), 7);
	assert_int_equal(duration("1.50000000000000000000s"), 1500000000);
	assert_int_equal(duration("9223372036854775807ns"), INT64_MAX);
	assert_int_equal(parse_duration("dose", "200", 1, &ns), 0);
	assert_int_equal(ns, 200);
}

static void bad_durations(void **state)
{
	static const char *const bad[] = {
		"", "s", "-1", "+1", "1.", ".5", "1e3", "1 s", "1s ", "5x", "1.5.5",
		"inf", "nan", "0x10", "1S", "1,5", "1min",
	};
	int64_t ns = 42;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_fails(parse_duration("--time", bad[i], NS_PER_S, &ns),
			STATUS_USAGE, "--time", bad[i], "not a time", "30s");
	assert_fails(parse_duration("--time", "9223372036854775808ns", 1, &ns),
		STATUS_USAGE, "--time 9223372036854775808ns", "too large");
	assert_fails(parse_duration("--time", "9999999999999h", 1, &ns), STATUS_USAGE,
		"too large");
	assert_fails(parse_duration("--time", "99999999999999999999", 1, &ns),
		STATUS_USAGE, "too large");
	assert_fails(parse_duration("--time", "9223372036.854775808s", 1, &ns),
		STATUS_USAGE, "too large");
	assert_fails(parse_duration("dose", "1.5ns", 1, &ns), STATUS_USAGE, "dose 1.5ns",
		"whole number of nanoseconds");
	assert_fails(parse_duration("dose", "0.0000000000000000000001s", 1, &ns),
		STATUS_USAGE, "whole number");
	assert_int_equal(ns, 42);
}

static void sizes(void **state)
{
	int64_t v = 42;

	(void)state;
	assert_int_equal(parse_size("size", "4096", &v), 0);
	assert_int_equal(v, 4096);
	assert_int_equal(parse_size("size", "64k", &v), 0);
	assert_int_equal(v, 65536);
	assert_int_equal(parse_size("size", "1.5K", &v), 0);
	assert_int_equal(v, 1536);
	assert_int_equal(parse_size("size", "2M", &v), 0);
	assert_int_equal(v, 2 << 20);
	assert_int_equal(parse_size("size", "3G", &v), 0);
	assert_int_equal(v, INT64_C(3) << 30);
	assert_fails(parse_size("size", "0.1k", &v), STATUS_USAGE, "size 0.1k",
		"whole number of bytes");
	assert_fails(parse_size("size", "1T", &v), STATUS_USAGE, "size 1T", "64k");
	assert_fails(parse_size("size", "8589934592G", &v), STATUS_USAGE, "too large");
	assert_int_equal(v, INT64_C(3) << 30);
}

static void counts(void **state)
{
	uint64_t u = 42;
	int64_t v = 42;

	(void)state;
	assert_int_equal(parse_count("pages", "204", &v), 0);
	assert_int_equal(v, 204);
	assert_int_equal(parse_count("pages", "1.5k", &v), 0);
	assert_int_equal(v, 1500);
	assert_int_equal(parse_count("pages", "1M", &v), 0);
	assert_int_equal(v, 1000000);
	assert_fails(parse_count("pages", "1.5", &v), STATUS_USAGE, "pages 1.5",
		"not a whole number");
	assert_fails(parse_count("pages", "many", &v), STATUS_USAGE, "pages many", "200");
	assert_fails(parse_count("pages", "-4", &v), STATUS_USAGE, "pages -4");
	assert_int_equal(parse_u64("--seed", "18446744073709551615", &u), 0);
	assert_true(u == UINT64_MAX);
	assert_fails(parse_u64("--seed", "18446744073709551616", &u), STATUS_USAGE,
		"--seed 18446744073709551616", "too large");
	assert_fails(parse_u64("--seed", "1k", &u), STATUS_USAGE, "--seed 1k", "digits");
	assert_fails(parse_u64("--seed", "", &u), STATUS_USAGE, "digits");
	assert_true(u == UINT64_MAX);
}

static void percents(void **state)
{
	double p = 42;

	(void)state;
	assert_int_equal(parse_percent("--margin", "1", &p), 0);
	assert_true(p == 1);
	assert_int_equal(parse_percent("--margin", "0.1%", &p), 0);
	assert_true(p == 0.1);
	assert_fails(parse_percent("--margin", "-1", &p), STATUS_USAGE, "--margin -1",
		"0.5%");
	assert_fails(parse_percent("--margin", "1%%", &p), STATUS_USAGE, "--margin 1%%");
	assert_fails(parse_percent("--margin", "1000001", &p), STATUS_USAGE, "too large");
	assert_true(p == 0.1);
}

static void expect_counts(const char *text, int max, const char *expected)
{
	char got[256] = "";
	int *list, n, i;
	size_t at = 0;

	n = parse_core_counts("--cores", text, max, "place compact", &list);
	assert_works(n);
	for (i = 0; i < n; i++)
		at += (size_t)snprintf(got + at, sizeof(got) - at, "%d ", list[i]);
	free(list);
	assert_string_equal(got, expected);
}

static void core_counts(void **state)
{
	(void)state;
	expect_counts("1", 1, "1 ");
	expect_counts("max", 256, "256 ");
	expect_counts("1,2,4,max", 8, "1 2 4 8 ");
	expect_counts("1,2,4,max", 4, "1 2 4 ");
	expect_counts("1-4", 4, "1 2 3 4 ");
	expect_counts("6-max,1", 8, "6 7 8 1 ");
	expect_counts("2,1,2,1-3", 8, "2 1 3 ");
}

static void bad_core_counts(void **state)
{
	static const char *const bad[] = {
		"", ",", "1,", ",1", "1,,2", "1-", "-4", "1-2-3", "two", "maxi",
		"1.5", "1 ",
	};
	int *list;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_fails(parse_core_counts("--cores", bad[i], 8, "place smt", &list),
			STATUS_USAGE, "--cores", bad[i], "1,2,4,max");
	assert_fails(parse_core_counts("--cores", "0", 8, "place smt", &list),
		STATUS_USAGE, "--cores 0", "place smt has 8 CPUs", "1 to 8");
	assert_fails(parse_core_counts("--cores", "1,9", 8, "place smt", &list),
		STATUS_USAGE, "--cores 1,9", "place smt has 8 CPUs");
	assert_fails(parse_core_counts(
			     "--cores", "1-18446744073709551615", 8, "place smt", &list),
		STATUS_USAGE, "has 8 CPUs");
	assert_fails(parse_core_counts("--cores", "4-2", 8, "place smt", &list),
		STATUS_USAGE, "--cores 4-2", "upwards");
}

static void expect_ns(double ns, const char *expected)
{
	char buf[32];

	assert_string_equal(format_ns(ns, buf, sizeof(buf)), expected);
}

static void expect_duration(double seconds, const char *expected)
{
	char buf[32];

	assert_string_equal(format_duration(seconds, buf, sizeof(buf)), expected);
}

static void formats(void **state)
{
	char tiny[4];

	(void)state;
	expect_ns(0, "0 ns");
	expect_ns(7, "7 ns");
	expect_ns(1.25, "1.25 ns");
	expect_ns(850, "850 ns");
	expect_ns(-850, "-850 ns");
	expect_ns(999.4, "999 ns");
	expect_ns(999.6, "1.00 \xc2\xb5s");
	expect_ns(12345, "12.3 \xc2\xb5s");
	expect_ns(99960, "100 \xc2\xb5s");
	expect_ns(999600, "1.00 ms");
	expect_ns(-2.5e6, "-2.50 ms");
	expect_ns(4e9, "4.00 s");
	expect_ns(7.2e12, "7200 s");
	expect_ns(NAN, "-");
	expect_ns(INFINITY, "-");
	assert_string_equal(format_ns(12345, tiny, sizeof(tiny)), "12.");
	expect_duration(0, "0.0 s");
	expect_duration(3.21, "3.2 s");
	expect_duration(9.96, "10 s");
	expect_duration(59.6, "1 min 0 s");
	expect_duration(125, "2 min 5 s");
	expect_duration(3599.7, "1 h 0 min");
	expect_duration(3780, "1 h 3 min");
	expect_duration(-1, "-");
	expect_duration(NAN, "-");
}

static const char *suggested(const char *word)
{
	static const char *const names[] = {
		"fork-exit", "touch-exit", "pages", "dose", "dose_pages", "stamp", "smt",
	};
	static struct suggestion s;
	size_t i;

	suggest_start(&s, word);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		suggest_offer(&s, names[i]);
	return suggest_text(&s);
}

static void suggestions(void **state)
{
	char longest[200];

	(void)state;
	assert_string_equal(suggested("pags"), "; did you mean pages?");
	assert_string_equal(suggested("page"), "; did you mean pages?");
	assert_string_equal(suggested("frok-exit"), "; did you mean fork-exit?");
	assert_string_equal(suggested("touch"), "; did you mean touch-exit?");
	assert_string_equal(suggested("dsoe"), "; did you mean dose?");
	assert_string_equal(suggested("mst"), "; did you mean smt?");
	assert_string_equal(suggested("party"), "");
	assert_string_equal(suggested("vmas"), "");
	assert_string_equal(suggested("x"), "");
	assert_string_equal(suggested(""), "");
	memset(longest, 'a', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	assert_string_equal(suggested(longest), "");
}

/* A clock that moves by 4 ms with each thousandth reading, one of 1 us, one that stands. */
static uint64_t readings;

static uint64_t read_ticks(void)
{
	return 4000000 * (readings++ / 1000);
}

static uint64_t read_fine(void)
{
	return 1000 * readings++;
}

static uint64_t read_still(void)
{
	return 7;
}

static void clock_steps(void **state)
{
	const struct tick_clock system = { CLOCK_KIND_SYSCALL, "clock_gettime", 1 };

	(void)state;
	assert_true(clock_step_ns(read_ticks) == 4e6);
	assert_true(clock_step_ns(read_fine) == 1e3);
	assert_true(isinf(clock_step_ns(read_still)));
	assert_int_equal(clock_check(&system), 0);
}

/* Whatever is in the list: each metric is found, and is the chief one where it is alone. */
static void metrics(void **state)
{
	(void)state;
	for (int m = 0; m < METRICS; m++) {
		assert_int_equal(metric_find(metric_names[m]), m);
		assert_int_equal(metric_chief(METRIC_BIT(m)), m);
	}
	assert_null(metric_names[METRICS]);
	assert_int_equal(metric_find("speed"), METRICS);
	assert_int_equal(metric_find(""), METRICS);
	assert_int_equal(metric_chief(0), METRICS);
	assert_int_equal(metric_chief(METRIC_BIT(METRICS) - 1), METRIC_EXIT);
	assert_int_equal(metric_chief(METRIC_BIT(METRIC_FORK) | METRIC_BIT(METRIC_CYCLE)), METRIC_CYCLE);
	assert_int_equal(metric_chief(METRIC_BIT(METRIC_RELEASE) | METRIC_BIT(METRIC_FORK)), METRIC_FORK);
	assert_int_equal(metric_chief(METRIC_BIT(METRIC_RELEASE) | METRIC_BIT(METRIC_THROUGHPUT)),
		METRIC_RELEASE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations),
		cmocka_unit_test(bad_durations),
		cmocka_unit_test(sizes),
		cmocka_unit_test(counts),
		cmocka_unit_test(percents),
		cmocka_unit_test(core_counts),
		cmocka_unit_test(bad_core_counts),
		cmocka_unit_test(formats),
		cmocka_unit_test(suggestions),
		cmocka_unit_test(clock_steps),
		cmocka_unit_test(metrics),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("units", tests, NULL, NULL);
}
