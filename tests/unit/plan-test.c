/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plans, on workloads that exist here only. */
#include "config.h"
#include "measure/plan.h"
#include "tests/unit/fake-workloads.h"
#include "tests/unit/unit.h"

static struct topology *machine(const char *variable, const char *value)
{
	struct topology *t;

	unsetenv("HWLOC_COMPONENTS");
	unsetenv("HWLOC_SYNTHETIC");
	unsetenv("HWLOC_XMLFILE");
	unsetenv("HWLOC_FSROOT");
	setenv(variable, value, 1);
	assert_works(topology_load(&t));
	return t;
}

static struct topology *big_machine(void)
{
	return machine("HWLOC_SYNTHETIC", "package:2 [numa] core:64 pu:2");
}

#define STRINGS(...) (const char *const[]){ __VA_ARGS__ }

/* The plan as text: "workload place cores: first CPUs", a cell a line. */
static const char *describe(const struct plan *plan)
{
	static char text[4096];
	const struct plan_cell *c;
	size_t at = 0;
	int i, j;

	text[0] = '\0';
	for (i = 0; i < plan->ncells; i++) {
		c = &plan->cells[i];
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s %s %d:",
			c->workload->name, c->place, c->cores);
		for (j = 0; j < c->cores && j < 6; j++)
			at += (size_t)snprintf(text + at, sizeof(text) - at, " %d",
				c->cpus[j]);
		at += (size_t)snprintf(text + at, sizeof(text) - at, "\n");
	}
	return text;
}

static void expect_plan(const struct plan_request *r, struct topology *t,
	const char *expected)
{
	struct plan plan;

	assert_works(plan_make(r, t, &plan));
	assert_string_equal(describe(&plan), expected);
	plan_free(&plan);
	plan_free(&plan);
	topology_free(t);
}

static void defaults(void **state)
{
	const struct plan_request r = { .seed = 7 };
	struct topology *t = big_machine();
	struct plan plan;

	(void)state;
	assert_works(plan_make(&r, t, &plan));
	assert_int_equal(plan.narms, 1);
	assert_string_equal(plan.arms[0].name, "run");
	assert_string_equal(plan.arms[0].settings, "");
	assert_true(plan.seed == 7);
	assert_string_equal(describe(&plan),
		"fork-exit compact 1: 0\ntouch-exit compact 1: 0\n");
	plan_free(&plan);
	topology_free(t);
}

static void cells(void **state)
{
	struct plan_request r = {
		.workloads = "t*,*exit", .cores = "2,max,2",
		.places = STRINGS("scatter", "cores", "scatter", "7,3-5"), .nplaces = 4,
	};

	(void)state;
	expect_plan(&r, big_machine(),
		"touch-exit scatter 2: 0 128\n"
		"touch-exit scatter 256: 0 128 2 130 4 132\n"
		"touch-exit cores 2: 0 2\n"
		"touch-exit cores 128: 0 2 4 6 8 10\n"
		"touch-exit 7,3-5 2: 7 3\n"
		"touch-exit 7,3-5 4: 7 3 4 5\n"
		"fork-exit scatter 2: 0 128\n"
		"fork-exit scatter 256: 0 128 2 130 4 132\n"
		"fork-exit cores 2: 0 2\n"
		"fork-exit cores 128: 0 2 4 6 8 10\n"
		"fork-exit 7,3-5 2: 7 3\n"
		"fork-exit 7,3-5 4: 7 3 4 5\n");
}

static void machines(void **state)
{
	struct plan_request r = {
		.workloads = "bare", .cores = "1,2,4,max",
		.places = STRINGS("compact", "scatter", "smt"), .nplaces = 3,
	};

	(void)state;
	expect_plan(&r, machine("HWLOC_XMLFILE", data_file("hybrid.xml")),
		"bare compact 1: 0\nbare compact 2: 0 1\nbare compact 4: 0 1 2 3\n"
		"bare compact 16: 0 1 2 3 4 5\n"
		"bare scatter 1: 0\nbare scatter 2: 0 2\nbare scatter 4: 0 2 4 6\n"
		"bare scatter 16: 0 2 4 6 8 12\n"
		"bare smt 1: 0\nbare smt 2: 0 1\nbare smt 4: 0 1 2 3\n"
		"bare smt 8: 0 1 2 3 4 5\n");
	expect_plan(&r, machine("HWLOC_XMLFILE", data_file("restricted.xml")),
		"bare compact 1: 1\nbare compact 2: 1 4\nbare compact 4: 1 4 12 5\n"
		"bare compact 7: 1 4 12 5 6 14\n"
		"bare scatter 1: 1\nbare scatter 2: 1 4\nbare scatter 4: 1 4 5 6\n"
		"bare scatter 7: 1 4 5 6 7 12\n"
		"bare smt 1: 4\nbare smt 2: 4 12\nbare smt 4: 4 12 6 14\n");
	r.cores = "1,max";
	expect_plan(&r, machine("HWLOC_FSROOT", data_file("offline-cpu")),
		"bare compact 1: 0\nbare compact 3: 0 2 1\n"
		"bare scatter 1: 0\nbare scatter 3: 0 1 2\n"
		"bare smt 1: 0\nbare smt 2: 0 2\n");
	r.nplaces = 2;
	expect_plan(&r, machine("HWLOC_SYNTHETIC", "core:1 pu:1"),
		"bare compact 1: 0\nbare scatter 1: 0\n");
	expect_plan(&r, machine("HWLOC_SYNTHETIC", "package:2 core:2 pu:1"),
		"bare compact 1: 0\nbare compact 4: 0 1 2 3\n"
		"bare scatter 1: 0\nbare scatter 4: 0 2 1 3\n");
}

static int warnings;
static char warned[1024];

static void count_warning(void *arg, const char *text)
{
	(void)arg;
	warnings++;
	snprintf(warned, sizeof(warned), "%s", text);
}

static void expect_arm(const struct plan *plan, int cell, int arm, const char *expected)
{
	struct param_values v;
	char *text;

	plan_params(plan, cell, arm, &v);
	text = params_format(plan->cells[cell].workload, &v, v.set);
	assert_string_equal(text, expected);
	free(text);
}

static void arms(void **state)
{
	const struct plan_request r = {
		.params = STRINGS("size=8k", "stamp=0"),
		.nparams = 2,
		.arms = STRINGS("a", "b:pages=204,size=4k", "c-1.2:dose=100ns"),
		.narms = 3,
	};
	struct topology *t = big_machine();
	struct param_values v;
	struct plan plan;

	(void)state;
	warnings = 0;
	warn_collect(count_warning, NULL);
	assert_works(plan_make(&r, t, &plan));
	warn_collect(NULL, NULL);
	assert_int_equal(plan.narms, 3);
	assert_string_equal(plan.arms[1].name, "b");
	assert_string_equal(plan.arms[1].settings, "pages=204,size=4k");
	assert_string_equal(plan.arms[2].name, "c-1.2");
	expect_arm(&plan, 0, 0, "stamp=0");
	expect_arm(&plan, 0, 1, "stamp=0");
	expect_arm(&plan, 0, 2, "stamp=0,dose=100ns");
	expect_arm(&plan, 1, 0, "size=8k,stamp=0");
	expect_arm(&plan, 1, 1, "pages=204,size=4k,stamp=0");
	expect_arm(&plan, 1, 2, "size=8k,stamp=0,dose=100ns");
	plan_params(&plan, 1, 2, &v);
	assert_int_equal(v.value[0], 200);
	assert_int_equal(warnings, 1);
	assert_non_null(strstr(warned, "arm b changes nothing in workload fork-exit"));
	plan_free(&plan);
	topology_free(t);
}

static int make(const struct plan_request *r)
{
	struct topology *t = machine("HWLOC_SYNTHETIC", "package:2 core:4 pu:2");
	struct plan plan;
	int rc = plan_make(r, t, &plan);

	plan_free(&plan);
	topology_free(t);
	return rc;
}

#define MAKE(...) make(&(const struct plan_request){ __VA_ARGS__ })
#define ARMS(...) .arms = STRINGS(__VA_ARGS__), \
	.narms = sizeof(STRINGS(__VA_ARGS__)) / sizeof(char *)
#define PARAMS(...) .params = STRINGS(__VA_ARGS__), \
	.nparams = sizeof(STRINGS(__VA_ARGS__)) / sizeof(char *)

/* What is freed with a cell is its own: no pointer of the one that it was made from. */
static void added_cells_are_their_own(void **state)
{
	const struct plan_request r = { .cores = "2", .children = 1U << CHILD_CORE, .seed = 7 };
	struct topology *t = big_machine();
	struct plan plan;

	(void)state;
	assert_works(plan_make(&r, t, &plan));
	assert_int_equal(plan.ncells, 2);
	assert_works(plan_add_cell(&plan, 0, "stamp=0"));
	assert_int_equal(plan.ncells, 3);
	assert_string_equal(plan.cells[2].place, plan.cells[0].place);
	assert_memory_equal(plan.cells[2].cpus, plan.cells[0].cpus, 2 * sizeof(int));
	assert_memory_equal(plan.cells[2].child_cpus, plan.cells[0].child_cpus, 2 * sizeof(int));
	assert_ptr_not_equal(plan.cells[2].place, plan.cells[0].place);
	assert_ptr_not_equal(plan.cells[2].cpus, plan.cells[0].cpus);
	assert_ptr_not_equal(plan.cells[2].changes, plan.cells[0].changes);
	assert_ptr_not_equal(plan.cells[2].child_cpus, plan.cells[0].child_cpus);
	plan_free(&plan);
	topology_free(t);
}

static void bad_cells(void **state)
{
	(void)state;
	assert_fails(MAKE(.workloads = "frok-exit"), STATUS_USAGE, "frok-exit",
		"did you mean fork-exit?");
	assert_fails(
		MAKE(.workloads = "fork-exit,z*"), STATUS_USAGE, "-w z*", "no workload");
	assert_fails(MAKE(.workloads = ""), STATUS_USAGE, "-w :", "empty name");
	assert_fails(MAKE(.workloads = "bare,"), STATUS_USAGE, "-w bare,:", "empty name");
	assert_fails(MAKE(.cores = "17"), STATUS_USAGE, "--cores 17",
		"--place compact has 16 CPUs");
	assert_fails(MAKE(.cores = "1,9", .places = STRINGS("compact", "cores"),
		.nplaces = 2), STATUS_USAGE, "--cores 1,9", "--place cores has 8 CPUs");
	assert_fails(MAKE(.cores = "lots"), STATUS_USAGE, "--cores lots", "1,2,4,max");
	assert_fails(MAKE(.places = STRINGS("0-16"), .nplaces = 1), STATUS_USAGE,
		"--place 0-16", "CPU 16 does not exist");
	assert_fails(MAKE(.places = STRINGS("compat"), .nplaces = 1), STATUS_USAGE,
		"did you mean compact?");
}

static void bad_arms(void **state)
{
	(void)state;
	assert_fails(MAKE(ARMS("a", "b", "a:stamp=0")), STATUS_USAGE, "--arm a:stamp=0",
		"a second arm called a");
	assert_fails(MAKE(ARMS("")), STATUS_USAGE, "not a name");
	assert_fails(
		MAKE(ARMS(":pages=1")), STATUS_USAGE, "--arm :pages=1", "not a name");
	assert_fails(MAKE(ARMS("a b")), STATUS_USAGE, "--arm a b", "not a name");
	assert_fails(MAKE(ARMS("a,b")), STATUS_USAGE, "--arm a,b", "not a name");
	assert_fails(MAKE(ARMS("a:")), STATUS_USAGE, "--arm a:", "nothing after");
	assert_fails(MAKE(ARMS("a", "b:pagse=204")), STATUS_USAGE, "pagse=204",
		"the chosen workloads", "did you mean pages?");
	assert_fails(MAKE(.workloads = "bare", ARMS("b:pages=204")), STATUS_USAGE,
		"pages=204", "no parameter of workload bare");
	assert_fails(MAKE(ARMS("b:pages=0")), STATUS_USAGE, "pages 0", "1 to 1000000");
	assert_fails(MAKE(ARMS("b:pages=1,pages=2")), STATUS_USAGE, "pages 2", "twice");
	assert_fails(MAKE(ARMS("b:pages")), STATUS_USAGE, "pages: ", "name=value");
	assert_fails(MAKE(ARMS("b:pages=1,")), STATUS_USAGE, "name=value");
	assert_fails(MAKE(PARAMS("size=8k", "zebra=1")), STATUS_USAGE, "zebra=1",
		"no parameter");
	assert_fails(MAKE(PARAMS("zebra")), STATUS_USAGE, "zebra", "name=value");
	assert_fails(MAKE(PARAMS("size=8k", "size=16k")), STATUS_USAGE, "size 16k",
		"twice", "--arm");
	/* In range for one of the workloads, not for the other. */
	assert_fails(
		MAKE(PARAMS("ballast=101")), STATUS_USAGE, "ballast 101", "touch-exit");
	assert_int_equal(MAKE(.workloads = "fork-exit", PARAMS("ballast=101")), 0);
}

/* A plan without cells' contents, for the orders. */
static const struct plan ordered = { .narms = 3, .ncells = 5, .seed = 20211116 };

static void orders_are_permutations(void **state)
{
	int order[5], seen, pass, i;

	(void)state;
	for (pass = 0; pass < 1000; pass++) {
		plan_pass_order(&ordered, (uint64_t)pass, order);
		for (seen = i = 0; i < 5; i++)
			seen |= 1 << order[i];
		assert_int_equal(seen, 31);
		plan_round_order(&ordered, 0, (uint64_t)pass, order);
		for (seen = i = 0; i < 3; i++)
			seen |= 1 << order[i];
		assert_int_equal(seen, 7);
	}
}

/* What --seed promises: these must never change, or old runs cannot be repeated. */
static void orders_are_fixed(void **state)
{
	static const char expected[] = "021 102 201 021 210 201 24103 41230 ";
	char got[128] = "";
	int order[5], i, j;
	size_t at = 0;

	(void)state;
	for (i = 0; i < 6; i++) {
		plan_round_order(&ordered, i / 3, (uint64_t)i, order);
		for (j = 0; j < 3; j++)
			at += (size_t)snprintf(
				got + at, sizeof(got) - at, "%d", order[j]);
		at += (size_t)snprintf(got + at, sizeof(got) - at, " ");
	}
	for (i = 0; i < 2; i++) {
		plan_pass_order(&ordered, (uint64_t)i, order);
		for (j = 0; j < 5; j++)
			at += (size_t)snprintf(
				got + at, sizeof(got) - at, "%d", order[j]);
		at += (size_t)snprintf(got + at, sizeof(got) - at, " ");
	}
	assert_string_equal(got, expected);
}

/*
 * Each of the 36 pairs of orders of two neighbouring rounds, cells or seeds should come
 * up 500 times in 18000. Chi-square with 35 degrees of freedom is below 74.9 with
 * probability 0.9999; the seeds are fixed, so this either always passes or never.
 */
static int permutation(uint64_t seed, int cell, uint64_t round)
{
	const struct plan plan = { .narms = 3, .ncells = 5, .seed = seed };
	int order[3];

	plan_round_order(&plan, cell, round, order);
	return order[0] * 2 + (order[1] > order[2]);
}

static double chi_square(int count[36], int total)
{
	double expected = total / 36.0, sum = 0;
	int i;

	for (i = 0; i < 36; i++)
		sum += (count[i] - expected) * (count[i] - expected) / expected;
	return sum;
}

static void orders_are_uniform(void **state)
{
	int rounds[36] = { 0 }, neighbours[36] = { 0 }, seeds[36] = { 0 };
	uint64_t i;

	(void)state;
	for (i = 0; i < 18000; i++) {
		rounds[permutation(1, 0, i) * 6 + permutation(1, 0, i + 1)]++;
		neighbours[permutation(1, 0, i) * 6 + permutation(1, 1, i)]++;
		seeds[permutation(i, 0, 0) * 6 + permutation(i + 1, 0, 0)]++;
	}
	assert_true(chi_square(rounds, 18000) < 74.9);
	assert_true(chi_square(neighbours, 18000) < 74.9);
	assert_true(chi_square(seeds, 18000) < 74.9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(cells),
		cmocka_unit_test(machines),
		cmocka_unit_test(arms),
		cmocka_unit_test(added_cells_are_their_own),
		cmocka_unit_test(bad_cells),
		cmocka_unit_test(bad_arms),
		cmocka_unit_test(orders_are_permutations),
		cmocka_unit_test(orders_are_fixed),
		cmocka_unit_test(orders_are_uniform),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
