/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files and directories of the kernel builder. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/fail.h"
#include "lab/kernel/kernel-priv.h"

char *text_of(const char *fmt, ...)
{
	va_list ap;
	char *text;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	return n < 0 ? NULL : text;
}

int write_text(const char *path, const void *text, size_t size)
{
	char *temporary = text_of("%s.new", path);
	FILE *f = temporary ? fopen(temporary, "we") : NULL;
	bool done = f && fwrite(text, 1, size, f) == size && !fflush(f) && !fsync(fileno(f));
	int error = errno;

	if (f && fclose(f) && done) {
		error = errno;
		done = false;
	}
	if (done && rename(temporary, path)) {
		error = errno;
		done = false;
	}
	if (!done && temporary)
		unlink(temporary);
	free(temporary);
	errno = error;
	return done ? 0 : -1;
}

int make_dirs(const char *dir)
{
	char *path = strdup(dir);
	int err = path ? 0 : -1;

	for (char *p = path ? path + 1 : NULL; p && *p && !err; p++)
		if (*p == '/') {
			*p = '\0';
			err = mkdir(path, 0777) && errno != EEXIST ? -1 : 0;
			*p = '/';
		}
	if (!err)
		err = mkdir(path, 0777) && errno != EEXIST ? -1 : 0;
	free(path);
	return err;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path) && errno != ENOENT ? -1 : 0;
}

int remove_all(const char *dir)
{
	if (access(dir, F_OK))
		return 0;
	return nftw(dir, remove_one, 32, FTW_DEPTH | FTW_PHYS);
}

int fail_cache(const struct kernel_source *s, const char *doing, const char *path)
{
	if (errno == ENOSPC || errno == EDQUOT)
		return fail(STATUS_MACHINE,
			"%s: no space left %s; a source and its objects take 2 GB: "
			"free some, or name another place with --cache DIR",
			s->cache, doing);
	return fail(STATUS_MACHINE, "%s: %s %s; --cache DIR names another place", path,
		strerror(errno), doing);
}

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n >= m && !strcmp(name + n - m, end);
}

bool source_skips(const char *path, bool directory)
{
	static const char *const made[] = { ".o", ".a", ".ko", ".mod", ".cmd", ".order", ".orig",
		".rej", ".dtb", "~", NULL };
	static const char *const where[] = { "include/config", "include/generated", ".git", ".pc",
		".config", ".config.old", "vmlinux", "System.map", "Module.symvers", NULL };
	const char *name = strrchr(path, '/');

	name = name ? name + 1 : path;
	for (int i = 0; where[i]; i++)
		if (!strcmp(path, where[i]))
			return true;
	if (!strncmp(path, "exitbench-", 10) || !strncmp(name, ".tmp_", 5) ||
		ends_with(path, "/include/generated"))
		return true;
	if (directory)
		return false;
	for (int i = 0; made[i]; i++)
		if (ends_with(name, made[i]))
			return true;
	return !strncmp(path, "Documentation/", 14) && strcmp(name, "Kconfig");
}
