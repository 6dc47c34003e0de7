/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Topologies of machines that are not here, through hwloc's variables; see data/README.
 */
#include "config.h"
#include <hwloc.h>
#include <sched.h>
#include <stdbool.h>
#include "machine/topology/topology.h"
#include "tests/unit/unit.h"

#define BIG "package:2 [numa] core:64 pu:2"

static int clear_environment(void **state)
{
	(void)state;
	unsetenv("HWLOC_SYNTHETIC");
	unsetenv("HWLOC_XMLFILE");
	unsetenv("HWLOC_FSROOT");
	unsetenv("HWLOC_THISSYSTEM");
	unsetenv("HWLOC_COMPONENTS");
	return 0;
}

static struct topology *load(const char *variable, const char *value)
{
	struct topology *t;

	clear_environment(NULL);
	setenv(variable, value, 1);
	assert_works(topology_load(&t));
	assert_non_null(t);
	assert_false(topology_is_this_system(t));
	return t;
}

static struct topology *synthetic(const char *text)
{
	return load("HWLOC_SYNTHETIC", text);
}

/* CPUs in order as "0,2,1"; or the failure's message. Static. */
static const char *order(const struct topology *t, const char *place)
{
	static char text[8192];
	struct place_spec spec;
	int *cpus, n, i;
	size_t at = 0;

	if (place_parse(t, place, &spec))
		return fail_message();
	assert_string_equal(place_name(&spec), place);
	n = topology_order(t, &spec, &cpus);
	place_clear(&spec);
	if (n < 0)
		return fail_message();
	for (i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%d", i ? "," : "",
			cpus[i]);
	free(cpus);
	return text;
}

static int cores_of(const struct topology *t)
{
	const struct place_spec cores = { .policy = PLACE_CORES };
	int *cpus, n = topology_order(t, &cores, &cpus);

	assert_true(n > 0);
	free(cpus);
	return n;
}

static void big_order(const struct topology *t, const char *place, int count,
	int (*expected)(int i))
{
	struct place_spec spec;
	int *cpus, i;

	assert_int_equal(place_parse(t, place, &spec), 0);
	assert_int_equal(topology_order(t, &spec, &cpus), count);
	for (i = 0; i < count; i++)
		assert_int_equal(cpus[i], expected(i));
	free(cpus);
	place_clear(&spec);
}

static int same(int i)
{
	return i;
}

static int every_second(int i)
{
	return 2 * i;
}

/* Packages in turn, there core after core; the second threads in the second half. */
static int scattered(int i)
{
	return i % 2 * 128 + i % 128 / 2 * 2 + i / 128;
}

static void big(void **state)
{
	struct topology *t = synthetic(BIG);
	char *xml;

	(void)state;
	assert_int_equal(topology_cpus(t), 256);
	assert_int_equal(cores_of(t), 128);
	big_order(t, "compact", 256, same);
	big_order(t, "smt", 256, same);
	big_order(t, "cores", 128, every_second);
	big_order(t, "scatter", 256, scattered);
	assert_int_equal(topology_xml(t, &xml), 0);
	assert_non_null(strstr(xml, "<topology"));
	assert_non_null(strstr(xml, "type=\"PU\" os_index=\"255\""));
	free(xml);
	topology_free(t);
}

static void numa_nodes(void **state)
{
	struct topology *t = synthetic("package:2 group:2 [numa] core:4 pu:1");

	(void)state;
	assert_string_equal(order(t, "scatter"), "0,8,4,12,1,9,5,13,2,10,6,14,3,11,7,15");
	assert_string_equal(order(t, "numa:1-2"), "4,5,6,7,8,9,10,11");
	assert_string_equal(order(t, "numa:all.core:0"), "0,4,8,12");
	topology_free(t);
}

static void single_cpu(void **state)
{
	struct topology *t = synthetic("core:1 pu:1");
	struct place_spec spec;
	int cpu = 0, *cpus;

	(void)state;
	assert_int_equal(topology_cpus(t), 1);
	assert_int_equal(cores_of(t), 1);
	assert_string_equal(order(t, "compact"), "0");
	assert_string_equal(order(t, "scatter"), "0");
	assert_string_equal(order(t, "cores"), "0");
	assert_int_equal(place_parse(t, "smt", &spec), 0);
	assert_fails(topology_order(t, &spec, &cpus), STATUS_MACHINE, "--place smt",
		"no core has two usable threads", "smt/control", "--place cores");
	assert_int_equal(topology_spare_cpu(t, &cpu, 1), -1);
	assert_int_equal(topology_spare_cpu(t, NULL, 0), 0);
	topology_free(t);
}

static void no_smt(void **state)
{
	struct topology *t = synthetic("package:2 core:3 pu:1");
	struct place_spec spec;
	int *cpus;

	(void)state;
	assert_string_equal(order(t, "compact"), "0,1,2,3,4,5");
	assert_string_equal(order(t, "cores"), "0,1,2,3,4,5");
	assert_string_equal(order(t, "scatter"), "0,3,1,4,2,5");
	assert_int_equal(place_parse(t, "smt", &spec), 0);
	assert_fails(topology_order(t, &spec, &cpus), STATUS_MACHINE, "--place smt");
	topology_free(t);
}

static void hybrid(void **state)
{
	struct topology *t = load("HWLOC_XMLFILE", data_file("hybrid.xml"));

	(void)state;
	assert_int_equal(topology_cpus(t), 16);
	assert_int_equal(cores_of(t), 12);
	assert_string_equal(order(t, "compact"), "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15");
	assert_string_equal(order(t, "cores"), "0,2,4,6,8,9,10,11,12,13,14,15");
	assert_string_equal(order(t, "smt"), "0,1,2,3,4,5,6,7");
	/* Every core, then the second threads, which only the performance cores have. */
	assert_string_equal(order(t, "scatter"), "0,2,4,6,8,12,9,13,10,14,11,15,1,3,5,7");
	topology_free(t);
}

static void restricted(void **state)
{
	struct topology *t = load("HWLOC_XMLFILE", data_file("restricted.xml"));
	struct place_spec spec;

	(void)state;
	assert_int_equal(topology_cpus(t), 7);
	assert_int_equal(cores_of(t), 5);
	assert_string_equal(order(t, "compact"), "1,4,12,5,6,14,7");
	assert_string_equal(order(t, "scatter"), "1,4,5,6,7,12,14");
	assert_string_equal(order(t, "cores"), "1,4,5,6,7");
	assert_string_equal(order(t, "smt"), "4,12,6,14");
	assert_string_equal(order(t, "core:4-5"), "4,12,5");
	assert_string_equal(order(t, "14,1"), "14,1");
	assert_fails(place_parse(t, "1,0", &spec), STATUS_USAGE, "--place 1,0",
		"CPU 0 is not allowed", "1,4-7,12,14");
	assert_fails(place_parse(t, "core:0", &spec), STATUS_USAGE, "--place core:0",
		"CPU 0 is not allowed");
	assert_fails(place_parse(t, "0x6", &spec), STATUS_USAGE, "CPU 2 is not allowed");
	assert_fails(place_parse(t, "4-16", &spec), STATUS_USAGE, "CPU 8 is not allowed");
	assert_fails(place_parse(t, "14,16", &spec), STATUS_USAGE,
		"CPU 16 does not exist", "this machine has 0-15");
	topology_free(t);
}

static void offline(void **state)
{
	struct topology *t = load("HWLOC_FSROOT", data_file("offline-cpu"));
	struct place_spec spec;
	char *xml;

	(void)state;
	assert_int_equal(topology_cpus(t), 3);
	assert_int_equal(cores_of(t), 2);
	/* The tree has no caches: any would be those of the machine we are on. */
	assert_works(topology_xml(t, &xml));
	assert_null(strstr(xml, "Cache\""));
	free(xml);
	assert_string_equal(order(t, "compact"), "0,2,1");
	assert_string_equal(order(t, "scatter"), "0,1,2");
	assert_string_equal(order(t, "cores"), "0,1");
	assert_string_equal(order(t, "smt"), "0,2");
	assert_string_equal(order(t, "0-2"), "0,1,2");
	assert_fails(place_parse(t, "0-3", &spec), STATUS_USAGE, "--place 0-3",
		"CPU 3 is offline", "echo 1 > /sys/devices/system/cpu/cpu3/online");
	assert_fails(place_parse(t, "4", &spec), STATUS_USAGE, "CPU 4 does not exist");
	topology_free(t);
}

static void cpusets(void **state)
{
	struct topology *t = synthetic("package:2 core:4 pu:2");

	(void)state;
	assert_string_equal(order(t, "3"), "3");
	assert_string_equal(order(t, "8,0-3,2"), "8,0,1,2,3");
	assert_string_equal(order(t, "0-15:1/4"), "0,4,8,12");
	assert_string_equal(order(t, "0-3:1/18446744073709551615"), "0");
	assert_string_equal(order(t, "1-3:2/3"), "1,2");
	assert_string_equal(order(t, "1-9:2/4,0"), "1,2,5,6,9,0");
	assert_string_equal(order(t, "0x0f"), "0,1,2,3");
	assert_string_equal(order(t, "0x00000000,0x00008001"), "0,15");
	assert_string_equal(order(t, "core:0-3.pu:0"), "0,2,4,6");
	assert_string_equal(order(t, "core:6-"), "12,13,14,15");
	assert_string_equal(order(t, "pu:odd"), "1,3,5,7,9,11,13,15");
	assert_string_equal(order(t, "package:1.core:even.pu:1"), "9,13");
	assert_string_equal(order(t, "package:all.core:0.pu:0,15,core:0"), "0,8,15,1");
	topology_free(t);
}

static void bad_cpusets(void **state)
{
	static const char *const bad[] = {
		"", ",", "0,", ",0", "0,,1", "0-", "3-1", "0-3:1", "0-3:0/2",
		"0-3:3/2", "1x", "-1", "0x", "0xzz", "0x1,", "0x1,,0x1", "0xf...f",
		"0x0", "core", "core:", "core:x", "core:1.", "core:1.pu", "core:3-1",
		"core:0+1", "bogus:0", "pci:0", "99999999999999999999",
		"0-4294967296", "core:99999999999999999999", "cores ",
	};
	struct topology *t = synthetic("package:2 core:4 pu:2");
	struct place_spec spec;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_fails(place_parse(t, bad[i], &spec), STATUS_USAGE, "--place ",
			bad[i], "not a place", "core:0-3.pu:0");
	assert_fails(place_parse(t, "compat", &spec), STATUS_USAGE, "--place compat",
		"did you mean compact?");
	assert_fails(
		place_parse(t, "scater", &spec), STATUS_USAGE, "did you mean scatter?");
	assert_fails(place_parse(t, "0-16", &spec), STATUS_USAGE, "--place 0-16",
		"CPU 16 does not exist", "this machine has 0-15");
	assert_fails(place_parse(t, "0-2147483647", &spec), STATUS_USAGE,
		"CPU 16 does not exist");
	assert_fails(
		place_parse(t, "0x10000", &spec), STATUS_USAGE, "CPU 16 does not exist");
	assert_fails(place_parse(t, "core:8", &spec), STATUS_USAGE, "--place core:8",
		"there are 8");
	assert_fails(place_parse(t, "core:0-8", &spec), STATUS_USAGE, "there are 8");
	assert_fails(place_parse(t, "core:0.pu:2", &spec), STATUS_USAGE, "there are 2");
	assert_fails(
		place_parse(t, "core:0.package:0", &spec), STATUS_USAGE, "there are 0");
	topology_free(t);
}

static void spare_cpus(void **state)
{
	struct topology *t = synthetic("core:4 pu:2");
	static const int some[] = { 7, 5, 0 }, siblings[] = { 0, 2, 4, 6 };
	static const int all[] = { 0, 1, 2, 3, 4, 5, 6, 7 };

	(void)state;
	assert_int_equal(topology_spare_cpu(t, some, 1), 5);
	assert_int_equal(topology_spare_cpu(t, some, 3), 3);
	assert_int_equal(topology_spare_cpu(t, siblings, 4), 7);
	assert_int_equal(topology_spare_cpu(t, all, 7), 7);
	assert_int_equal(topology_spare_cpu(t, all, 8), -1);
	topology_free(t);
}

/* "a,b,..": where children of CPUs go; or the failure's message. */
static const char *children(const struct topology *t, enum child_place where, const int *cpus, int n)
{
	static char text[256];
	size_t at = 0;
	int out[16];

	if (topology_child_cpus(t, where, cpus, n, out))
		return fail_message();
	for (int i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%d", i ? "," : "", out[i]);
	return text;
}

static void child_cpus(void **state)
{
	struct topology *t = synthetic("package:2 [numa] core:2 pu:2");
	static const int first[] = { 0 }, two[] = { 0, 2 }, all[] = { 0, 1, 2, 3, 4, 5, 6, 7 };

	(void)state;
	assert_string_equal(children(t, CHILD_SMT, first, 1), "1");
	assert_string_equal(children(t, CHILD_CORE, first, 1), "2");
	assert_string_equal(children(t, CHILD_NODE, first, 1), "4");
	/* Not where a parent is, as long as there is another; nor where others' children are. */
	assert_string_equal(children(t, CHILD_SMT, two, 2), "1,3");
	assert_string_equal(children(t, CHILD_CORE, two, 2), "3,1");
	assert_string_equal(children(t, CHILD_NODE, two, 2), "4,5");
	/* All taken: each still goes to another. */
	assert_string_equal(children(t, CHILD_SMT, all, 8), "1,0,3,2,5,4,7,6");
	topology_free(t);
	t = synthetic("core:2 pu:1");
	assert_string_equal(children(t, CHILD_CORE, all, 2), "1,0");
	assert_string_equal(children(t, CHILD_SMT, all, 1),
		"--child smt: CPU 0: its core has no other thread that may be used");
	assert_string_equal(children(t, CHILD_NODE, all, 1),
		"--child node: CPU 0: there is no other NUMA node with a CPU that may be used");
	topology_free(t);
	t = synthetic("core:1 pu:1");
	assert_string_equal(children(t, CHILD_CORE, first, 1),
		"--child core: CPU 0: there is no other core that may be used");
	topology_free(t);
}

static void bad_sources(void **state)
{
	struct topology *t;

	(void)state;
	setenv("HWLOC_SYNTHETIC", "garbage", 1);
	assert_fails(topology_load(&t), STATUS_MACHINE, "HWLOC_SYNTHETIC=garbage",
		"correct or unset");
	assert_null(t);
	clear_environment(NULL);
	setenv("HWLOC_XMLFILE", "/nonexistent.xml", 1);
	assert_fails(topology_load(&t), STATUS_MACHINE, "HWLOC_XMLFILE=/nonexistent.xml");
	clear_environment(NULL);
	setenv("HWLOC_FSROOT", "/nonexistent", 1);
	assert_fails(topology_load(&t), STATUS_MACHINE, "HWLOC_FSROOT=/nonexistent");
	topology_free(NULL);
}

static void not_this_machine(void **state)
{
	struct topology *t = synthetic(BIG);

	(void)state;
	assert_fails(topology_bind(t, 0), STATUS_MACHINE, "CPU 0", "not of this machine",
		"HWLOC_SYNTHETIC");
	topology_free(t);
}

/* The machine we are on: what the affinity leaves out is not usable. */
static void this_machine(void **state)
{
	struct place_spec spec;
	struct topology *t;
	cpu_set_t before, after;
	char text[32];
	int *cpus, n;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	assert_works(topology_load(&t));
	assert_true(topology_is_this_system(t));
	assert_int_equal(topology_cpus(t), CPU_COUNT(&before));
	assert_int_equal(place_parse(t, "compact", &spec), 0);
	n = topology_order(t, &spec, &cpus);
	assert_int_equal(n, topology_cpus(t));
	assert_int_equal(topology_bind(t, cpus[n - 1]), 0);
	assert_int_equal(sched_getaffinity(0, sizeof(after), &after), 0);
	assert_int_equal(CPU_COUNT(&after), 1);
	assert_true(CPU_ISSET((size_t)cpus[n - 1], &after));
	assert_fails(topology_bind(t, 100000), STATUS_MACHINE, "CPU 100000");
	topology_free(t);

	assert_works(topology_load(&t));
	assert_int_equal(topology_cpus(t), 1);
	if (n > 1) {
		snprintf(text, sizeof(text), "%d", cpus[0]);
		assert_fails(
			place_parse(t, text, &spec), STATUS_USAGE, "not allowed", text);
		assert_fails(topology_bind(t, cpus[0]), STATUS_MACHINE, "may use");
	}
	topology_free(t);
	free(cpus);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(big, clear_environment),
		cmocka_unit_test_setup(numa_nodes, clear_environment),
		cmocka_unit_test_setup(single_cpu, clear_environment),
		cmocka_unit_test_setup(no_smt, clear_environment),
		cmocka_unit_test_setup(hybrid, clear_environment),
		cmocka_unit_test_setup(restricted, clear_environment),
		cmocka_unit_test_setup(offline, clear_environment),
		cmocka_unit_test_setup(cpusets, clear_environment),
		cmocka_unit_test_setup(bad_cpusets, clear_environment),
		cmocka_unit_test_setup(spare_cpus, clear_environment),
		cmocka_unit_test_setup(child_cpus, clear_environment),
		cmocka_unit_test_setup(bad_sources, clear_environment),
		cmocka_unit_test_setup(not_this_machine, clear_environment),
		cmocka_unit_test_setup(this_machine, clear_environment),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("topology", tests, NULL, NULL);
}
