/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds this process in the control groups, v1 or v2, and in a container, too. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "machine/environment/control-group.h"
#include "machine/environment/environment-priv.h"

bool control_group_lists(const char *list, const char *word)
{
	size_t len = strlen(word);

	while (*list) {
		if (!strncmp(list, word, len) && strchr(" ,\n", list[len]))
			return true;
		list += strcspn(list, " ,\n");
		if (!*list || *list++ == '\n')
			break;
	}
	return false;
}

bool control_group_own(const char *cgroups, const char *controller, char *path)
{
	for (const char *line = cgroups; line && *line; line += *line == '\n') {
		const char *list = strchr(line, ':'),
			   *at = list ? strchr(list + 1, ':') : NULL;
		char names[256];

		if (!at)
			return false;
		snprintf(names, sizeof(names), "%.*s", (int)(at - list - 1), list + 1);
		if (controller ? control_group_lists(names, controller) : !*names) {
			snprintf(path, PATH_MAX, "%.*s", (int)strcspn(at + 1, "\n"),
				at + 1);
			return true;
		}
		line = strchrnul(at, '\n');
	}
	return false;
}

/* Finds the mount in one line of mountinfo; its root is cut off the path. */
static bool mount_line(const char *line, const char *controller, struct control_group *g)
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
	if (controller && !control_group_lists(super, controller))
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
	struct control_group *g)
{
	if (!cgroups || !mounts || !control_group_own(cgroups, controller, g->path))
		return false;
	for (const char *line = mounts; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (mount_line(line, controller, g))
			return true;
	}
	return false;
}

bool control_group_find(const char *root, const char *controller, struct control_group *g)
{
	const struct env env = { .root = root }, *e = &env;
	char *cgroups = env_read(e, "proc/self/cgroup");
	char *mounts = env_read(e, "proc/self/mountinfo");
	bool found = find_group(cgroups, mounts, controller, g) ||
		find_group(cgroups, mounts, NULL, g);

	free(cgroups);
	free(mounts);
	return found;
}
