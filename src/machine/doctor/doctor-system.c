/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of who else is here and what this process is allowed. */
#include "config.h"
#include <string.h>
#include "machine/doctor/doctor-priv.h"

/* What a run may need: a worker on each CPU with a few children, and the controller. */
static double pids_needed(const struct examined *x)
{
	return 64 + 4 * environment_number(x->env, "cpu.count", 16);
}

static enum severity check_hypervisor(struct examined *x)
{
	const char *name = environment_text(x->env, "machine.hypervisor");
	const char *product = environment_text(x->env, "machine.product");

	if (!name)
		return doc_unknown(x, "cannot tell whether this is a virtual machine");
	if (!x->guest)
		return doc_say(x, SEVERITY_OK, "bare metal");
	return doc_say(x, SEVERITY_HIGH, "virtual machine: %s%s%.40s%s", name,
		product ? " (" : "", product ? product : "", product ? ")" : "");
}

static enum severity check_steal(struct examined *x)
{
	double pct = environment_number(x->env, "load.steal_pct", -1);

	if (x->probe && x->probe->steal_pct >= 1)
		return doc_say(x, SEVERITY_HIGH, "steal time: %.1f%% in the last %.1f s",
			x->probe->steal_pct, x->probe->seconds);
	if (pct < 0)
		return doc_unknown(x, "steal time not readable");
	if (pct < 0.1)
		return doc_say(x, SEVERITY_OK, "steal time %.2g%% since boot", pct);
	return doc_say(x, pct >= 1 ? SEVERITY_MEDIUM : SEVERITY_LOW,
		"steal time: %.1f%% since boot", pct);
}

static enum severity check_interruptions(struct examined *x)
{
	const struct doctor_probe *p = x->probe;
	enum severity severity = SEVERITY_OK;

	if (!p)
		return doc_unknown(x, "not listened to");
	/* A tick of some microseconds at 1000 Hz stays below half a percent. */
	if (p->gap_pct >= 2)
		severity = SEVERITY_HIGH;
	else if (p->gap_pct >= 0.5)
		severity = SEVERITY_MEDIUM;
	else if (p->gap_longest_us >= 1000)
		severity = SEVERITY_LOW;
	return doc_say(x, severity,
		"interruptions: %d over 10 us in %.1f s on CPU %d, %.2g%% of the time, "
		"median %.3g us, longest %.3g us",
		p->gaps, p->seconds, p->cpu, p->gap_pct, p->gap_median_us,
		p->gap_longest_us);
}

static enum severity check_load(struct examined *x)
{
	const struct doctor_probe *p = x->probe;
	double avg = json_number_value(
		json_array_get(environment_get(x->env, "load.average"), 0));
	char who[64] = "";

	if (!environment_get(x->env, "load.average") && !p)
		return doc_unknown(x, "load average not readable");
	if (!p && avg < 0.3)
		return doc_say(x, SEVERITY_OK, "load average %.2f", avg);
	if (!p)
		return doc_say(x, avg >= 1 ? SEVERITY_HIGH : SEVERITY_MEDIUM,
			"load average of the last minute: %.2f", avg);
	if (p->busiest_pct >= 1)
		snprintf(who, sizeof(who), ", most by %s (%.0f%%)", p->busiest,
			p->busiest_pct);
	return doc_say(x, p->others_pct >= 20 ? SEVERITY_HIGH :
		p->others_pct >= 3 ? SEVERITY_MEDIUM : SEVERITY_OK,
		"other programs used %.0f%% of a CPU%s; load average %.2f", p->others_pct,
		who, avg);
}

static enum severity check_quota(struct examined *x)
{
	const json_t *limit = environment_get(x->env, "cgroup.cpu_limit");
	double throttled = environment_number(x->env, "cgroup.cpu_throttled", 0);
	double cpus = environment_number(x->env, "cpu.count", 1);

	if (!limit)
		return doc_unknown(x, "no control group to read");
	if (!json_is_number(limit))
		return doc_say(x, SEVERITY_OK, "no CPU quota");
	return doc_say(x,
		json_number_value(limit) < cpus || throttled > 0 ? SEVERITY_HIGH
								 : SEVERITY_MEDIUM,
		"CPU quota: %.3g of %.0f CPUs, throttled %.0f times",
		json_number_value(limit), cpus, throttled);
}

static enum severity check_pids(struct examined *x)
{
	const json_t *limit = environment_get(x->env, "cgroup.pids_limit");
	double spare, used = environment_number(x->env, "cgroup.pids_current", 0);

	if (!limit)
		return doc_unknown(x, "no control group to read");
	if (!json_is_number(limit))
		return doc_say(x, SEVERITY_OK, "no limit of pids");
	spare = json_number_value(limit) - used;
	return doc_say(x, spare < pids_needed(x) ? SEVERITY_HIGH : SEVERITY_OK,
		"control group allows %.0f pids, %.0f in use", json_number_value(limit),
		used);
}

static enum severity check_nproc(struct examined *x)
{
	const json_t *soft = json_array_get(environment_get(x->env, "rlimit.nproc"), 0);

	if (!soft)
		return doc_unknown(x, "RLIMIT_NPROC not readable");
	if (!json_is_integer(soft) || environment_number(x->env, "self.uid", 1) == 0)
		return doc_say(x, SEVERITY_OK, "RLIMIT_NPROC does not bind");
	return doc_say(x,
		json_integer_value(soft) < 2 * pids_needed(x) ? SEVERITY_MEDIUM
							      : SEVERITY_OK,
		"RLIMIT_NPROC: %lld processes for this user",
		(long long)json_integer_value(soft));
}

static enum severity check_memory(struct examined *x)
{
	double total = environment_number(x->env, "memory.total_kb", -1);
	double available = environment_number(x->env, "memory.available_kb", -1);

	if (total <= 0 || available < 0)
		return doc_unknown(x, "/proc/meminfo not readable");
	return doc_say(x, available < 256 * 1024 ? SEVERITY_HIGH :
		available < total / 10 ? SEVERITY_MEDIUM : SEVERITY_OK,
		"memory available: %.0f of %.0f MiB", available / 1024, total / 1024);
}

static enum severity check_memory_limit(struct examined *x)
{
	const json_t *limit = environment_get(x->env, "cgroup.memory_limit");

	if (!limit)
		return doc_unknown(x, "no control group to read");
	if (!json_is_number(limit))
		return doc_say(x, SEVERITY_OK, "no memory limit");
	return doc_say(x, json_number_value(limit) < 512.0 * (1 << 20) ? SEVERITY_MEDIUM :
		SEVERITY_OK, "memory limit of the control group: %.0f MiB",
		json_number_value(limit) / (1 << 20));
}

static enum severity check_swap(struct examined *x)
{
	double total = environment_number(x->env, "memory.swap_total_kb", -1);
	double used = total - environment_number(x->env, "memory.swap_free_kb", total);

	if (total < 0)
		return doc_unknown(x, "/proc/meminfo not readable");
	if (total == 0)
		return doc_say(x, SEVERITY_OK, "no swap");
	return doc_say(x, used > 0 ? SEVERITY_MEDIUM : SEVERITY_LOW,
		"swap: %.0f of %.0f MiB in use", used / 1024, total / 1024);
}

/* True when a service whose name starts with NAME runs. */
static bool service(const json_t *env, const char *name)
{
	size_t i;
	json_t *item;

	json_array_foreach((json_t *)environment_get(env, "load.services"), i, item)
		if (!strncmp(json_string_value(item), name, strlen(name)))
			return true;
	return false;
}

static enum severity one_service(struct examined *x, const char *name)
{
	if (!environment_get(x->env, "load.services"))
		return doc_unknown(x, "processes not readable");
	if (!service(x->env, name))
		return doc_say(x, SEVERITY_OK, "%s is not running", name);
	return doc_say(x, SEVERITY_LOW, "%s is running", name);
}

/* Where the check is called as the service is. */
static enum severity check_service(struct examined *x)
{
	return one_service(x, x->f->id);
}

static enum severity check_killers(struct examined *x)
{
	return one_service(x, service(x->env, "earlyoom") ? "earlyoom" : "systemd-oomd");
}

static enum severity check_seccomp(struct examined *x)
{
	double mode = environment_number(x->env, "self.seccomp", -1);

	if (mode < 0)
		return doc_unknown(x, "seccomp state not readable");
	return doc_say(x, mode > 0 ? SEVERITY_MEDIUM : SEVERITY_OK,
		mode > 0 ? "seccomp: %.0f filter(s) on this process"
			 : "no seccomp filter",
		environment_number(x->env, "self.seccomp_filters", 1));
}

static enum severity check_container(struct examined *x)
{
	const char *name = environment_text(x->env, "machine.container");

	if (!name)
		return doc_unknown(x, "cannot tell whether this is a container");
	if (!strcmp(name, "none"))
		return doc_say(x, SEVERITY_OK, "not in a container");
	return doc_say(x, SEVERITY_LOW, "container: %.60s", name);
}

static enum severity check_uptime(struct examined *x)
{
	double s = environment_number(x->env, "load.uptime_s", -1);

	if (s < 0)
		return doc_unknown(x, "uptime not readable");
	return doc_say(x, s < 120 ? SEVERITY_LOW : SEVERITY_OK, "booted %.0f s ago", s);
}

const struct check doctor_system_checks[] = {
	{ "hypervisor", check_hypervisor,
		"The host moves and delays this machine: on a shared one, ten equal 8 s "
		"runs differed by 9% typically, 30% at worst.",
		"none in a guest; use bare metal, or compare interleaved arms only" },
	{ "steal", check_steal,
		"The hypervisor gave CPU time to others; operations then take longer, "
		"and nothing inside this machine can tell which.",
		"none in a guest; use a host with dedicated CPUs" },
	{ "load", check_load,
		"It takes CPU, caches and memory bandwidth, in bursts that hit one arm.",
		"stop it, or wait; systemctl list-units --state=running" },
	{ "interruptions", check_interruptions,
		"The high percentiles show what takes the CPU from a busy program.",
		"stop other programs; boot with isolcpus= and nohz_full=" },
	{ "cpu-quota", check_quota,
		"Once the quota is used up, all workers stand still until the next "
		"period: the high percentiles then show the quota.",
		"run outside that control group, or set its cpu.max to max" },
	{ "pids-limit", check_pids,
		"A worker on each CPU and all their children count; at the limit fork "
		"fails and the run ends.",
		"raise pids.max of the control group (systemd: TasksMax=)" },
	{ "nproc-limit", check_nproc,
		"All processes of this user count, those of a run too; at the limit "
		"fork fails.",
		"ulimit -u 65536" },
	{ "memory", check_memory,
		"Reclaim and compaction run in the middle of an operation when pages "
		"are short.",
		"end what uses the memory: ps aux --sort=-rss | head" },
	{ "memory-limit", check_memory_limit,
		"Near the limit, page faults of children reclaim or are killed.",
		"raise memory.max of the control group" },
	{ "swap", check_swap,
		"A swapped-out page makes a fault wait for the disk, and exit frees "
		"swap slots as well as pages.",
		"swapoff -a" },
	{ "seccomp", check_seccomp,
		"The filters run at every system call, and each child takes and drops "
		"a reference to them.",
		"docker run --security-opt seccomp=unconfined, or run outside" },
	{ "irqbalance", check_service,
		"It moves interrupts between CPUs during a run, so that cores change "
		"their noise half-way.",
		"systemctl stop irqbalance" },
	{ "auditd", check_service,
		"With rules loaded, every system call of every child is examined.",
		"auditctl -D && auditctl -e 0" },
	{ "oom-daemon", check_killers,
		"It may kill the victims of reaper workloads before the kernel does.",
		"systemctl stop systemd-oomd earlyoom" },
	{ "container", check_container,
		"Its limits, filters and namespaces are part of what is measured.",
		"run on the host, or use the same container for both arms" },
	{ "uptime", check_uptime,
		"The work of booting goes on for a while: services, page cache, memory "
		"that is still being initialised.",
		"wait two minutes" },
	{ 0 },
};
