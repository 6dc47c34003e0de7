/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the memory controller, v1 or v2, makes our cgroup there, and takes away what is left. */
#include "config.h"
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/read-text.h"
#include "base/text-of.h"
#include "machine/cgroup/memcg.h"
#include "machine/environment/control-group.h"
#include "process/proc.h"

#define PRINTK "/proc/sys/kernel/printk"
#define QUIET 1			/* the console's level that shows nothing but emergencies */
#define QUIET_TEXT "1"

/* Where the memory controller is. */
struct hierarchy {
	struct control_group group;
	char own[2 * PATH_MAX];	/* our cgroup's directory */
};

static bool hands_on(const char *dir, const char *file)
{
	char path[3 * PATH_MAX], list[256];

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	return read_first_line(path, list, sizeof(list)) && control_group_lists(list, "memory");
}

static int find_hierarchy(struct hierarchy *p)
{
	const struct control_group *g = &p->group;

	if (!control_group_find("", "memory", &p->group) ||
		(g->v2 && !hands_on(g->mount, "cgroup.controllers")))
		return fail(STATUS_MACHINE, "no memory cgroup controller is mounted (see /proc/cgroups, "
			"and boot with cgroup_enable=memory)");
	snprintf(p->own, sizeof(p->own), "%s%s", g->mount, strcmp(g->path, "/") ? g->path : "");
	return 0;
}

/* In v2 a cgroup with processes hands no controller on: the nearest above it that does. */
static void climb(struct hierarchy *p)
{
	while (p->group.v2 && strlen(p->own) > strlen(p->group.mount) &&
		!hands_on(p->own, "cgroup.subtree_control"))
		*strrchr(p->own, '/') = '\0';
}

/* Makes the directory and claims it; one whose repair comes in between takes it away again. */
static int make_ours(const char *path)
{
	int claim = -1;

	for (int tries = 0; tries < 10 && claim < 0; tries++) {
		if (mkdir(path, 0755) && errno != EEXIST)
			return fail(STATUS_MACHINE, "%s: cannot be made: %s; run as root, or in a memory "
				"cgroup that is yours (systemd-run --scope -p Delegate=yes)", path,
				strerror(errno));
		claim = guard_claim(path);
	}
	return claim >= 0 ? claim : fail(STATUS_MACHINE, "%s: another exitbench has it", path);
}

int memcg_make(struct guard *guard, char **path, int *claim)
{
	char printk[64], dashed[64], file[PATH_MAX];
	struct hierarchy p;
	int err = find_hierarchy(&p);

	if (err)
		return err;
	climb(&p);
	if (!read_first_line(PRINTK, printk, sizeof(printk)))
		snprintf(printk, sizeof(printk), "4");
	snprintf(dashed, sizeof(dashed), "%s", printk);
	for (char *c = dashed; *c; c++)
		if (*c == '\t' || *c == ' ')
			*c = '.';
	*path = text_of("%s/" MEMCG_NAME "%d-%s", p.own, (int)getpid(), dashed);
	if (!*path)
		return fail_nomem();
	/* Quiet already: perhaps for another run, which will put it back. */
	if (atoi(printk) > QUIET)
		err = guard_write(guard, PRINTK, QUIET_TEXT, printk);
	if (!err)
		err = guard_cgroup(guard, *path);
	if (!err) {
		*claim = make_ours(*path);
		err = *claim < 0 ? *claim : 0;
	}
	snprintf(file, sizeof(file), "%s/cgroup.subtree_control", *path);
	if (!err && p.group.v2 && write_setting(file, "+memory"))
		err = fail(STATUS_MACHINE, "%s: the memory controller is not handed on: %s", file,
			strerror(errno));
	if (err) {
		free(*path);
		*path = NULL;
		return err;
	}
	/* The OOM killer writes a report for each kill. */
	if (atoi(printk) > QUIET)
		write_setting(PRINTK, QUIET_TEXT);
	return 0;
}

/* "exitbench-oom-PID-4.4.1.7": the pid, and what kernel.printk was. */
static pid_t parse_name(const char *name, char *printk, size_t size)
{
	int pid = 0, at = 0;

	if (sscanf(name, MEMCG_NAME "%d-%n", &pid, &at) != 1 || pid <= 0 || !at)
		return 0;
	snprintf(printk, size, "%s", name + at);
	for (char *c = printk; *c; c++) {
		if (*c == '.')
			*c = '\t';
		else if (*c < '0' || *c > '9')
			return 0;
	}
	return pid;
}

/* Nobody has it: does what its guard would have done. */
static void repair_one(const char *path, const char *name, const char *printk)
{
	struct guard *guard;

	if (guard_open(&guard))
		return;
	if (atoi(printk) > QUIET)
		guard_write(guard, PRINTK, QUIET_TEXT, printk);
	guard_cgroup(guard, path);
	guard_close(guard);
	if (access(path, F_OK))
		warn("removed the cgroup %s of a run that was killed, and put kernel.printk back", name);
}

static void repair_in(const char *dir)
{
	char path[PATH_MAX], printk[64];
	struct dirent *d;
	DIR *entries = opendir(dir);
	int claim;

	while (entries && (d = readdir(entries))) {
		/* Who has just made it may not have claimed it yet. */
		if (!proc_is_gone(parse_name(d->d_name, printk, sizeof(printk))))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, d->d_name);
		claim = guard_claim(path);
		if (claim < 0)
			continue;
		repair_one(path, d->d_name, printk);
		close(claim);
	}
	if (entries)
		closedir(entries);
}

void memcg_repair(void)
{
	struct hierarchy p;

	if (find_hierarchy(&p))
		return;
	repair_in(p.own);
	climb(&p);
	repair_in(p.own);
}
