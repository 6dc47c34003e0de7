/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The processor: what it is, how fast it may run, how deep it may sleep. */
#include "config.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "machine/environment/environment-priv.h"
#include "text/json.h"

#define CPU "sys/devices/system/cpu/"

/* Arm's /proc/cpuinfo has numbers only: implementer and part of server cores. */
static const struct {
	unsigned int implementer, part;
	const char *name;
} arm_cores[] = {
	{ 0x41, 0xd08, "Cortex-A72" },
	{ 0x41, 0xd0c, "Neoverse-N1" },
	{ 0x41, 0xd40, "Neoverse-V1" },
	{ 0x41, 0xd49, "Neoverse-N2" },
	{ 0x41, 0xd4f, "Neoverse-V2" },
	{ 0x41, 0xd84, "Neoverse-V3" },
	{ 0x41, 0xd8e, "Neoverse-N3" },
	{ 0x43, 0x0af, "ThunderX2" },
	{ 0x46, 0x001, "A64FX" },
	{ 0x48, 0xd01, "Kunpeng-920" },
	{ 0xc0, 0xac3, "Ampere-1" },
	{ 0xc0, 0xac4, "Ampere-1a" },
};

static unsigned int field_hex(const char *text, const char *name)
{
	char *value = env_field(text, name);
	unsigned long number = value ? strtoul(value, NULL, 0) : 0;

	free(value);
	return (unsigned int)number;
}

static json_t *arm_model(const char *cpuinfo)
{
	unsigned int implementer = field_hex(cpuinfo, "CPU implementer");
	unsigned int part = field_hex(cpuinfo, "CPU part");
	unsigned int variant = field_hex(cpuinfo, "CPU variant");
	unsigned int revision = field_hex(cpuinfo, "CPU revision");
	const char *name = "unknown core";

	if (!implementer)
		return json_null();
	for (size_t i = 0; i < sizeof(arm_cores) / sizeof(arm_cores[0]); i++)
		if (arm_cores[i].implementer == implementer && arm_cores[i].part == part)
			name = arm_cores[i].name;
	return json_sprintf("%s (implementer 0x%02x part 0x%03x r%up%u)", name,
		implementer, part, variant, revision);
}

/* The vendor, family, model and stepping: names like "Xeon Processor" tell little. */
static json_t *x86_signature(const char *cpuinfo)
{
	static const char *const names[] = { "vendor_id", "cpu family", "model",
		"stepping" };
	char *part[4];
	json_t *json = json_null();

	for (int i = 0; i < 4; i++)
		part[i] = env_field(cpuinfo, names[i]);
	if (part[0] && part[1] && part[2] && part[3])
		json = json_sprintf("%s %s/%s/%s", part[0], part[1], part[2], part[3]);
	for (int i = 0; i < 4; i++)
		free(part[i]);
	return json;
}

/* The distinct microcode revisions: a mixture is worth knowing. */
static json_t *microcodes(const char *cpuinfo)
{
	char seen[256] = "", *value;
	size_t used = 0;

	for (const char *p = cpuinfo; p && (p = strstr(p, "\nmicrocode")); p++) {
		value = env_field(p + 1, "microcode");
		if (value && !strstr(seen, value) &&
			used + strlen(value) + 3 < sizeof(seen))
			used += (size_t)sprintf(
				seen + used, "%s%s", used ? ", " : "", value);
		free(value);
	}
	return used ? json_string(seen) : json_null();
}

static void collect_cpuinfo(struct env *e)
{
	char *cpuinfo = env_read(e, "proc/cpuinfo");
	char *model = env_field(cpuinfo, "model name");

	env_put(e, "cpu.model", model ? text_json(model) : arm_model(cpuinfo));
	env_put(e, "cpu.signature", x86_signature(cpuinfo));
	env_put(e, "cpu.microcode", microcodes(cpuinfo));
	free(model);
	free(cpuinfo);
}

static void add_mitigation(struct env *e, void *mitigations, const char *name)
{
	if (json_object_set_new(mitigations, name,
			env_as(text_json, env_read(e, CPU "vulnerabilities/%s", name))))
		e->nomem = true;
}

/* Whether the clock may rise above its nominal rate, and the file that decides. */
static void collect_turbo(struct env *e)
{
	static const struct {
		const char *path;
		int on;
	} controls[] = {
		{ CPU "intel_pstate/no_turbo", 0 },
		{ CPU "cpufreq/boost", 1 },
		{ CPU "cpufreq/policy0/boost", 1 },
	};
	json_t *turbo = json_null(), *control = json_null();

	for (size_t i = 0; i < 3 && json_is_null(turbo); i++) {
		char *text = env_read(e, "%s", controls[i].path);

		if (text && isdigit((unsigned char)*text)) {
			turbo = json_boolean(atoi(text) == controls[i].on);
			control = json_sprintf("/%s", controls[i].path);
		}
		free(text);
	}
	env_put(e, "cpu.turbo", turbo);
	env_put(e, "cpu.turbo_control", control);
}

static json_t *flag(const char *text)
{
	return text ? json_boolean(atoi(text)) : json_null();
}

static json_t *idle_state(struct env *e, const char *name)
{
	const char *dir = CPU "cpu0/cpuidle";

	return json_pack("{so so so}",
		"name", env_as(text_json, env_read(e, "%s/%s/name", dir, name)),
		"latency_us", env_as(env_scalar, env_read(e, "%s/%s/latency", dir, name)),
		"disabled", env_as(flag, env_read(e, "%s/%s/disable", dir, name)));
}

static void add_idle_state(struct env *e, void *states, const char *name)
{
	if (!strncmp(name, "state", 5) && json_array_append_new(states, idle_state(e, name)))
		e->nomem = true;
}

static void collect_idle(struct env *e)
{
	char *text = env_read(e, CPU "cpuidle/current_governor");
	int32_t limit;
	size_t len;

	if (!text)
		text = env_read(e, CPU "cpuidle/current_governor_ro");
	env_put(e, "cpu.idle_governor", env_as(text_json, text));
	env_put_each(e, "cpu.idle_states", json_array(), CPU "cpu0/cpuidle", add_idle_state);
	/* The longest wake-up that programs (tuned, say) allow now; binary, root only. */
	text = env_read_raw(e, "dev/cpu_dma_latency", &len);
	if (text && len == sizeof(limit))
		memcpy(&limit, text, sizeof(limit));
	env_put(e, "cpu.dma_latency_us",
		text && len == sizeof(limit) ? json_integer(limit) : json_null());
	free(text);
}

struct throttle {
	long long sum;
	int files;
};

static void add_throttle(struct env *e, void *arg, const char *name)
{
	struct throttle *t = arg;
	char *text;

	if (strncmp(name, "cpu", 3) || !isdigit((unsigned char)name[3]))
		return;
	text = env_read(e, CPU "%s/thermal_throttle/core_throttle_count", name);
	if (text) {
		t->sum += atoll(text);
		t->files++;
	}
	free(text);
}

void env_cpu(struct env *e)
{
	struct throttle t = { 0 };
	const char *online = environment_text(e->top, "cpu.online");
	int cpus = online ? env_list_count(online) : -1;

	collect_cpuinfo(e);
	env_put(e, "cpu.count", cpus > 0 ? json_integer(cpus) : json_null());
	env_put_each(e, "cpu.mitigations", json_object(), CPU "vulnerabilities", add_mitigation);
	collect_turbo(e);
	collect_idle(e);
	env_each(e, "sys/devices/system/cpu", add_throttle, &t);
	env_put(e, "load.thermal_throttles", t.files ? json_integer(t.sum) : json_null());
}
