/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The limits this process runs under: control groups, rlimits, seccomp. */
#include "config.h"
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "machine/environment/environment-priv.h"
#include "text/json.h"

/* Where a controller's directory of this process is, and how far up it may look. */
struct group {
	char mount[PATH_MAX];	/* "/sys/fs/cgroup" */
	char path[PATH_MAX];	/* below the mount: "/user.slice/x", or "/" */
	bool v2;
};

/* True when the comma-separated LIST has WORD. */
static bool list_has(const char *list, const char *word)
{
	size_t len = strlen(word);

	while (*list) {
		if (!strncmp(list, word, len) && strchr(",\n ", list[len]))
			return true;
		list += strcspn(list, ",\n");
		if (*list++ != ',')
			break;
	}
	return false;
}

/* The line of /proc/self/cgroup for a v1 controller, or for v2 (NULL): "N:list:path". */
static bool own_path(const char *cgroups, const char *controller, char *path)
{
	for (const char *line = cgroups; line && *line; line += *line == '\n') {
		const char *list = strchr(line, ':'),
			   *at = list ? strchr(list + 1, ':') : NULL;
		char names[256];

		if (!at)
			return false;
		snprintf(names, sizeof(names), "%.*s", (int)(at - list - 1), list + 1);
		if (controller ? list_has(names, controller) : !*names) {
			snprintf(path, PATH_MAX, "%.*s", (int)strcspn(at + 1, "\n"),
				at + 1);
			return true;
		}
		line = strchrnul(at, '\n');
	}
	return false;
}

/* Finds the mount in one line of mountinfo; its root is cut off the path. */
static bool mount_line(const char *line, const char *controller, struct group *g)
{
	char root[1024], mount[1024], type[64], super[512];
	const char *dash = strstr(line, " - ");
	size_t len;

	if (!dash || dash > line + strcspn(line, "\n"))
		return false;
	if (sscanf(line, "%*s %*s %*s %1023s %1023s", root, mount) != 2 ||
		sscanf(dash, " - %63s %*s %511s", type, super) != 2)
		return false;
	if (strcmp(type, controller ? "cgroup" : "cgroup2"))
		return false;
	if (controller && !list_has(super, controller))
		return false;
	snprintf(g->mount, sizeof(g->mount), "%s", mount);
	len = strlen(root);
	/* Bind-mounted from further down, as in a container without a namespace. */
	if (len > 1 && !strncmp(g->path, root, len))
		memmove(g->path, g->path + len, strlen(g->path + len) + 1);
	g->v2 = !controller;
	return true;
}

static bool find_group(const char *cgroups, const char *mounts, const char *controller,
	struct group *g)
{
	if (!cgroups || !mounts || !own_path(cgroups, controller, g->path))
		return false;
	for (const char *line = mounts; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (mount_line(line, controller, g))
			return true;
	}
	return false;
}

/* The controller in v1 if it is mounted there, else the unified hierarchy. */
static bool controller_group(const struct env *e, const char *controller, struct group *g)
{
	char *cgroups = env_read(e, "proc/self/cgroup");
	char *mounts = env_read(e, "proc/self/mountinfo");
	bool found = find_group(cgroups, mounts, controller, g) ||
		find_group(cgroups, mounts, NULL, g);

	free(cgroups);
	free(mounts);
	return found;
}

static char *group_read(const struct env *e, const struct group *g, const char *file)
{
	return env_read(e, "%s%s/%s", g->mount + 1, g->path, file);
}

/* CPUs' worth of time in one group, INFINITY if it has no limit. */
static double cpu_limit(const struct env *e, const struct group *g)
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

static double number_limit(const struct env *e, const struct group *g, const char *file)
{
	char *text = group_read(e, g, file), *end;
	double value = text ? strtod(text, &end) : 0;

	/* "max"; v1 memory says a number near 2^63 for it. */
	if (!text || end == text || value > 4e18)
		value = INFINITY;
	free(text);
	return value;
}

static double memory_limit(const struct env *e, const struct group *g)
{
	return number_limit(e, g, g->v2 ? "memory.max" : "memory.limit_in_bytes");
}

static double pids_limit(const struct env *e, const struct group *g)
{
	return number_limit(e, g, "pids.max");
}

static json_t *throttled(const char *stat)
{
	const char *at = stat ? strstr(stat, "nr_throttled ") : NULL;

	return at ? json_integer(atoll(at + strlen("nr_throttled "))) : json_null();
}

/* The tightest limit from the group up to the mount: a number, or "max". */
static json_t *tightest(const struct env *e, struct group g,
	double (*one)(const struct env *e, const struct group *g))
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
	double (*one)(const struct env *e, const struct group *g))
{
	struct group g;

	env_put(e, key, controller_group(e, controller, &g) ? tightest(e, g, one) :
		json_null());
}

static void collect_counts(struct env *e)
{
	struct group g;

	env_put(e, "cgroup.pids_current", env_as(env_scalar, controller_group(e, "pids", &g) ?
		group_read(e, &g, "pids.current") : NULL));
	env_put(e, "cgroup.cpu_throttled", env_as(throttled, controller_group(e, "cpu", &g) ?
		group_read(e, &g, "cpu.stat") : NULL));
	env_put(e, "cgroup.cpuset", env_as(text_json, controller_group(e, "cpuset", &g) ?
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
		e, "cgroup.v2", cgroups && own_path(cgroups, NULL, path) ? path : NULL);
	for (size_t i = 0; cgroups && i < 4; i++)
		if (own_path(cgroups, controllers[i], path) &&
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
