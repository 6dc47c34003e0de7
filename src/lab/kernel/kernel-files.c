/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files and directories of the kernel builder. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/read-text.h"
#include "lab/kernel/kernel-priv.h"

static int write_text(const char *path, const void *text, size_t size)
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
	char *path = strdup(dir), *p = path, end = '/';
	int err = path ? 0 : -1;

	while (!err && end) {
		p = strchrnul(p + 1, '/');
		end = *p;
		*p = '\0';
		err = mkdir(path, 0777) && errno != EEXIST ? -1 : 0;
		*p = end;
	}
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
	return nftw(dir, remove_one, 32, FTW_DEPTH | FTW_PHYS) && errno != ENOENT ? -1 : 0;
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

int put_text(const struct kernel_source *s, const char *doing, const void *text, size_t size,
	const char *fmt, ...)
{
	char *path, *end;
	va_list ap;
	int err;

	va_start(ap, fmt);
	path = text_of_list(fmt, ap);
	va_end(ap);
	if (!path)
		return fail_nomem();
	end = strrchr(path, '/');
	*end = '\0';
	err = make_dirs(path);
	*end = '/';
	if (err || write_text(path, text, size))
		err = fail_cache(s, doing, path);
	free(path);
	return err;
}

int find_text(char **text, size_t *size, const char *fmt, ...)
{
	char *path;
	va_list ap;
	int err;

	*text = NULL;
	*size = 0;
	va_start(ap, fmt);
	path = text_of_list(fmt, ap);
	va_end(ap);
	if (!path)
		return fail_nomem();
	err = access(path, F_OK) ? 0 : read_text(path, MOST_TEXT, text, size);
	free(path);
	return err;
}

bool same_text(const char *path, const char *text, size_t size)
{
	char *now;
	size_t n;
	bool same = !find_text(&now, &n, "%s", path) && now && n == size && !memcmp(now, text, n);

	free(now);
	return same;
}

bool has_suffix(const char *name, const char *suffix)
{
	size_t n = strlen(name), m = strlen(suffix);

	return n > m && !strcmp(name + n - m, suffix);
}
