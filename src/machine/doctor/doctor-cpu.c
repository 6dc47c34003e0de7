/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of the processor: its speed, its sleep, its clock, who shares it. */
#include "config.h"
#include <string.h>
#include "machine/doctor/doctor-priv.h"

#define IDLE_US 2	/* wake-ups slower than this show in an exit of some 100 us */

static bool fixed_frequency(const json_t *env)
{
	const json_t *lo = environment_get(env, "cpu.freq_min_khz");
	const json_t *hi = environment_get(env, "cpu.freq_max_khz");

	return json_array_size(lo) == 1 && json_equal(lo, hi);
}

static enum severity check_governor(struct examined *x)
{
	const json_t *governors = environment_get(x->env, "cpu.governor");
	char text[100], driver[60];

	doc_join(governors, text, sizeof(text));
	doc_join(environment_get(x->env, "cpu.freq_driver"), driver, sizeof(driver));
	if (!governors)
		return doc_unknown(
			x, x->guest ? "no cpufreq in this guest: the host decides"
				    : "no cpufreq driver: the firmware decides");
	if (!strcmp(text, "performance"))
		return doc_say(x, SEVERITY_OK, "governor performance (%s)", driver);
	if (fixed_frequency(x->env))
		return doc_say(x, SEVERITY_OK, "governor %s, frequency fixed", text);
	return doc_say(x, SEVERITY_HIGH, "frequency governor: %s (%s)", text, driver);
}

static enum severity check_turbo(struct examined *x)
{
	const json_t *turbo = environment_get(x->env, "cpu.turbo");
	const char *control = environment_text(x->env, "cpu.turbo_control");

	if (!turbo || !control)
		return doc_unknown(x, x->guest ? "turbo is not visible in this guest" :
			"no turbo switch found");
	if (!json_is_true(turbo) || fixed_frequency(x->env))
		return doc_say(x, SEVERITY_OK, "turbo off");
	doc_fix(x, "echo %d > %s", strstr(control, "no_turbo") ? 1 : 0, control);
	return doc_say(x, SEVERITY_MEDIUM, "turbo (boost) is on");
}

static enum severity check_energy(struct examined *x)
{
	char text[120];

	doc_join(environment_get(x->env, "cpu.energy_preference"), text, sizeof(text));
	if (!*text)
		return doc_unknown(x, "no energy preference here");
	/* performance is 0 where it is a number. */
	if (!strcmp(text, "performance") || !strcmp(text, "0"))
		return doc_say(x, SEVERITY_OK, "energy preference %s", text);
	return doc_say(x, SEVERITY_LOW, "energy preference: %s", text);
}

static enum severity check_smt(struct examined *x)
{
	double active = environment_number(x->env, "cpu.smt_active", -1);

	if (active < 0)
		return doc_unknown(x, "SMT state not readable");
	if (active == 0)
		return doc_say(x, SEVERITY_OK, "no SMT siblings%s",
			x->guest ? " visible to this guest" : "");
	return doc_say(x, SEVERITY_MEDIUM, "SMT siblings are active");
}

/* The slowest to wake from of the idle states that may be used. */
static const json_t *deepest_state(const json_t *env)
{
	const json_t *deepest = NULL;
	double worst = -1;
	size_t i;
	json_t *state;

	json_array_foreach((json_t *)environment_get(env, "cpu.idle_states"), i, state) {
		double us = json_number_value(json_object_get(state, "latency_us"));

		if (json_is_true(json_object_get(state, "disabled")) || us <= worst)
			continue;
		worst = us;
		deepest = state;
	}
	return deepest;
}

static enum severity check_idle(struct examined *x)
{
	const json_t *state = deepest_state(x->env);
	const char *name = json_string_value(json_object_get(state, "name"));
	double us = json_number_value(json_object_get(state, "latency_us"));
	double limit = environment_number(x->env, "cpu.dma_latency_us", 2e9);

	if (!state)
		return doc_unknown(x, x->guest ? "idle states are the host's" :
			"no idle states readable");
	if (us <= IDLE_US)
		return doc_say(
			x, SEVERITY_OK, "deepest idle state %s, %.0f us", name, us);
	if (limit <= IDLE_US)
		return doc_say(
			x, SEVERITY_OK, "a program keeps wake-ups within %.0f us", limit);
	return doc_say(x, SEVERITY_MEDIUM,
		"deep idle states: down to %s, %.0f us to wake up", name, us);
}

static enum severity check_clock(struct examined *x)
{
	static const char *const good[] = { "tsc", "arch_sys_counter" };
	static const char *const paravirtual[] = { "kvm-clock",
		"hyperv_clocksource_tsc_page", "hyperv_clocksource" };
	const char *source = environment_text(x->env, "clock.source");
	const char *available = environment_text(x->env, "clock.available");

	if (!source)
		return doc_unknown(x, "clock source not readable");
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!strcmp(source, good[i]))
			return doc_say(x, SEVERITY_OK, "clock source %s", source);
	if (!available || !strstr(available, "tsc"))
		doc_fix(x, "boot with tsc=reliable if the TSC is known to be good");
	for (size_t i = 0; i < sizeof(paravirtual) / sizeof(paravirtual[0]); i++)
		if (!strncmp(source, paravirtual[i], strlen(paravirtual[i])))
			return doc_say(x, SEVERITY_LOW, "clock source: %s", source);
	return doc_say(x, SEVERITY_HIGH, "clock source: %s", source);
}

static enum severity check_throttle(struct examined *x)
{
	double count = environment_number(x->env, "load.thermal_throttles", -1);

	if (count < 0)
		return doc_unknown(x, "no thermal throttle counters");
	return doc_say(x, count > 0 ? SEVERITY_MEDIUM : SEVERITY_OK,
		"throttled for heat %.0f times since boot", count);
}

static enum severity check_hybrid(struct examined *x)
{
	const json_t *khz = environment_get(x->env, "cpu.hw_max_khz");
	const json_t *capacity = environment_get(x->env, "cpu.capacity");
	size_t kinds = json_array_size(capacity);

	if (!khz && !capacity)
		return doc_unknown(x, "CPU capacities not readable");
	/* Favoured cores differ by a bin or two in frequency alone. */
	if (kinds <= 1 && json_array_size(khz) <= 1)
		return doc_say(x, SEVERITY_OK, "all CPUs alike");
	return doc_say(x, kinds > 1 ? SEVERITY_MEDIUM : SEVERITY_LOW,
		"CPUs differ: %zu capacities, %zu top frequencies", kinds,
		json_array_size(khz));
}

static enum severity check_isolation(struct examined *x)
{
	const char *isolated = environment_text(x->env, "kernel.isolated");
	const char *nohz = environment_text(x->env, "kernel.nohz_full");
	bool nocb = environment_cmdline_has(x->env, "rcu_nocbs=") || (nohz && *nohz);

	if (!isolated)
		return doc_unknown(x, "isolation not readable");
	if (*isolated && nohz && *nohz && nocb)
		return doc_say(x, SEVERITY_OK, "isolated CPUs %s, no tick on %s",
			isolated, nohz);
	return doc_say(x, SEVERITY_LOW,
		"not isolated: isolcpus=%s nohz_full=%s rcu_nocbs %s",
		*isolated ? isolated : "none", nohz && *nohz ? nohz : "none",
		nocb ? "set" : "not set");
}

const struct check doctor_cpu_checks[] = {
	{ "governor", check_governor,
		"The clock follows the load with a delay: short blocks run at whatever "
		"speed the block before them left.",
		"cpupower frequency-set -g performance" },
	{ "clocksource", check_clock,
		"Stamps that are not read from the CPU's own counter cost more; from "
		"hpet or acpi_pm each is a system call and a slow bus read.",
		"boot with clocksource=tsc" },
	{ "turbo", check_turbo,
		"The clock then depends on temperature and on how many cores are busy: "
		"it drifts over minutes and bends every scaling curve.",
		"" },
	{ "smt", check_smt,
		"Whatever runs on the sibling takes part of the core.",
		"echo off > /sys/devices/system/cpu/smt/control (or --place cores)" },
	{ "idle-states", check_idle,
		"Where parent and child are on different CPUs, waking up is part of "
		"exit.",
		"cpupower idle-set -D 3" },
	{ "thermal", check_throttle,
		"Heat slows the clock, and it comes with load: during the measurement, "
		"not before it.",
		"better cooling, or turbo off" },
	{ "hybrid", check_hybrid,
		"An operation takes longer on the small cores; cells of several cores "
		"mix them.",
		"run --place CPUSET with the CPUs of one kind" },
	{ "isolation", check_isolation,
		"The tick, kernel threads and the freeing that RCU delays run on the "
		"measured CPUs.",
		"boot with isolcpus=LIST nohz_full=LIST rcu_nocbs=LIST" },
	{ "energy", check_energy,
		"The processor itself trades speed for power.",
		"x86_energy_perf_policy performance" },
	{ 0 },
};
