/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A copy of a source tree, brought up to date by content: sources are trees of git, or none, with
 * changes that nobody has committed, and nothing may be written into them. A copy with dates
 * (cp -a, with or without reflinks) would put a variant's file back older than the object that
 * was made of it, and make would leave that as it is.
 */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/fail.h"
#include "lab/kernel/kernel-priv.h"
#include "process/signals.h"

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool matches(const char *const *patterns, const char *path)
{
	while (*patterns && fnmatch(*patterns, path, 0))
		patterns++;
	return *patterns;
}

/* Is this path no part of a source: version control, what a build made, documents? */
static bool source_skips(const char *path, bool directory)
{
	static const char *const never[] = { "include/config", "include/generated",
		"*/include/generated", ".git", ".pc", ".config", ".config.old", "vmlinux",
		"System.map", "Module.symvers", "exitbench-*", ".tmp_*", "*/.tmp_*", NULL };
	static const char *const made[] = { "*.o", "*.a", "*.ko", "*.mod", "*.cmd", "*.order",
		"*.orig", "*.rej", "*.dtb", "*~", NULL };

	if (matches(never, path))
		return true;
	if (directory)
		return false;
	return matches(made, path) || (!strncmp(path, "Documentation/", 14) &&
		!has_suffix(path, "/Kconfig"));
}

/* Called for each file and link of a source, and for each directory, before and after. */
typedef int visit_fn(void *arg, const FTSENT *e, const char *path);

static int walk_entry(visit_fn *visit, void *arg, FTS *fts, FTSENT *e, const char *path)
{
	if (source_skips(path, e->fts_info == FTS_D || e->fts_info == FTS_DP)) {
		if (e->fts_info == FTS_D)
			fts_set(fts, e, FTS_SKIP);
		return 0;
	}
	switch (e->fts_info) {
	case FTS_D:
	case FTS_DP:
	case FTS_F:
	case FTS_SL:
	case FTS_SLNONE:
		return visit(arg, e, path);
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		return fail(STATUS_USAGE, "%s: cannot read it: %s", e->fts_path,
			strerror(e->fts_errno));
	}
	return 0;
}

static int walk(const char *dir, visit_fn *visit, void *arg)
{
	char *const roots[] = { (char *)dir, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	size_t top = strlen(dir) + 1;
	FTSENT *e;
	int err = fts ? 0 : fail_nomem();

	while (!err && (e = fts_read(fts))) {
		if (e->fts_level > 0)
			err = walk_entry(visit, arg, fts, e, e->fts_path + top);
		if (!err && signals_interrupted())
			err = fail(STATUS_INTERRUPTED, "interrupted while reading %s", dir);
	}
	if (fts)
		fts_close(fts);
	return err;
}

static int hash_entry(void *arg, const FTSENT *e, const char *path)
{
	struct hash *h = arg;
	char target[4096];
	ssize_t n;

	if (e->fts_info == FTS_D || e->fts_info == FTS_DP)
		return 0;
	hash_text(h, path);
	if (e->fts_info == FTS_F) {
		hash_add(h, &e->fts_statp->st_size, sizeof(e->fts_statp->st_size));
		hash_add(h, e->fts_statp->st_mode & 0100 ? "x" : "-", 1);
		return hash_file(h, e->fts_accpath);
	}
	n = readlink(e->fts_accpath, target, sizeof(target));
	hash_add(h, target, n > 0 ? n : 0);
	return 0;
}

int source_hash(const char *path, bool tarball, char *hex)
{
	struct hash h;
	int end, err = hash_start(&h);

	if (err)
		return err;
	err = tarball ? hash_file(&h, path) : walk(path, hash_entry, &h);
	end = hash_finish(&h, err ? NULL : hex);
	return err ? err : end;
}

struct copying {
	const struct kernel_source *s;
	const char *to;
};

static bool same_file(const FTSENT *e, const char *to)
{
	struct stat st;
	char *text = NULL;
	size_t size;
	bool same;

	if (lstat(to, &st) || !S_ISREG(st.st_mode) || st.st_size != e->fts_statp->st_size ||
		(st.st_mode & 0100) != (e->fts_statp->st_mode & 0100))
		return false;
	same = !find_text(&text, &size, "%s", e->fts_accpath) && text && same_text(to, text, size);
	free(text);
	return same;
}

static int copy_file(const struct kernel_source *s, const FTSENT *e, const char *to)
{
	int from = open(e->fts_accpath, O_RDONLY | O_CLOEXEC), fd, err = 0;
	ssize_t n = -1;

	if (from < 0)
		return fail(STATUS_USAGE, "%s: cannot read it: %s", e->fts_path, strerror(errno));
	unlink(to);
	fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		e->fts_statp->st_mode & 0100 ? 0777 : 0666);
	while (fd >= 0 && (n = sendfile(fd, from, NULL, 1 << 30)) > 0)
		;
	if (n < 0)
		err = fail_cache(s, "copying the source", to);
	close(from);
	if (fd >= 0 && close(fd) && !err)
		err = fail_cache(s, "copying the source", to);
	return err;
}

static int copy_link(const struct kernel_source *s, const FTSENT *e, const char *to)
{
	char target[4096], now[4096];
	ssize_t n = readlink(e->fts_accpath, target, sizeof(target) - 1);
	ssize_t m = readlink(to, now, sizeof(now) - 1);

	if (n < 0)
		return fail(STATUS_USAGE, "%s: cannot read it: %s", e->fts_path, strerror(errno));
	if (n == m && !memcmp(target, now, n))
		return 0;
	target[n] = '\0';
	unlink(to);
	return symlink(target, to) ? fail_cache(s, "copying the source", to) : 0;
}

static int copy_entry(void *arg, const FTSENT *e, const char *path)
{
	struct copying *c = arg;
	struct stat st;
	char *to;
	int err;

	if (e->fts_info == FTS_DP)
		return 0;
	to = text_of("%s/%s", c->to, path);
	err = to ? 0 : fail_nomem();
	/* A directory where there was a file, or the other way. */
	if (!err && !lstat(to, &st) && S_ISDIR(st.st_mode) != (e->fts_info == FTS_D) &&
		remove_all(to))
		err = fail_cache(c->s, "removing what is not in the source", to);
	if (!err && e->fts_info == FTS_D && mkdir(to, 0777) && errno != EEXIST)
		err = fail_cache(c->s, "copying the source", to);
	else if (!err && e->fts_info == FTS_F && !same_file(e, to))
		err = copy_file(c->s, e, to);
	else if (!err && (e->fts_info == FTS_SL || e->fts_info == FTS_SLNONE))
		err = copy_link(c->s, e, to);
	free(to);
	return err;
}

/* A directory comes when all else in it is gone, but for what no source has. */
static int drop_entry(void *arg, const FTSENT *e, const char *path)
{
	struct copying *c = arg;
	struct stat st;
	char *from;
	int err;

	if (e->fts_info == FTS_D)
		return 0;
	from = text_of("%s/%s", c->s->path, path);
	err = from ? 0 : fail_nomem();
	if (!err && lstat(from, &st) && remove_all(e->fts_accpath))
		err = fail_cache(c->s, "removing what is not in the source", e->fts_path);
	free(from);
	return err;
}

int tree_sync(const struct kernel_source *s, const char *to)
{
	struct copying c = { s, to };
	char hex[HASH_HEX];
	int err = walk(s->path, copy_entry, &c);

	if (!err)
		err = walk(to, drop_entry, &c);
	if (!err)
		err = source_hash(to, false, hex);
	if (!err && strcmp(hex, s->id))
		err = fail(STATUS_USAGE, "%s: changed while it was copied; try again when nobody "
			"writes to it", s->path);
	return err;
}
