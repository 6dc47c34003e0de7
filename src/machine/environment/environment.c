/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts that are one file each, and the order of the rest. */
#include "config.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/fail.h"
#include "machine/environment/environment-priv.h"
#include "text/json.h"

struct fact {
	const char *key;
	const char *path;
	/* How its contents become JSON; NULL: an array of all files of a glob pattern. */
	json_t *(*form)(const char *text);
};

#define CPU "sys/devices/system/cpu/"
#define CLOCK "sys/devices/system/clocksource/clocksource0/"
#define MM "sys/kernel/mm/"
#define THP MM "transparent_hugepage/"
#define SYSCTL "proc/sys/kernel/"
#define VM "proc/sys/vm/"
#define DMI "sys/class/dmi/id/"

static const struct fact facts[] = {
	{ "kernel.boot_id", SYSCTL "random/boot_id", text_json },
	{ "kernel.release", SYSCTL "osrelease", text_json },
	{ "kernel.version", SYSCTL "version", text_json },
	{ "kernel.cmdline", "proc/cmdline", text_json },
	{ "kernel.tainted", SYSCTL "tainted", env_scalar },
	{ "kernel.lsm", "sys/kernel/security/lsm", text_json },
	{ "kernel.lockdown", "sys/kernel/security/lockdown", env_choice },
	{ "kernel.nohz_full", CPU "nohz_full", text_json },
	{ "kernel.isolated", CPU "isolated", text_json },
	{ "kernel.sched_features", "sys/kernel/debug/sched/features", text_json },
	{ "kernel.sched_base_slice_ns", "sys/kernel/debug/sched/base_slice_ns", env_scalar },
	{ "kernel.sched_ext", "sys/kernel/sched_ext/state", text_json },
	{ "kernel.rcu_expedited", "sys/kernel/rcu_expedited", env_scalar },
	{ "kernel.rcu_normal", "sys/kernel/rcu_normal", env_scalar },
	{ "kernel.aslr", SYSCTL "randomize_va_space", env_scalar },
	{ "kernel.legacy_va_layout", VM "legacy_va_layout", env_scalar },
	{ "kernel.numa_balancing", SYSCTL "numa_balancing", env_scalar },
	{ "kernel.nmi_watchdog", SYSCTL "nmi_watchdog", env_scalar },
	{ "kernel.core_pattern", SYSCTL "core_pattern", text_json },
	{ "kernel.sched_autogroup", SYSCTL "sched_autogroup_enabled", env_scalar },
	{ "kernel.sched_rt_runtime_us", SYSCTL "sched_rt_runtime_us", env_scalar },
	{ "kernel.sched_schedstats", SYSCTL "sched_schedstats", env_scalar },
	{ "kernel.task_delayacct", SYSCTL "task_delayacct", env_scalar },
	{ "kernel.timer_migration", SYSCTL "timer_migration", env_scalar },
	{ "kernel.ftrace_enabled", SYSCTL "ftrace_enabled", env_scalar },
	{ "kernel.perf_event_paranoid", SYSCTL "perf_event_paranoid", env_scalar },
	{ "kernel.pid_max", SYSCTL "pid_max", env_scalar },
	{ "kernel.threads_max", SYSCTL "threads-max", env_scalar },

	{ "cpu.online", CPU "online", text_json },
	{ "cpu.possible", CPU "possible", text_json },
	{ "cpu.smt_control", CPU "smt/control", text_json },
	{ "cpu.smt_active", CPU "smt/active", env_scalar },
	{ "cpu.governor", CPU "cpufreq/policy*/scaling_governor", NULL },
	{ "cpu.freq_driver", CPU "cpufreq/policy*/scaling_driver", NULL },
	{ "cpu.freq_min_khz", CPU "cpufreq/policy*/scaling_min_freq", NULL },
	{ "cpu.freq_max_khz", CPU "cpufreq/policy*/scaling_max_freq", NULL },
	{ "cpu.hw_max_khz", CPU "cpufreq/policy*/cpuinfo_max_freq", NULL },
	{ "cpu.energy_preference",
		CPU "cpufreq/policy*/energy_performance_preference", NULL },
	{ "cpu.energy_perf_bias", CPU "cpu*/power/energy_perf_bias", NULL },
	{ "cpu.pstate_status", CPU "*_pstate/status", NULL },
	{ "cpu.capacity", CPU "cpu*/cpu_capacity", NULL },
	{ "cpu.idle_driver", CPU "cpuidle/current_driver", text_json },
	{ "cpu.numa_nodes", "sys/devices/system/node/online", text_json },

	{ "clock.source", CLOCK "current_clocksource", text_json },
	{ "clock.available", CLOCK "available_clocksource", text_json },

	{ "memory.thp_enabled", THP "enabled", env_choice },
	{ "memory.thp_defrag", THP "defrag", env_choice },
	{ "memory.thp_shmem", THP "shmem_enabled", env_choice },
	{ "memory.thp_zero_page", THP "use_zero_page", env_scalar },
	{ "memory.khugepaged_defrag", THP "khugepaged/defrag", env_scalar },
	{ "memory.khugepaged_scan_ms", THP "khugepaged/scan_sleep_millisecs", env_scalar },
	{ "memory.ksm_run", MM "ksm/run", env_scalar },
	{ "memory.lru_gen", MM "lru_gen/enabled", text_json },
	{ "memory.numa_demotion", MM "numa/demotion_enabled", text_json },
	{ "memory.zswap", "sys/module/zswap/parameters/enabled", text_json },
	{ "memory.damon_reclaim", "sys/module/damon_reclaim/parameters/enabled", text_json },
	{ "memory.page_reporting_order",
		"sys/module/page_reporting/parameters/page_reporting_order", env_scalar },
	{ "memory.overcommit", VM "overcommit_memory", env_scalar },
	{ "memory.swappiness", VM "swappiness", env_scalar },
	{ "memory.min_free_kb", VM "min_free_kbytes", env_scalar },
	{ "memory.zone_reclaim_mode", VM "zone_reclaim_mode", env_scalar },
	{ "memory.compaction_proactiveness", VM "compaction_proactiveness", env_scalar },
	{ "memory.pcp_high_fraction", VM "percpu_pagelist_high_fraction", env_scalar },
	{ "memory.stat_interval_s", VM "stat_interval", env_scalar },
	{ "memory.max_map_count", VM "max_map_count", env_scalar },
	{ "memory.panic_on_oom", VM "panic_on_oom", env_scalar },
	{ "memory.oom_kill_allocating_task", VM "oom_kill_allocating_task", env_scalar },

	{ "machine.vendor", DMI "sys_vendor", text_json },
	{ "machine.product", DMI "product_name", text_json },
	{ "machine.board", DMI "board_name", text_json },
	{ "machine.bios_version", DMI "bios_version", text_json },
	{ "machine.bios_date", DMI "bios_date", text_json },

	{ "self.personality", "proc/self/personality", text_json },
	{ "self.oom_score_adj", "proc/self/oom_score_adj", env_scalar },
};

static void collect_fact(struct env *e, const struct fact *f)
{
	char *text;

	if (!f->form) {
		env_put(e, f->key, env_distinct(e, f->path));
		return;
	}
	text = env_read(e, "%s", f->path);
	/* A CPU list that was never set reads as "(null)". */
	if (text && !strcmp(text, "(null)"))
		*text = '\0';
	env_put(e, f->key, env_as(f->form, text));
}

static void collect_memory_sizes(struct env *e)
{
	static const struct {
		const char *key, *name;
	} sizes[] = {
		{ "memory.total_kb", "MemTotal" },
		{ "memory.available_kb", "MemAvailable" },
		{ "memory.swap_total_kb", "SwapTotal" },
		{ "memory.swap_free_kb", "SwapFree" },
		{ "memory.hugepages", "HugePages_Total" },
	};
	char *text = env_read(e, "proc/meminfo");

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		env_put(e, sizes[i].key, env_field_number(text, sizes[i].name));
	free(text);
	env_put(e, "memory.page_size",
		*e->root ? json_null() : json_integer(sysconf(_SC_PAGESIZE)));
}

/* /sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled and its like. */
static void thp_size(struct env *e, void *sizes, const char *name)
{
	if (!strncmp(name, "hugepages-", 10) && json_object_set_new(sizes, name + 10,
			env_as(env_choice, env_read(e, THP "%s/enabled", name))))
		e->nomem = true;
}

static void collect_thp_sizes(struct env *e)
{
	json_t *sizes = json_object();

	env_each(e, THP, thp_size, sizes);
	env_put(e, "memory.thp_sizes", env_unless_empty(sizes));
}

/* Programs that use the CPU, move work about or kill processes on their own. */
static const char *const services[] = { "irqbalance", "tuned", "thermald", "ksmtuned",
	"auditd", "power-profiles-", "systemd-oomd", "earlyoom", "numad", "packagekitd",
	"unattended-upgr", "atopacctd" };

static void scan_process(struct env *e, void *running, const char *name)
{
	char *comm;

	if (!isdigit((unsigned char)*name))
		return;
	comm = env_read(e, "proc/%s/comm", name);
	for (size_t i = 0; comm && i < sizeof(services) / sizeof(services[0]); i++)
		if (!strncmp(comm, services[i], strlen(services[i])) &&
			json_array_append_new(running, text_json(comm)))
			e->nomem = true;
	free(comm);
}

static void collect_loadavg(struct env *e)
{
	char *text = env_read(e, "proc/loadavg"), *up = env_read(e, "proc/uptime");
	double avg[3];
	int running, threads;
	bool known = text && sscanf(text, "%lf %lf %lf %d/%d", &avg[0], &avg[1], &avg[2], &running,
				     &threads) == 5;

	env_put(e, "load.average",
		known ? json_pack("[fff]", avg[0], avg[1], avg[2]) : json_null());
	env_put(e, "load.running", known ? json_integer(running) : json_null());
	env_put(e, "load.threads", known ? json_integer(threads) : json_null());
	env_put(e, "load.uptime_s", up ? json_real(strtod(up, NULL)) : json_null());
	free(text);
	free(up);
}

/* The share of time since boot that the hypervisor gave to others. */
static void collect_steal(struct env *e)
{
	char *text = env_read(e, "proc/stat");
	double t[8] = { 0 }, total = 0;
	int n = text ? sscanf(text, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", &t[0], &t[1],
			       &t[2], &t[3], &t[4], &t[5], &t[6], &t[7]) : 0;

	for (int i = 0; n == 8 && i < n; i++)
		total += t[i];
	env_put(e, "load.steal_pct",
		total > 0 ? json_real(100 * t[7] / total) : json_null());
	free(text);
}

int environment_collect(const char *root, json_t **out)
{
	struct env e = { .root = root, .top = json_object() };

	if (!e.top)
		return fail_nomem();
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		collect_fact(&e, &facts[i]);
	env_kernel(&e);
	env_cpu(&e);
	collect_memory_sizes(&e);
	collect_thp_sizes(&e);
	env_machine(&e);
	env_cgroup(&e);
	env_trace(&e);
	env_put_each(&e, "load.services", json_array(), "proc", scan_process);
	collect_loadavg(&e);
	collect_steal(&e);
	if (e.nomem) {
		json_decref(e.top);
		return fail_nomem();
	}
	*out = e.top;
	return 0;
}
