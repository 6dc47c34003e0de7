/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts of small copies of /proc and /sys, and how two of them differ. */
#include "config.h"
#include <sys/utsname.h>
#include <unistd.h>
#include "machine/environment/environment.h"
#include "tests/unit/fake-tree.h"
#include "tests/unit/unit.h"

/* What a fact must be, as compact JSON. */
struct expected {
	const char *key;
	const char *json;
};

static void check_facts(const char *tree, const struct expected *want)
{
	json_t *env = plant_and_collect(tree);
	int wrong = 0;

	for (; want->key; want++) {
		const json_t *value = environment_get(env, want->key);
		char *text = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT |
			JSON_REAL_PRECISION(6)) : strdup("null");

		if (strcmp(text, want->json)) {
			print_error("%s: %s is %s, not %s\n", tree, want->key, text,
				want->json);
			wrong++;
		}
		free(text);
	}
	json_decref(env);
	assert_int_equal(wrong, 0);
}

static const struct expected intel_facts[] = {
	{ "kernel.boot_id", "\"11111111-2222-3333-4444-555555555555\"" },
	{ "kernel.release", "\"6.8.0-40-generic\"" },
	{ "kernel.build_id", "\"0123456789abcdef0123456789abcdef000a0dff\"" },
	{ "kernel.compiler",
		"\"gcc (Ubuntu 13.2.0-23ubuntu4) 13.2.0, GNU ld 2.42\"" },
	{ "kernel.preempt", "\"voluntary\"" },
	{ "kernel.lockdown", "\"integrity\"" },
	{ "kernel.config.HZ", "\"1000\"" },
	{ "kernel.config.DEBUG_VM", "\"n\"" },
	{ "kernel.config.PREEMPT", "\"n\"" },
	{ "kernel.nohz_full", "\"\"" },
	{ "kernel.livepatches", "null" },
	{ "cpu.model", "\"Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz\"" },
	{ "cpu.signature", "\"GenuineIntel 6/106/6\"" },
	{ "cpu.microcode", "\"0xd0003d1\"" },
	{ "cpu.count", "128" },
	{ "cpu.governor", "[\"powersave\"]" },
	{ "cpu.turbo", "true" },
	{ "cpu.energy_perf_bias", "[6]" },
	{ "cpu.mitigations.meltdown", "\"Not affected\"" },
	{ "cpu.idle_states", "[{\"name\":\"POLL\",\"latency_us\":0,\"disabled\":"
			     "false},{\"name\":\"C6\",\"latency_us\":170,"
			     "\"disabled\":false}]" },
	{ "memory.thp_enabled", "\"always\"" },
	{ "memory.thp_sizes", "{\"64kB\":\"never\"}" },
	{ "memory.total_kb", "263847032" },
	{ "machine.hypervisor", "\"none\"" },
	{ "machine.container", "\"none\"" },
	{ "cgroup.v2", "\"/user.slice/user-1000.slice/session-2.scope\"" },
	{ "cgroup.v1", "null" },
	{ "cgroup.pids_limit", "600" }, /* of the parent */
	{ "cgroup.pids_current", "37" },
	{ "cgroup.memory_limit", "137438953472" },
	{ "cgroup.cpu_limit", "\"max\"" },
	{ "rlimit.stack", "[8388608,\"unlimited\"]" },
	{ "rlimit.nofile", "[1024,1048576]" },
	{ "trace.events", "[\"sched:sched_process_exit\",\"mmap:exit_mmap\","
			  "\"ras:mc_event\"]" },
	{ "trace.event_count", "3" },
	{ "load.services", "[\"irqbalance\"]" },
	{ "load.thermal_throttles", "7" },
	{ "load.running", "2" },
	{ NULL, NULL },
};

static void intel(void **state)
{
	(void)state;
	check_facts("env-intel.tree", intel_facts);
}

static void epyc(void **state)
{
	static const struct expected want[] = {
		{ "cpu.count", "256" },
		{ "cpu.microcode", "\"0x830104d, 0x8301055\"" },
		{ "cpu.governor", "[\"performance\",\"schedutil\"]" },
		{ "cpu.turbo", "true" },
		{ "cpu.turbo_control", "\"/sys/devices/system/cpu/cpufreq/boost\"" },
		{ "cpu.dma_latency_us", "2" },
		{ "kernel.preempt", "\"none\"" },	/* from the configuration */
		{ "kernel.config.PROVE_LOCKING", "\"y\"" },
		{ "kernel.isolated", "\"8-255\"" },
		{ "machine.hypervisor", "\"none\"" },	/* whatever the vendor sells */
		{ "trace.event_count", "0" },
		{ "trace.events", "[]" },
		{ "cgroup.pids_limit", "\"max\"" },
		{ "rlimit.nproc", "[\"unlimited\",\"unlimited\"]" },
		{ "load.services", "[]" },
		{ NULL, NULL },
	};

	(void)state;
	check_facts("env-epyc.tree", want);
}

static void arm64(void **state)
{
	static const struct expected want[] = {
		{ "cpu.model", "\"Neoverse-N1 (implementer 0x41 part 0xd0c r3p1)\"" },
		{ "cpu.count", "80" },
		{ "cpu.microcode", "null" },
		{ "cpu.turbo", "null" },
		{ "cpu.capacity", "[1024,446]" },
		{ "kernel.preempt", "\"rt\"" },
		{ "kernel.config.ARM64_64K_PAGES", "\"y\"" },
		{ "kernel.livepatches", "[\"fix_exit\"]" },
		{ "machine.vendor", "\"Amp\xef\xbf\xbdre\"" },
		{ "machine.hypervisor", "\"none\"" },
		{ "cgroup.v1", "{\"cpu\":\"/lab\",\"pids\":\"/\"}" },
		{ "cgroup.cpu_limit", "\"max\"" },
		{ "cgroup.pids_limit", "null" },	/* neither hierarchy is mounted */
		{ "clock.source", "\"arch_sys_counter\"" },
		{ "trace.events", "null" },
		{ NULL, NULL },
	};

	(void)state;
	check_facts("env-arm64.tree", want);
}

static void guest(void **state)
{
	static const struct expected want[] = {
		{ "machine.hypervisor", "\"qemu\"" },
		{ "machine.hypervisor_seen_by", "\"cpu flag, firmware\"" },
		{ "machine.container", "\"docker\"" },
		{ "cpu.governor", "null" },
		{ "cpu.turbo", "null" },
		{ "kernel.preempt", "\"none\"" },	/* from the command line */
		{ "kernel.config", "null" },
		{ "cgroup.cpu_limit", "1.5" },
		{ "cgroup.cpu_throttled", "4" },
		{ "cgroup.pids_limit", "100" },
		{ "cgroup.memory_limit", "\"max\"" },
		{ "trace.current_tracer", "\"function_graph\"" },
		{ "self.seccomp_filters", "3" },
		{ "load.steal_pct", "10.0" },
		{ NULL, NULL },
	};

	(void)state;
	check_facts("env-guest.tree", want);
}

static void empty_tree_is_null(void **state)
{
	json_t *env = plant_and_collect(NULL), *facts, *fact;
	const char *section, *key;
	int count = 0;

	(void)state;
	json_object_foreach(env, section, facts) {
		json_object_foreach(facts, key, fact) {
			if (!json_is_null(fact))
				print_error("%s.%s is not null\n", section, key);
			assert_true(json_is_null(fact));
			count++;
		}
	}
	assert_true(count > 100);
	json_decref(env);
}

#define GNU_NOTE(size, name) \
	"sys/kernel/notes = " name "\\x00\\x00\\x00" size "\\x03\\x00\\x00\\x00GNU"

/* Notes that end early, or whose sizes lead out of the file. */
static void broken_notes(void **state)
{
	static const char *const notes[] = {
		"sys/kernel/notes = ",
		"sys/kernel/notes = \\x04\\x00\\x00",
		GNU_NOTE("\\x14\\x00\\x00\\x00", "\\x04"),
		GNU_NOTE("\\x14\\x00\\x00\\x00", "\\x04") "\\x00\\x01",
		GNU_NOTE("\\xff\\xff\\xff\\xff", "\\xff") "\\x00\\x01",
	};
	char root[256];
	json_t *env;

	(void)state;
	plant(NULL, root, sizeof(root));
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
		plant_line(root, notes[i]);
		assert_int_equal(environment_collect(root, &env), 0);
		assert_null(environment_get(env, "kernel.build_id"));
		json_decref(env);
	}
	uproot(root);
}

static void this_machine(void **state)
{
	struct utsname uts;
	json_t *env;

	(void)state;
	assert_int_equal(uname(&uts), 0);
	assert_int_equal(environment_collect("", &env), 0);
	assert_string_equal(environment_text(env, "kernel.release"), uts.release);
	assert_string_equal(environment_text(env, "kernel.arch"), uts.machine);
	assert_int_equal(environment_number(env, "memory.page_size", 0),
		sysconf(_SC_PAGESIZE));
	assert_true(environment_number(env, "memory.total_kb", 0) > 0);
	assert_true(environment_number(env, "no.such", -5) == -5);
	assert_null(environment_text(env, "memory.total_kb"));
	json_decref(env);
}

struct seen {
	int machine, setting;
	char text[4096];	/* "key:before:after;" each */
};

static void note_difference(void *arg, const struct environment_difference *d)
{
	struct seen *s = arg;
	size_t used = strlen(s->text);

	if (d->kind == ENVIRONMENT_MACHINE)
		s->machine++;
	else
		s->setting++;
	snprintf(s->text + used, sizeof(s->text) - used, "%s:%s:%s;", d->key, d->before,
		d->after);
}

static void two_machines_differ(void **state)
{
	json_t *a = plant_and_collect("env-intel.tree"),
	       *b = plant_and_collect("env-epyc.tree");
	struct seen s = { 0 };
	int n = environment_diff(a, b, note_difference, &s);

	(void)state;
	assert_int_equal(n, s.machine + s.setting);
	assert_int_equal(s.machine, 6);
	assert_non_null(strstr(s.text,
		"cpu.model:Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz:AMD EPYC 7B12;"));
	assert_non_null(strstr(s.text, "cpu.count:128:256;"));
	assert_non_null(strstr(s.text, "memory.total_kb:263847032:1056768000;"));
	assert_non_null(strstr(s.text, "cpu.governor:[\"powersave\"]:"));
	assert_non_null(strstr(s.text, "kernel.config.DEBUG_VM:n:y;"));
	assert_non_null(strstr(s.text, "kernel.cmdline:root=/dev/sda2 quiet:"
		"root=/dev/nvme0n1p1 isolcpus=8-255 nohz_full=8-255 rcu_nocbs=8-255 "
		"init_on_alloc=0;"));
	/* Meant to differ, or unreadable to one side. */
	assert_null(strstr(s.text, "boot_id"));
	assert_null(strstr(s.text, "kernel.release"));
	assert_null(strstr(s.text, "kernel.lsm"));
	assert_null(strstr(s.text, "load."));
	json_decref(a);
	json_decref(b);
}

static void set(json_t *env, const char *section, const char *key, json_t *value)
{
	json_object_set_new(json_object_get(env, section), key, value);
}

static void two_boots_differ_little(void **state)
{
	json_t *a = plant_and_collect("env-intel.tree"), *b = json_deep_copy(a);
	struct seen s = { 0 };

	(void)state;
	assert_int_equal(environment_diff(a, b, note_difference, &s), 0);
	set(b, "kernel", "boot_id", json_string("other"));
	set(b, "kernel", "release", json_string("6.9.0"));
	set(b, "kernel", "build_id", json_string("aa"));
	set(b, "kernel", "lsm", json_null());
	set(b, "kernel", "cmdline", json_string("BOOT_IMAGE=/new initrd=/y quiet ro "
						"root=/dev/sda2"));
	set(b, "memory", "total_kb", json_integer(263847032 * INT64_C(101) / 100));
	assert_int_equal(environment_diff(a, b, note_difference, &s), 0);
	assert_string_equal(s.text, "");
	set(b, "memory", "total_kb", json_integer(263847032 * INT64_C(103) / 100));
	set(b, "cpu", "turbo", json_false());
	set(json_object_get(b, "cpu"), "mitigations", "meltdown",
		json_string("Vulnerable"));
	set(b, "clock", "source", json_null());
	set(b, "kernel", "cmdline", json_string("root=/dev/sda2 ro"));
	assert_int_equal(environment_diff(a, b, NULL, NULL), 5);
	assert_int_equal(environment_diff(a, b, note_difference, &s), 5);
	assert_string_equal(s.text, "memory.total_kb:263847032:271762442;"
		"cpu.mitigations.meltdown:Not affected:Vulnerable;cpu.turbo:true:false;"
		"clock.source:tsc:(none);kernel.cmdline:quiet:(none);");
	json_decref(a);
	json_decref(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intel),
		cmocka_unit_test(epyc),
		cmocka_unit_test(arm64),
		cmocka_unit_test(guest),
		cmocka_unit_test(empty_tree_is_null),
		cmocka_unit_test(broken_notes),
		cmocka_unit_test(this_machine),
		cmocka_unit_test(two_machines_differ),
		cmocka_unit_test(two_boots_differ_little),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
