/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the control groups of this process are. */
#ifndef EXITBENCH_CONTROL_GROUP_H
#define EXITBENCH_CONTROL_GROUP_H

#include <limits.h>
#include <stdbool.h>

struct control_group {
	char mount[PATH_MAX];	/* "/sys/fs/cgroup" */
	char path[PATH_MAX];	/* below the mount: "/user.slice/x", "/" or "" */
	bool v2;
};

/*
 * Where CONTROLLER is mounted in v1, else in the unified hierarchy, which may be without it.
 * ROOT as for environment_collect(). False: neither is there.
 */
bool control_group_find(const char *root, const char *controller, struct control_group *g);

/*
 * PATH, of PATH_MAX, from the text of /proc/self/cgroup, lines of "N:list:path": of a
 * controller of v1, or with NULL of v2. False: there is none.
 */
bool control_group_own(const char *cgroups, const char *controller, char *path);

/* Is WORD in LIST, which commas or blanks separate? */
bool control_group_lists(const char *list, const char *word);

#endif
