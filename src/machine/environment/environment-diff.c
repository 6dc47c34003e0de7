/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which facts of two boots differ in a way that spoils or explains a comparison. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "machine/environment/environment-priv.h"

enum flags {
	BOTH = 1,	/* only root reads it: compare only where both sides have it */
	ROUGH = 2,	/* a size: within 2% is equal */
	MEMBERS = 4,	/* an object: compare member by member */
};

static const struct compared {
	const char *key;
	enum environment_kind kind;
	unsigned int flags;
} compared[] = {
	{ "cpu.model", ENVIRONMENT_MACHINE, 0 },
	{ "cpu.signature", ENVIRONMENT_MACHINE, 0 },
	{ "cpu.count", ENVIRONMENT_MACHINE, 0 },
	{ "cpu.numa_nodes", ENVIRONMENT_MACHINE, 0 },
	{ "cpu.hw_max_khz", ENVIRONMENT_MACHINE, 0 },
	{ "machine.vendor", ENVIRONMENT_MACHINE, 0 },
	{ "machine.product", ENVIRONMENT_MACHINE, 0 },
	{ "machine.hypervisor", ENVIRONMENT_MACHINE, 0 },
	{ "memory.total_kb", ENVIRONMENT_MACHINE, ROUGH },
	{ "kernel.arch", ENVIRONMENT_MACHINE, 0 },

	{ "machine.bios_version", ENVIRONMENT_SETTING, 0 },
	{ "machine.container", ENVIRONMENT_SETTING, 0 },
	{ "cpu.microcode", ENVIRONMENT_SETTING, 0 },
	{ "cpu.mitigations", ENVIRONMENT_SETTING, MEMBERS },
	{ "cpu.smt_active", ENVIRONMENT_SETTING, 0 },
	{ "cpu.governor", ENVIRONMENT_SETTING, 0 },
	{ "cpu.freq_driver", ENVIRONMENT_SETTING, 0 },
	{ "cpu.freq_min_khz", ENVIRONMENT_SETTING, 0 },
	{ "cpu.freq_max_khz", ENVIRONMENT_SETTING, 0 },
	{ "cpu.turbo", ENVIRONMENT_SETTING, 0 },
	{ "cpu.energy_preference", ENVIRONMENT_SETTING, 0 },
	{ "cpu.energy_perf_bias", ENVIRONMENT_SETTING, 0 },
	{ "cpu.idle_driver", ENVIRONMENT_SETTING, 0 },
	{ "cpu.idle_governor", ENVIRONMENT_SETTING, 0 },
	{ "cpu.idle_states", ENVIRONMENT_SETTING, 0 },
	{ "cpu.dma_latency_us", ENVIRONMENT_SETTING, BOTH },
	{ "clock.source", ENVIRONMENT_SETTING, 0 },
	{ "kernel.compiler", ENVIRONMENT_SETTING, 0 },
	{ "kernel.preempt", ENVIRONMENT_SETTING, 0 },
	{ "kernel.config", ENVIRONMENT_SETTING, BOTH | MEMBERS },
	{ "kernel.lsm", ENVIRONMENT_SETTING, BOTH },
	{ "kernel.lockdown", ENVIRONMENT_SETTING, BOTH },
	{ "kernel.livepatches", ENVIRONMENT_SETTING, 0 },
	{ "kernel.nohz_full", ENVIRONMENT_SETTING, 0 },
	{ "kernel.isolated", ENVIRONMENT_SETTING, 0 },
	{ "kernel.sched_features", ENVIRONMENT_SETTING, BOTH },
	{ "kernel.sched_ext", ENVIRONMENT_SETTING, 0 },
	{ "kernel.rcu_expedited", ENVIRONMENT_SETTING, 0 },
	{ "kernel.rcu_normal", ENVIRONMENT_SETTING, 0 },
	{ "kernel.aslr", ENVIRONMENT_SETTING, 0 },
	{ "kernel.numa_balancing", ENVIRONMENT_SETTING, 0 },
	{ "kernel.nmi_watchdog", ENVIRONMENT_SETTING, 0 },
	{ "kernel.sched_autogroup", ENVIRONMENT_SETTING, 0 },
	{ "kernel.sched_schedstats", ENVIRONMENT_SETTING, 0 },
	{ "kernel.task_delayacct", ENVIRONMENT_SETTING, 0 },
	{ "memory.page_size", ENVIRONMENT_SETTING, 0 },
	{ "memory.thp_enabled", ENVIRONMENT_SETTING, 0 },
	{ "memory.thp_defrag", ENVIRONMENT_SETTING, 0 },
	{ "memory.thp_shmem", ENVIRONMENT_SETTING, 0 },
	{ "memory.thp_sizes", ENVIRONMENT_SETTING, MEMBERS },
	{ "memory.ksm_run", ENVIRONMENT_SETTING, 0 },
	{ "memory.lru_gen", ENVIRONMENT_SETTING, 0 },
	{ "memory.zswap", ENVIRONMENT_SETTING, 0 },
	{ "memory.swap_total_kb", ENVIRONMENT_SETTING, ROUGH },
	{ "memory.hugepages", ENVIRONMENT_SETTING, 0 },
	{ "memory.overcommit", ENVIRONMENT_SETTING, 0 },
	{ "memory.pcp_high_fraction", ENVIRONMENT_SETTING, 0 },
	{ "memory.page_reporting_order", ENVIRONMENT_SETTING, 0 },
	{ "cgroup.cpu_limit", ENVIRONMENT_SETTING, 0 },
	{ "cgroup.cpuset", ENVIRONMENT_SETTING, 0 },
	{ "cgroup.memory_limit", ENVIRONMENT_SETTING, 0 },
	{ "cgroup.pids_limit", ENVIRONMENT_SETTING, 0 },
	{ "self.seccomp_filters", ENVIRONMENT_SETTING, 0 },
	{ "self.personality", ENVIRONMENT_SETTING, 0 },
	{ "self.cpus_allowed", ENVIRONMENT_SETTING, 0 },
	{ "rlimit.stack", ENVIRONMENT_SETTING, 0 },
	{ "trace.event_count", ENVIRONMENT_SETTING, BOTH },
	{ "trace.current_tracer", ENVIRONMENT_SETTING, BOTH },
	{ "trace.kprobes", ENVIRONMENT_SETTING, BOTH },
};

struct diff {
	environment_diff_fn fn;
	void *arg;
	int count;
	bool nomem;
};

static void report(struct diff *d, enum environment_kind kind, const char *key,
	const char *before, const char *after)
{
	struct environment_difference difference = { kind, key, before, after };

	d->count++;
	if (d->fn)
		d->fn(d->arg, &difference);
}

static char *as_text(const json_t *value)
{
	if (!value)
		return strdup("(none)");
	if (json_is_string(value))
		return strdup(
			*json_string_value(value) ? json_string_value(value) : "(none)");
	return json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
}

static bool roughly_equal(const json_t *a, const json_t *b)
{
	double x = json_number_value(a), y = json_number_value(b);
	double gap = x > y ? x - y : y - x;

	return json_is_number(a) && json_is_number(b) && gap <= 0.02 * (x > y ? x : y);
}

static void compare_value(struct diff *d, const struct compared *c, const char *key,
	const json_t *a, const json_t *b)
{
	char *before, *after;

	if (a == b || (a && b && json_equal(a, b)) || ((c->flags & BOTH) && (!a || !b)))
		return;
	if ((c->flags & ROUGH) && roughly_equal(a, b))
		return;
	before = as_text(a);
	after = as_text(b);
	if (!before || !after)
		d->nomem = true;
	else if (strcmp(before, after))
		report(d, c->kind, key, before, after);
	free(before);
	free(after);
}

static void compare_member(struct diff *d, const struct compared *c, const char *member,
	const json_t *a, const json_t *b)
{
	char key[128];
	const json_t *x = json_object_get(a, member), *y = json_object_get(b, member);

	snprintf(key, sizeof(key), "%s.%s", c->key, member);
	compare_value(d, c, key, json_is_null(x) ? NULL : x, json_is_null(y) ? NULL : y);
}

static void compare_members(struct diff *d, const struct compared *c, const json_t *a,
	const json_t *b)
{
	const char *member;
	json_t *value;

	json_object_foreach((json_t *)a, member, value)
		compare_member(d, c, member, a, b);
	json_object_foreach((json_t *)b, member, value)
		if (!json_object_get(a, member))
			compare_member(d, c, member, a, b);
}

/* Parameters that say from where a kernel was loaded, not how it behaves. */
static bool loader_word(const char *word)
{
	return !strncmp(word, "BOOT_IMAGE=", 11) || !strncmp(word, "initrd=", 7);
}

/* The words of A's command line that B's lacks, malloc'ed; NULL for no memory. */
static char *words_only_in(const char *a, const json_t *b)
{
	char *copy = strdup(a), *out = calloc(1, strlen(a) + 2), *save, *word;

	for (word = copy && out ? strtok_r(copy, " ", &save) : NULL; word;
		word = strtok_r(NULL, " ", &save)) {
		size_t len = strlen(word);

		/* "x=" alone would match as a prefix. */
		if (loader_word(word) || (word[len - 1] != '=' &&
			environment_cmdline_has(b, word)))
			continue;
		if (*out)
			strcat(out, " ");
		strcat(out, word);
	}
	if (!copy) {
		free(out);
		out = NULL;
	}
	free(copy);
	return out;
}

static void compare_cmdlines(struct diff *d, const json_t *a, const json_t *b)
{
	const char *x = environment_text(a, "kernel.cmdline");
	const char *y = environment_text(b, "kernel.cmdline");
	char *before, *after;

	if (!x || !y || !strcmp(x, y))
		return;
	before = words_only_in(x, b);
	after = words_only_in(y, a);
	if (!before || !after)
		d->nomem = true;
	else if (*before || *after)
		report(d, ENVIRONMENT_SETTING, "kernel.cmdline",
			*before ? before : "(none)", *after ? after : "(none)");
	free(before);
	free(after);
}

int environment_diff(const json_t *a, const json_t *b, environment_diff_fn fn, void *arg)
{
	struct diff d = { .fn = fn, .arg = arg };

	for (size_t i = 0; i < sizeof(compared) / sizeof(compared[0]); i++) {
		const struct compared *c = &compared[i];
		const json_t *x = environment_get(a, c->key),
			     *y = environment_get(b, c->key);

		if ((c->flags & MEMBERS) && x && y)
			compare_members(&d, c, x, y);
		else if (!(c->flags & MEMBERS))
			compare_value(&d, c, c->key, x, y);
	}
	compare_cmdlines(&d, a, b);
	return d.nomem ? fail_nomem() : d.count;
}
