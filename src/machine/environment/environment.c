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

/* How a file's contents become JSON. */
enum form {
	TEXT,		/* as it is */
	SCALAR,		/* a number if it is one */
	CHOICE,		/* "always [madvise] never": madvise */
	DISTINCT,	/* all files of a glob pattern: an array */
};

struct fact {
	const char *key;
	const char *path;
	enum form form;
};

#define CPU "sys/devices/system/cpu/"
#define CLOCK "sys/devices/system/clocksource/clocksource0/"
#define MM "sys/kernel/mm/"
#define THP MM "transparent_hugepage/"
#define SYSCTL "proc/sys/kernel/"
#define VM "proc/sys/vm/"
#define DMI "sys/class/dmi/id/"

static const struct fact facts[] = {
	{ "kernel.boot_id", SYSCTL "random/boot_id", TEXT },
	{ "kernel.release", SYSCTL "osrelease", TEXT },
	{ "kernel.version", SYSCTL "version", TEXT },
	{ "kernel.cmdline", "proc/cmdline", TEXT },
	{ "kernel.tainted", SYSCTL "tainted", SCALAR },
	{ "kernel.lsm", "sys/kernel/security/lsm", TEXT },
	{ "kernel.lockdown", "sys/kernel/security/lockdown", CHOICE },
	{ "kernel.nohz_full", CPU "nohz_full", TEXT },
	{ "kernel.isolated", CPU "isolated", TEXT },
	{ "kernel.sched_features", "sys/kernel/debug/sched/features", TEXT },
	{ "kernel.sched_base_slice_ns", "sys/kernel/debug/sched/base_slice_ns", SCALAR },
	{ "kernel.sched_ext", "sys/kernel/sched_ext/state", TEXT },
	{ "kernel.rcu_expedited", "sys/kernel/rcu_expedited", SCALAR },
	{ "kernel.rcu_normal", "sys/kernel/rcu_normal", SCALAR },
	{ "kernel.aslr", SYSCTL "randomize_va_space", SCALAR },
	{ "kernel.legacy_va_layout", VM "legacy_va_layout", SCALAR },
	{ "kernel.numa_balancing", SYSCTL "numa_balancing", SCALAR },
	{ "kernel.nmi_watchdog", SYSCTL "nmi_watchdog", SCALAR },
	{ "kernel.core_pattern", SYSCTL "core_pattern", TEXT },
	{ "kernel.sched_autogroup", SYSCTL "sched_autogroup_enabled", SCALAR },
	{ "kernel.sched_rt_runtime_us", SYSCTL "sched_rt_runtime_us", SCALAR },
	{ "kernel.sched_schedstats", SYSCTL "sched_schedstats", SCALAR },
	{ "kernel.task_delayacct", SYSCTL "task_delayacct", SCALAR },
	{ "kernel.timer_migration", SYSCTL "timer_migration", SCALAR },
	{ "kernel.ftrace_enabled", SYSCTL "ftrace_enabled", SCALAR },
	{ "kernel.perf_event_paranoid", SYSCTL "perf_event_paranoid", SCALAR },
	{ "kernel.pid_max", SYSCTL "pid_max", SCALAR },
	{ "kernel.threads_max", SYSCTL "threads-max", SCALAR },

	{ "cpu.online", CPU "online", TEXT },
	{ "cpu.possible", CPU "possible", TEXT },
	{ "cpu.smt_control", CPU "smt/control", TEXT },
	{ "cpu.smt_active", CPU "smt/active", SCALAR },
	{ "cpu.governor", CPU "cpufreq/policy*/scaling_governor", DISTINCT },
	{ "cpu.freq_driver", CPU "cpufreq/policy*/scaling_driver", DISTINCT },
	{ "cpu.freq_min_khz", CPU "cpufreq/policy*/scaling_min_freq", DISTINCT },
	{ "cpu.freq_max_khz", CPU "cpufreq/policy*/scaling_max_freq", DISTINCT },
	{ "cpu.hw_max_khz", CPU "cpufreq/policy*/cpuinfo_max_freq", DISTINCT },
	{ "cpu.energy_preference",
		CPU "cpufreq/policy*/energy_performance_preference", DISTINCT },
	{ "cpu.energy_perf_bias", CPU "cpu*/power/energy_perf_bias", DISTINCT },
	{ "cpu.pstate_status", CPU "*_pstate/status", DISTINCT },
	{ "cpu.capacity", CPU "cpu*/cpu_capacity", DISTINCT },
	{ "cpu.idle_driver", CPU "cpuidle/current_driver", TEXT },
	{ "cpu.numa_nodes", "sys/devices/system/node/online", TEXT },

	{ "clock.source", CLOCK "current_clocksource", TEXT },
	{ "clock.available", CLOCK "available_clocksource", TEXT },

	{ "memory.thp_enabled", THP "enabled", CHOICE },
	{ "memory.thp_defrag", THP "defrag", CHOICE },
	{ "memory.thp_shmem", THP "shmem_enabled", CHOICE },
	{ "memory.thp_zero_page", THP "use_zero_page", SCALAR },
	{ "memory.khugepaged_defrag", THP "khugepaged/defrag", SCALAR },
	{ "memory.khugepaged_scan_ms", THP "khugepaged/scan_sleep_millisecs", SCALAR },
	{ "memory.ksm_run", MM "ksm/run", SCALAR },
	{ "memory.lru_gen", MM "lru_gen/enabled", TEXT },
	{ "memory.numa_demotion", MM "numa/demotion_enabled", TEXT },
	{ "memory.zswap", "sys/module/zswap/parameters/enabled", TEXT },
	{ "memory.damon_reclaim", "sys/module/damon_reclaim/parameters/enabled", TEXT },
	{ "memory.page_reporting_order",
		"sys/module/page_reporting/parameters/page_reporting_order", SCALAR },
	{ "memory.overcommit", VM "overcommit_memory", SCALAR },
	{ "memory.swappiness", VM "swappiness", SCALAR },
	{ "memory.min_free_kb", VM "min_free_kbytes", SCALAR },
	{ "memory.zone_reclaim_mode", VM "zone_reclaim_mode", SCALAR },
	{ "memory.compaction_proactiveness", VM "compaction_proactiveness", SCALAR },
	{ "memory.pcp_high_fraction", VM "percpu_pagelist_high_fraction", SCALAR },
	{ "memory.stat_interval_s", VM "stat_interval", SCALAR },
	{ "memory.max_map_count", VM "max_map_count", SCALAR },
	{ "memory.panic_on_oom", VM "panic_on_oom", SCALAR },
	{ "memory.oom_kill_allocating_task", VM "oom_kill_allocating_task", SCALAR },

	{ "machine.vendor", DMI "sys_vendor", TEXT },
	{ "machine.product", DMI "product_name", TEXT },
	{ "machine.board", DMI "board_name", TEXT },
	{ "machine.bios_version", DMI "bios_version", TEXT },
	{ "machine.bios_date", DMI "bios_date", TEXT },

	{ "self.personality", "proc/self/personality", TEXT },
	{ "self.oom_score_adj", "proc/self/oom_score_adj", SCALAR },
};

static void collect_fact(struct env *e, const struct fact *f)
{
	char *text;

	if (f->form == DISTINCT) {
		env_put(e, f->key, env_distinct(e, f->path));
		return;
	}
	text = env_read(e, "%s", f->path);
	/* A CPU list that was never set reads as "(null)". */
	if (text && !strcmp(text, "(null)"))
		*text = '\0';
	if (f->form == SCALAR)
		env_put(e, f->key, env_scalar(text));
	else if (f->form == CHOICE)
		env_put(e, f->key, env_choice(text));
	else
		env_put_text(e, f->key, text);
	free(text);
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
struct thp_sizes {
	struct env *e;
	json_t *obj;
};

static void thp_size(void *arg, const char *name)
{
	struct thp_sizes *s = arg;
	char *text;

	if (strncmp(name, "hugepages-", 10))
		return;
	text = env_read(s->e, THP "%s/enabled", name);
	if (json_object_set_new(s->obj, name + 10, env_choice(text)))
		s->e->nomem = true;
	free(text);
}

static void collect_thp_sizes(struct env *e)
{
	struct thp_sizes s = { e, json_object() };

	env_each(e, THP, thp_size, &s);
	if (!s.obj || json_object_size(s.obj)) {
		env_put(e, "memory.thp_sizes", s.obj);
		return;
	}
	json_decref(s.obj);
	env_put(e, "memory.thp_sizes", json_null());
}

/* Programs that use the CPU, move work about or kill processes on their own. */
static const char *const services[] = { "irqbalance", "tuned", "thermald", "ksmtuned",
	"auditd", "power-profiles-", "systemd-oomd", "earlyoom", "numad", "packagekitd",
	"unattended-upgr", "atopacctd" };

struct service_scan {
	struct env *e;
	json_t *array;
};

static void scan_process(void *arg, const char *name)
{
	struct service_scan *s = arg;
	char *comm;

	if (!isdigit((unsigned char)*name))
		return;
	comm = env_read(s->e, "proc/%s/comm", name);
	for (size_t i = 0; comm && i < sizeof(services) / sizeof(services[0]); i++)
		if (!strncmp(comm, services[i], strlen(services[i])) &&
			json_array_append_new(s->array, text_json(comm)))
			s->e->nomem = true;
	free(comm);
}

static void collect_services(struct env *e)
{
	struct service_scan s = { e, json_array() };

	if (env_each(e, "proc", scan_process, &s) < 0) {
		json_decref(s.array);
		s.array = json_null();
	}
	env_put(e, "load.services", s.array);
}

static void collect_loadavg(struct env *e)
{
	char *text = env_read(e, "proc/loadavg"), *up = env_read(e, "proc/uptime");
	double avg[3];
	int running, threads;

	if (text && sscanf(text, "%lf %lf %lf %d/%d", &avg[0], &avg[1], &avg[2], &running,
			    &threads) == 5) {
		env_put(e, "load.average", json_pack("[fff]", avg[0], avg[1], avg[2]));
		env_put(e, "load.running", json_integer(running));
		env_put(e, "load.threads", json_integer(threads));
	} else {
		env_put(e, "load.average", json_null());
		env_put(e, "load.running", json_null());
		env_put(e, "load.threads", json_null());
	}
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
	collect_services(&e);
	collect_loadavg(&e);
	collect_steal(&e);
	if (e.nomem) {
		json_decref(e.top);
		return fail_nomem();
	}
	*out = e.top;
	return 0;
}
