/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks for programs in $PATH, and takes out of it what depends on where we are. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/search-path.h"
#include "base/text-of.h"

void search_path_clean(void)
{
	const char *path = getenv("PATH");
	char *clean, *to, *rest, *dir, *copy;

	if (!path)
		return;
	copy = rest = strdup(path);
	clean = to = malloc(strlen(path) + 1);
	while (copy && clean && (dir = strsep(&rest, ":"))) {
		if (*dir != '/')
			continue;
		if (to > clean)
			*to++ = ':';
		to = stpcpy(to, dir);
	}
	if (copy && clean && to > clean) {
		*to = '\0';
		setenv("PATH", clean, 1);
	} else {
		unsetenv("PATH");
	}
	free(clean);
	free(copy);
}

/* DIR/NAME, if it is a file that may be executed; NULL. */
static char *executable(const char *dir, const char *name)
{
	char *path = text_of("%s/%s", *dir ? dir : ".", name), *found = NULL;
	struct stat st;

	if (path && !access(path, X_OK) && !stat(path, &st) && S_ISREG(st.st_mode))
		found = realpath(path, NULL);
	free(path);
	return found;
}

char *search_path_find(const char *name)
{
	const char *path = getenv("PATH");
	char *copy = strdup(path ? path : "/usr/bin:/bin"), *rest = copy, *dir, *found = NULL;

	while (copy && !found && (dir = strsep(&rest, ":")))
		found = executable(dir, name);
	free(copy);
	return found;
}

bool search_path_has(const char *name)
{
	char *path = search_path_find(name);
	bool found = path != NULL;

	free(path);
	return found;
}
