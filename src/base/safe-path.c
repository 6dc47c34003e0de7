/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Follows a path by name, link by link, to see who could lead root elsewhere on the way.
 * openat2(RESOLVE_NO_SYMLINKS) does not do: it refuses root's own links (/var/run, /dev/stdout),
 * and goes through directories that others may write to.
 */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/safe-path.h"

#define MOST_LINKS 40		/* as the kernel's */

/* The value of SUDO_UID or SUDO_GID; -1 there is none. */
static long sudo_id(const char *name)
{
	const char *text = secure_getenv(name);
	char *end;
	long id;

	if (!text || *text < '0' || *text > '9')
		return -1;
	id = strtol(text, &end, 10);
	return *end ? -1 : id;
}

static bool trusted(uid_t uid)
{
	return !uid || (long)uid == sudo_id("SUDO_UID");
}

/* In a user namespace other than the first, root is somebody else outside. */
static bool is_real_root(void)
{
	unsigned int inside = 0, outside = 0, length = ~0U;
	FILE *f;

	if (geteuid())
		return false;
	f = fopen("/proc/self/uid_map", "re");
	if (f && fscanf(f, "%u %u %u", &inside, &outside, &length) != 3)
		length = ~0U;
	if (f)
		fclose(f);
	return !inside && !outside && length == ~0U;
}

static int refuse_owner(const char *path, const char *what, uid_t uid)
{
	const struct passwd *p = getpwuid(uid);
	char number[32];

	snprintf(number, sizeof(number), "user %u", (unsigned int)uid);
	return fail(STATUS_USAGE, "%s: root does not write there: %s belongs to %s, who could lead it "
		"elsewhere; use a place of root's, run as %s, or set SUDO_UID=%u if you trust them",
		path, what, p ? p->pw_name : number, p ? p->pw_name : number, (unsigned int)uid);
}

static int check_directory(const char *path, const char *dir, const struct stat *st)
{
	bool group = st->st_mode & S_IWGRP && st->st_gid && (long)st->st_gid != sudo_id("SUDO_GID");

	if (!trusted(st->st_uid))
		return refuse_owner(path, dir, st->st_uid);
	/* Sticky: nobody moves what is not his. */
	if (st->st_mode & S_ISVTX || !(group || st->st_mode & S_IWOTH))
		return 0;
	return fail(STATUS_USAGE, "%s: root does not write there: others may write to %s, and could "
		"lead it elsewhere; use a place of root's (or chmod go-w)", path, dir);
}

static int check_file(const char *path, const char *file, const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return 0;
	if (!trusted(st->st_uid))
		return refuse_owner(path, file, st->st_uid);
	if (st->st_nlink == 1)
		return 0;
	return fail(STATUS_USAGE, "%s: root does not write there: the file has %lu names; use another",
		path, (unsigned long)st->st_nlink);
}

/* What is left of the path, and how far it has been followed. */
struct walk {
	const char *path;		/* for messages */
	char at[PATH_MAX];		/* without a trailing slash: "" is the root */
	char rest[2 * PATH_MAX];
	int links;
};

static int too_long(const struct walk *w)
{
	return fail(STATUS_USAGE, "%s: too long, or too many symbolic links", w->path);
}

/* The link that AT is becomes what it says. */
static int follow(struct walk *w, const struct stat *st)
{
	char target[PATH_MAX], rest[PATH_MAX];
	ssize_t n = readlink(w->at, target, sizeof(target) - 1);

	if (!trusted(st->st_uid))
		return refuse_owner(w->path, w->at, st->st_uid);
	if (n < 0 || ++w->links > MOST_LINKS ||
		snprintf(rest, sizeof(rest), "%s", w->rest) >= (int)sizeof(rest))
		return too_long(w);
	target[n] = '\0';
	*strrchr(w->at, '/') = '\0';
	if (*target == '/')
		*w->at = '\0';
	snprintf(w->rest, sizeof(w->rest), "%s/%s", target, rest);
	return 0;
}

/* One more component, from REST to AT; *done when there is none, or none of it is there. */
static int step(struct walk *w, bool *done)
{
	size_t skip = strspn(w->rest, "/"), n = strcspn(w->rest + skip, "/"), at = strlen(w->at);
	char name[NAME_MAX + 1];
	struct stat st;

	*done = !n;
	if (!n)
		return 0;
	if (n > NAME_MAX || at + n + 2 > sizeof(w->at))
		return too_long(w);
	memcpy(name, w->rest + skip, n);
	name[n] = '\0';
	memmove(w->rest, w->rest + skip + n, strlen(w->rest + skip + n) + 1);
	if (!strcmp(name, "."))
		return 0;
	if (!strcmp(name, "..")) {
		if (at)
			*strrchr(w->at, '/') = '\0';
		return 0;
	}
	w->at[at] = '/';
	memcpy(w->at + at + 1, name, n + 1);
	if (lstat(w->at, &st))
		return 0;	/* opening it says why */
	/* Links there lead to what is open, and nowhere by name. */
	if (S_ISLNK(st.st_mode))
		return strncmp(w->at, "/proc/", 6) ? follow(w, &st) : 0;
	return S_ISDIR(st.st_mode) ? check_directory(w->path, w->at, &st) :
				     check_file(w->path, w->at, &st);
}

static int walk(struct walk *w)
{
	bool done = false;
	struct stat st;
	int err = 0;

	if (!stat("/", &st))
		err = check_directory(w->path, "/", &st);
	while (!err && !done)
		err = step(w, &done);
	return err;
}

int safe_path_find(const char *path, char **out)
{
	struct walk w = { .path = path };
	char cwd[PATH_MAX] = "";
	int err;

	*out = NULL;
	if (*path && is_real_root()) {
		if (*path != '/' && !getcwd(cwd, sizeof(cwd)))
			return fail(STATUS_USAGE, "%s: where are we? %s", path, strerror(errno));
		if (snprintf(w.rest, sizeof(w.rest), "%s/%s", cwd, path) >= PATH_MAX)
			return too_long(&w);
		err = walk(&w);
		if (err)
			return err;
	}
	*out = strdup(*w.at ? w.at : path);
	return *out ? 0 : fail_nomem();
}

bool safe_path_is_safe(const char *file)
{
	struct stat st;

	return !is_real_root() || (!lstat(file, &st) && S_ISREG(st.st_mode) && trusted(st.st_uid) &&
		st.st_nlink == 1);
}

FILE *safe_path_create(const char *path)
{
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC, fd, error, err;
	char *safe;
	struct stat st;
	FILE *f = NULL;

	if (safe_path_find(path, &safe))
		return NULL;
	/* Emptied only when it is known what it is. What is below /proc is open already. */
	if (is_real_root() && strncmp(safe, "/proc/", 6) != 0)
		flags |= O_NOFOLLOW;
	fd = open(safe, flags, 0666);
	error = errno;
	err = fd >= 0 && !fstat(fd, &st) && is_real_root() ? check_file(path, safe, &st) : 0;
	if (fd >= 0 && !err && S_ISREG(st.st_mode) && ftruncate(fd, 0)) {
		error = errno;
		close(fd);
		fd = -1;
	}
	if (fd >= 0 && !err)
		f = fdopen(fd, "w");
	if (!f && fd >= 0)
		close(fd);
	if (!f && !err)
		fail(STATUS_USAGE, "%s: cannot write it: %s", path, strerror(error));
	free(safe);
	return f;
}
