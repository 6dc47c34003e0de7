/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What doctor says of the machines that environment-test knows, and how it says it. */
#include "config.h"
#include <sched.h>
#include "command/command.h"
#include "machine/doctor/doctor.h"
#include "machine/environment/environment.h"
#include "tests/unit/fake-tree.h"
#include "tests/unit/unit.h"

static struct doctor *examine(const char *tree, const struct doctor_probe *probe)
{
	json_t *env = plant_and_collect(tree);
	struct doctor *d = NULL;

	assert_int_equal(doctor_examine(env, probe, &d), 0);
	json_decref(env);
	return d;
}

static const struct finding *find(const struct doctor *d, const char *id)
{
	int n;
	const struct finding *f = doctor_findings(d, &n);

	for (int i = 0; i < n; i++)
		if (!strcmp(f[i].id, id))
			return &f[i];
	print_error("no check called %s\n", id);
	_fail(__FILE__, __LINE__);
	return NULL;
}

struct expected {
	const char *id;
	enum severity severity;
	const char *what;	/* part of it, or NULL */
	const char *fix;
};

static void check(const struct doctor *d, const struct expected *want)
{
	int wrong = 0;

	for (; want->id; want++) {
		const struct finding *f = find(d, want->id);

		if (f->severity == want->severity &&
			(!want->what || strstr(f->what, want->what)) &&
			(!want->fix || strstr(f->fix, want->fix)))
			continue;
		print_error("%s: %s, %s, %s\n", f->id, severity_name(f->severity),
			f->what, f->fix);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void check_tree(const char *tree, const struct expected *want)
{
	struct doctor *d = examine(tree, NULL);

	check(d, want);
	doctor_free(d);
}

static void intel(void **state)
{
	static const struct expected want[] = {
		{ "hypervisor", SEVERITY_OK, "bare metal", NULL },
		{ "governor", SEVERITY_HIGH, "powersave (intel_pstate)", "cpupower" },
		{ "tracing", SEVERITY_HIGH, "mmap:exit_mmap", "set_event" },
		{ "load", SEVERITY_HIGH, "3.20", NULL },
		{ "turbo", SEVERITY_MEDIUM, NULL,
			"echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo" },
		{ "smt", SEVERITY_MEDIUM, NULL, "smt/control" },
		{ "idle-states", SEVERITY_MEDIUM, "C6, 170 us", "idle-set" },
		{ "clocksource", SEVERITY_OK, "tsc", NULL },
		{ "thermal", SEVERITY_MEDIUM, "7 times", NULL },
		{ "isolation", SEVERITY_LOW, "isolcpus=none", NULL },
		{ "energy", SEVERITY_LOW, "balance_performance", NULL },
		{ "thp", SEVERITY_MEDIUM, "always", "madvise" },
		{ "numa-balancing", SEVERITY_MEDIUM, "0-1", NULL },
		{ "ksm", SEVERITY_MEDIUM, NULL, NULL },
		{ "aslr", SEVERITY_LOW, "2", "setarch -R" },
		{ "swap", SEVERITY_MEDIUM, "195 of 8192 MiB", "swapoff" },
		{ "irqbalance", SEVERITY_LOW, NULL, "systemctl stop irqbalance" },
		{ "auditd", SEVERITY_OK, NULL, NULL },
		{ "pids-limit", SEVERITY_HIGH, "600 pids, 37 in use", NULL },
		{ "memory-limit", SEVERITY_OK, "131072 MiB", NULL },
		{ "nproc-limit", SEVERITY_OK, NULL, NULL },
		{ "nmi-watchdog", SEVERITY_LOW, NULL, NULL },
		{ "core-pattern", SEVERITY_LOW, "apport", NULL },
		{ "debug-options", SEVERITY_OK, NULL, NULL },
		{ "kfence", SEVERITY_OK, NULL, NULL },
		{ "init-on-free", SEVERITY_LOW, "zeroed on allocation", NULL },
		{ "livepatch", SEVERITY_UNKNOWN, NULL, NULL },
		{ "interruptions", SEVERITY_UNKNOWN, NULL, NULL },
		{ NULL, 0, NULL, NULL },
	};

	(void)state;
	check_tree("env-intel.tree", want);
}

static void epyc(void **state)
{
	static const struct expected want[] = {
		{ "governor", SEVERITY_HIGH, "performance, schedutil", NULL },
		{ "turbo", SEVERITY_MEDIUM, NULL,
			"echo 0 > /sys/devices/system/cpu/cpufreq/boost" },
		{ "idle-states", SEVERITY_OK, "C1", NULL },	/* C2 is disabled */
		{ "clocksource", SEVERITY_HIGH, "hpet", "tsc=reliable" },
		{ "isolation", SEVERITY_OK, "8-255", NULL },
		{ "aslr", SEVERITY_OK, NULL, NULL },
		{ "ksm", SEVERITY_OK, NULL, NULL },
		{ "tracing", SEVERITY_OK, NULL, NULL },
		{ "numa-balancing", SEVERITY_OK, NULL, NULL },
		{ "debug-options", SEVERITY_HIGH, "PROVE_LOCKING, DEBUG_VM", NULL },
		{ "init-on-free", SEVERITY_OK, NULL, NULL },	/* by boot parameter */
		{ "swap", SEVERITY_OK, NULL, NULL },
		{ "load", SEVERITY_OK, NULL, NULL },
		{ "pids-limit", SEVERITY_OK, NULL, NULL },
		{ NULL, 0, NULL, NULL },
	};

	(void)state;
	check_tree("env-epyc.tree", want);
}

static void arm64(void **state)
{
	static const struct expected want[] = {
		{ "hypervisor", SEVERITY_OK, NULL, NULL },
		{ "clocksource", SEVERITY_OK, "arch_sys_counter", NULL },
		{ "governor", SEVERITY_OK, "frequency fixed", NULL },
		{ "smt", SEVERITY_OK, NULL, NULL },
		{ "hybrid", SEVERITY_MEDIUM, "2 capacities", "--place" },
		{ "aslr", SEVERITY_OK, "for this process", NULL },
		{ "debug-boot", SEVERITY_HIGH, "page_owner=on", NULL },
		{ "livepatch", SEVERITY_MEDIUM, "fix_exit", NULL },
		{ "memory", SEVERITY_HIGH, "88 of 977 MiB", NULL },
		{ "load", SEVERITY_MEDIUM, "0.50", NULL },
		{ "uptime", SEVERITY_LOW, "61 s", NULL },
		{ "turbo", SEVERITY_UNKNOWN, NULL, NULL },
		{ NULL, 0, NULL, NULL },
	};

	(void)state;
	check_tree("env-arm64.tree", want);
}

static void guest(void **state)
{
	static const struct expected want[] = {
		{ "hypervisor", SEVERITY_HIGH, "qemu (Standard PC", "none in a guest" },
		{ "steal", SEVERITY_MEDIUM, "10.0% since boot", NULL },
		{ "cpu-quota", SEVERITY_HIGH, "1.5 of 2 CPUs, throttled 4 times", NULL },
		{ "pids-limit", SEVERITY_HIGH, "100", NULL },
		{ "nproc-limit", SEVERITY_MEDIUM, "100", NULL },
		{ "memory", SEVERITY_HIGH, NULL, NULL },
		{ "swap", SEVERITY_LOW, "0 of", NULL },
		{ "seccomp", SEVERITY_MEDIUM, "3 filter", NULL },
		{ "container", SEVERITY_LOW, "docker", NULL },
		{ "governor", SEVERITY_UNKNOWN, "the host decides", NULL },
		{ "clocksource", SEVERITY_LOW, "kvm-clock", "clocksource=tsc" },
		{ "tracing", SEVERITY_HIGH, "function_graph", "current_tracer" },
		{ "init-on-free", SEVERITY_MEDIUM, "zeroed on free", NULL },
		{ "debug-options", SEVERITY_UNKNOWN, NULL, NULL },
		{ NULL, 0, NULL, NULL },
	};

	(void)state;
	check_tree("env-guest.tree", want);
}

/* Nothing to read is nothing found, and nothing said to be in order either. */
static void empty_tree_is_unknown(void **state)
{
	struct doctor *d = examine(NULL, NULL);
	int n;

	(void)state;
	doctor_findings(d, &n);
	assert_true(n > 30);
	assert_int_equal(doctor_count(d, SEVERITY_UNKNOWN), n);
	doctor_free(d);
}

static const struct doctor_probe loud = { .seconds = 1,
	.cpu = 3,
	.gaps = 1200,
	.gap_pct = 2.5,
	.gap_median_us = 20,
	.gap_longest_us = 400,
	.steal_pct = 1.5,
	.others_pct = 35,
	.busiest = "cc1",
	.busiest_pct = 30 };

static void probe_is_judged(void **state)
{
	struct doctor_probe quiet = { .seconds = 1, .gaps = 250, .gap_pct = 0.3,
		.gap_median_us = 11, .gap_longest_us = 60 };
	static const struct expected found[] = {
		{ "steal", SEVERITY_HIGH, "1.5% in the last 1.0 s", NULL },
		{ "interruptions", SEVERITY_HIGH,
			"1200 over 10 us in 1.0 s on CPU 3, 2.5%", NULL },
		{ "load", SEVERITY_HIGH, "35% of a CPU, most by cc1 (30%)", NULL },
		{ NULL, 0, NULL, NULL },
	};
	static const struct expected ok[] = {
		{ "steal", SEVERITY_OK, NULL, NULL },
		{ "interruptions", SEVERITY_OK, NULL, NULL },
		{ "load", SEVERITY_OK, NULL, NULL },
		{ NULL, 0, NULL, NULL },
	};
	struct doctor *d = examine("env-epyc.tree", &loud);

	(void)state;
	check(d, found);
	doctor_free(d);
	d = examine("env-epyc.tree", &quiet);
	check(d, ok);
	doctor_free(d);
	quiet.others_pct = 4;
	quiet.gap_pct = 0.6;
	d = examine("env-epyc.tree", &quiet);
	assert_int_equal(find(d, "load")->severity, SEVERITY_MEDIUM);
	assert_int_equal(find(d, "interruptions")->severity, SEVERITY_MEDIUM);
	doctor_free(d);
}

static void probe_listens(void **state)
{
	struct doctor_probe p;
	cpu_set_t before, after;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	assert_int_equal(doctor_probe(0.1, &p), 0);
	assert_int_equal(sched_getaffinity(0, sizeof(after), &after), 0);
	assert_true(CPU_EQUAL(&before, &after));
	assert_true(p.seconds >= 0.1);
	assert_true(p.gap_pct >= 0 && p.gap_pct <= 100);
	assert_true(p.gaps >= 0 && (p.gaps == 0) == (p.gap_longest_us == 0));
	assert_true(p.gap_median_us <= p.gap_longest_us);
	assert_true(p.steal_pct >= 0 && p.steal_pct <= 100 && p.others_pct >= 0);
	assert_true(CPU_ISSET(p.cpu, &before));
}

/* Inlined, gcc 12 takes the stream's buffer for a pointer to a dead variable. */
__attribute__((noinline))
static char *printed(const struct doctor *d, bool verbose)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	doctor_print(d, out, verbose);
	fclose(out);
	return text;
}

static const char *const trees[] = { "env-intel.tree", "env-epyc.tree", "env-arm64.tree",
	"env-guest.tree" };

/* 80 columns; a finding takes 2 to 4 lines. */
static void report_fits(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct doctor *d = examine(trees[i], &loud);
		char *text = printed(d, false), *save, *line;
		int lines = 2, severe = 1;

		for (line = strtok_r(text, "\n", &save); line;
			line = strtok_r(NULL, "\n", &save)) {
			bool starts = *line != ' ';

			if (strlen(line) > 80)
				print_error("too long: %s\n", line);
			assert_true(strlen(line) <= 80);
			if (!starts && lines >= 4 && severe)
				print_error("too many lines: %s\n", line);
			assert_true(starts || lines < 4 || !severe);
			lines = starts ? 1 : lines + 1;
			severe = starts ? !strncmp(line, "high", 4) ||
				!strncmp(line, "medium", 6) || !strncmp(line, "low", 3) :
				severe;
		}
		free(text);
		doctor_free(d);
	}
}

/* A command that is broken in two cannot be copied. */
static void remedies_fit_a_line(void **state)
{
	(void)state;
	for (int t = 0; t < 4; t++) {
		struct doctor *d = examine(trees[t], &loud);
		int n;
		const struct finding *f = doctor_findings(d, &n);

		for (int i = 0; i < n; i++) {
			if (strlen(f[i].fix) > 67)
				print_error("too long: %s\n", f[i].fix);
			assert_true(strlen(f[i].fix) <= 67);
			assert_true(!*f[i].fix == (f[i].severity >= SEVERITY_OK));
			assert_true(f[i].what[0] && f[i].why[0]);
		}
		doctor_free(d);
	}
}

static void report_order(void **state)
{
	struct doctor *d = examine("env-intel.tree", NULL);
	char *text = printed(d, false), *verbose = printed(d, true);
	char *high = strstr(text, "\nhigh "), *medium = strstr(text, "\nmedium ");
	char *low = strstr(text, "\nlow "), *ok = strstr(text, "\nok "), summary[80];

	(void)state;
	assert_true(!strncmp(text, "high ", 5) && high && high < medium && medium < low &&
		low < ok);
	assert_null(strstr(medium, "\nhigh "));
	assert_null(strstr(low, "\nmedium "));
	snprintf(summary, sizeof(summary), "\n\n%d high, %d medium, %d low: ",
		doctor_count(d, SEVERITY_HIGH), doctor_count(d, SEVERITY_MEDIUM),
		doctor_count(d, SEVERITY_LOW));
	assert_non_null(strstr(text, summary));
	assert_null(strstr(text, "\nok      bare metal\n"));
	assert_non_null(strstr(verbose, "\nok      bare metal\n"));
	free(text);
	free(verbose);
	doctor_free(d);
}

static void json_report(void **state)
{
	struct doctor *d = examine("env-guest.tree", NULL);
	json_t *json = doctor_json(d), *first;
	int n;

	(void)state;
	doctor_findings(d, &n);
	assert_non_null(json);
	assert_int_equal(json_array_size(json_object_get(json, "findings")) +
		json_array_size(json_object_get(json, "ok")) +
		json_array_size(json_object_get(json, "unknown")), n);
	first = json_array_get(json_object_get(json, "findings"), 0);
	assert_string_equal(
		json_string_value(json_object_get(first, "id")), "hypervisor");
	assert_string_equal(
		json_string_value(json_object_get(first, "severity")), "high");
	assert_non_null(json_string_value(json_object_get(first, "why")));
	assert_non_null(json_string_value(json_object_get(first, "fix")));
	assert_int_equal(json_integer_value(json_object_get(
				 json_object_get(json, "counts"), "high")),
		doctor_count(d, SEVERITY_HIGH));
	json_decref(json);
	doctor_free(d);
}

static void bad_usage(void **state)
{
	char *unknown[] = { "doctor", "--frob", NULL };
	char *letter[] = { "doctor", "-jx", NULL };
	char *operand[] = { "doctor", "disk", NULL };

	(void)state;
	assert_fails(command_execute(&command_doctor, 2, unknown), STATUS_USAGE, "--frob", "--help");
	assert_fails(command_execute(&command_doctor, 2, letter), STATUS_USAGE, "-x");
	assert_fails(command_execute(&command_doctor, 2, operand), STATUS_USAGE, "disk");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intel),
		cmocka_unit_test(epyc),
		cmocka_unit_test(arm64),
		cmocka_unit_test(guest),
		cmocka_unit_test(empty_tree_is_unknown),
		cmocka_unit_test(probe_is_judged),
		cmocka_unit_test(probe_listens),
		cmocka_unit_test(report_fits),
		cmocka_unit_test(remedies_fit_a_line),
		cmocka_unit_test(report_order),
		cmocka_unit_test(json_report),
		cmocka_unit_test(bad_usage),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
