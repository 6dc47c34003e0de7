/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The limits this process runs under: control groups, rlimits, seccomp. */
#include "config.h"
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "machine/environment/control-group.h"
#include "machine/environment/environment-priv.h"
#include "text/json.h"

static char *group_read(const struct env *e, const struct control_group *g, const char *file)
{
	return env_read(e, "%s%s/%s", g->mount + 1, g->path, file);
}

/* CPUs' worth of time in one group, INFINITY if it has no limit. */
static double cpu_limit(const struct env *e, const struct control_group *g)
{
	char *quota = group_read(e, g, g->v2 ? "cpu.max" : "cpu.cfs_quota_us");
	char *period = g->v2 ? NULL : group_read(e, g, "cpu.cfs_period_us");
	double q = -1, p = 0, limit = INFINITY;

	if (quota && g->v2 && sscanf(quota, "%lf %lf", &q, &p) != 2)
		q = -1;
	if (quota && period) {
		q = strtod(quota, NULL);
		p = strtod(period, NULL);
	}
	if (q > 0 && p > 0)
		limit = q / p;
	free(quota);
	free(period);
	return limit;
}

static double number_limit(const struct env *e, const struct control_group *g, const char *file)
{
	char *text = group_read(e, g, file), *end;
	double value = text ? strtod(text, &end) : 0;

	/* "max"; v1 memory says a number near 2^63 for it. */
	if (!text || end == text || value > 4e18)
		value = INFINITY;
	free(text);
	return value;
}

static double memory_limit(const struct env *e, const struct control_group *g)
{
	return number_limit(e, g, g->v2 ? "memory.max" : "memory.limit_in_bytes");
}

static double pids_limit(const struct env *e, const struct control_group *g)
{
	return number_limit(e, g, "pids.max");
}

static json_t *throttled(const char *stat)
{
	const char *at = stat ? strstr(stat, "nr_throttled ") : NULL;

	return at ? json_integer(atoll(at + strlen("nr_throttled "))) : json_null();
}

/* The tightest limit from the group up to the mount: a number, or "max". */
static json_t *tightest(const struct env *e, struct control_group g,
	double (*one)(const struct env *e, const struct control_group *g))
{
	double least = INFINITY, limit;

	for (;;) {
		char *slash = strrchr(g.path, '/');

		limit = one(e, &g);
		if (limit < least)
			least = limit;
		if (!slash)
			break;
		*slash = '\0';
	}
	if (isinf(least))
		return json_string("max");
	if (least == (double)(json_int_t)least)
		return json_integer((json_int_t)least);
	return json_real(least);
}

static void collect_limit(struct env *e, const char *controller, const char *key,
	double (*one)(const struct env *e, const struct control_group *g))
{
	struct control_group g;

	env_put(e, key, control_group_find(e->root, controller, &g) ? tightest(e, g, one) :
		json_null());
}

static void collect_counts(struct env *e)
{
	struct control_group g;

	env_put(e, "cgroup.pids_current", env_as(env_scalar, control_group_find(e->root, "pids", &g) ?
		group_read(e, &g, "pids.current") : NULL));
	env_put(e, "cgroup.cpu_throttled", env_as(throttled, control_group_find(e->root, "cpu", &g) ?
		group_read(e, &g, "cpu.stat") : NULL));
	env_put(e, "cgroup.cpuset", env_as(text_json, control_group_find(e->root, "cpuset", &g) ?
		group_read(e, &g, g.v2 ? "cpuset.cpus.effective" : "cpuset.effective_cpus") :
		NULL));
}

static void collect_paths(struct env *e)
{
	static const char *const controllers[] = { "cpu", "cpuset", "memory", "pids" };
	char *cgroups = env_read(e, "proc/self/cgroup");
	char path[PATH_MAX];
	json_t *v1 = json_object();

	env_put_text(
		e, "cgroup.v2", cgroups && control_group_own(cgroups, NULL, path) ? path : NULL);
	for (size_t i = 0; cgroups && i < 4; i++)
		if (control_group_own(cgroups, controllers[i], path) &&
			json_object_set_new(v1, controllers[i], text_json(path)))
			e->nomem = true;
	env_put(e, "cgroup.v1", env_unless_empty(v1));
	free(cgroups);
}

/* "Max processes   96365   unlimited   processes": soft and hard. */
static json_t *rlimit(const char *limits, const char *name)
{
	const char *line = limits ? strstr(limits, name) : NULL;
	char soft[32], hard[32];

	if (!line || sscanf(line + strlen(name), "%31s %31s", soft, hard) != 2)
		return json_null();
	return json_pack("[oo]", env_scalar(soft), env_scalar(hard));
}

static void collect_rlimits(struct env *e)
{
	char *limits = env_read(e, "proc/self/limits");

	env_put(e, "rlimit.nproc", rlimit(limits, "Max processes"));
	env_put(e, "rlimit.memlock", rlimit(limits, "Max locked memory"));
	env_put(e, "rlimit.stack", rlimit(limits, "Max stack size"));
	env_put(e, "rlimit.nofile", rlimit(limits, "Max open files"));
	env_put(e, "rlimit.core", rlimit(limits, "Max core file size"));
	env_put(e, "rlimit.as", rlimit(limits, "Max address space"));
	free(limits);
}

static void collect_self(struct env *e)
{
	char *status = env_read(e, "proc/self/status");

	env_put(e, "self.uid", env_field_number(status, "Uid"));
	env_put(e, "self.seccomp", env_field_number(status, "Seccomp"));
	env_put(e, "self.seccomp_filters", env_field_number(status, "Seccomp_filters"));
	env_put(e, "self.thp_enabled", env_field_number(status, "THP_enabled"));
	env_put(e, "self.cpus_allowed", env_as(text_json, env_field(status, "Cpus_allowed_list")));
	env_put(e, "self.mems_allowed", env_as(text_json, env_field(status, "Mems_allowed_list")));
	free(status);
}

void env_cgroup(struct env *e)
{
	collect_paths(e);
	collect_limit(e, "cpu", "cgroup.cpu_limit", cpu_limit);
	collect_limit(e, "memory", "cgroup.memory_limit", memory_limit);
	collect_limit(e, "pids", "cgroup.pids_limit", pids_limit);
	collect_counts(e);
	collect_rlimits(e);
	collect_self(e);
}
