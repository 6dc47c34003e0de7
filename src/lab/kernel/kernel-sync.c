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
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/fail.h"
#include "lab/kernel/kernel-sync.h"
#include "process/signals.h"

#define BLOCK (1 << 16)

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Calls VISIT for each file, link and directory of a source, and in postorder AFTER. */
struct walk {
	const char *dir;
	int (*visit)(void *arg, const FTSENT *e, const char *path);
	int (*after)(void *arg, const FTSENT *e, const char *path);
	void *arg;
};

static int walk_entry(const struct walk *w, FTS *fts, FTSENT *e, const char *path)
{
	bool dir = e->fts_info == FTS_D || e->fts_info == FTS_DP;

	if (source_skips(path, dir)) {
		if (e->fts_info == FTS_D)
			fts_set(fts, e, FTS_SKIP);
		return 0;
	}
	switch (e->fts_info) {
	case FTS_D:
	case FTS_F:
	case FTS_SL:
	case FTS_SLNONE:
		return w->visit(w->arg, e, path);
	case FTS_DP:
		return w->after ? w->after(w->arg, e, path) : 0;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		return fail(STATUS_USAGE, "%s: cannot read it: %s", e->fts_path,
			strerror(e->fts_errno));
	}
	return 0;
}

static int walk(const struct walk *w)
{
	char *const roots[] = { (char *)w->dir, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	size_t top = strlen(w->dir) + 1;
	FTSENT *e;
	int err = fts ? 0 : fail_nomem();

	while (!err && (e = fts_read(fts))) {
		if (e->fts_level > 0)
			err = walk_entry(w, fts, e, e->fts_path + top);
		if (!err && signals_interrupted())
			err = fail(STATUS_INTERRUPTED, "interrupted while reading %s", w->dir);
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

	if (e->fts_info == FTS_D)
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

int tree_hash(struct hash *h, const char *dir)
{
	return walk(&(struct walk){ .dir = dir, .visit = hash_entry, .arg = h });
}

struct copying {
	const struct kernel_source *s;
	const char *to;
};

/* Reads the same, as far as both go? */
static bool same_contents(int a, int b)
{
	static char x[BLOCK], y[BLOCK];
	ssize_t n, m;

	do {
		n = read(a, x, BLOCK);
		m = read(b, y, BLOCK);
		if (n < 0 || n != m || memcmp(x, y, n))
			return false;
	} while (n);
	return true;
}

static bool same_file(const FTSENT *e, const char *to)
{
	struct stat st;
	int a, b;
	bool same;

	if (lstat(to, &st) || !S_ISREG(st.st_mode) || st.st_size != e->fts_statp->st_size ||
		(st.st_mode & 0100) != (e->fts_statp->st_mode & 0100))
		return false;
	a = open(e->fts_accpath, O_RDONLY | O_CLOEXEC);
	b = open(to, O_RDONLY | O_CLOEXEC);
	same = a >= 0 && b >= 0 && same_contents(a, b);
	if (a >= 0)
		close(a);
	if (b >= 0)
		close(b);
	return same;
}

static int copy_contents(int from, int to)
{
	static char buf[BLOCK];
	ssize_t n;

	while ((n = read(from, buf, BLOCK)) > 0)
		for (ssize_t at = 0, m; at < n; at += m) {
			m = write(to, buf + at, n - at);
			if (m < 0)
				return -1;
		}
	return n < 0 ? -1 : 0;
}

static int copy_file(const struct kernel_source *s, const FTSENT *e, const char *to)
{
	int from = open(e->fts_accpath, O_RDONLY | O_CLOEXEC), fd, err = 0;

	if (from < 0)
		return fail(STATUS_USAGE, "%s: cannot read it: %s", e->fts_path, strerror(errno));
	unlink(to);
	fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		e->fts_statp->st_mode & 0100 ? 0777 : 0666);
	if (fd < 0 || copy_contents(from, fd))
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
	char *to = text_of("%s/%s", c->to, path);
	int err = to ? 0 : fail_nomem();

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

static int drop_entry(void *arg, const FTSENT *e, const char *path)
{
	struct copying *c = arg;
	char *from = text_of("%s/%s", c->s->path, path);
	struct stat st;
	int err = from ? 0 : fail_nomem();

	if (!err && e->fts_info != FTS_D && lstat(from, &st) &&
		unlink(e->fts_accpath))
		err = fail_cache(c->s, "removing what is not in the source", e->fts_path);
	free(from);
	return err;
}

/* A directory that is gone is empty by now, but for what no source has. */
static int drop_directory(void *arg, const FTSENT *e, const char *path)
{
	struct copying *c = arg;
	char *from = text_of("%s/%s", c->s->path, path);
	struct stat st;
	int err = from ? 0 : fail_nomem();

	if (!err && lstat(from, &st) && remove_all(e->fts_accpath))
		err = fail_cache(c->s, "removing what is not in the source", e->fts_path);
	free(from);
	return err;
}

static int check_copy(const struct kernel_source *s, const char *to)
{
	char hex[HASH_HEX];
	struct hash h;
	int err = hash_start(&h);

	if (err)
		return err;
	err = tree_hash(&h, to);
	if (err) {
		hash_finish(&h, NULL);
		return err;
	}
	err = hash_finish(&h, hex);
	if (!err && strcmp(hex, s->id))
		err = fail(STATUS_USAGE, "%s: changed while it was copied; try again when nobody "
			"writes to it", s->path);
	return err;
}

int tree_sync(const struct kernel_source *s, const char *to)
{
	struct copying c = { s, to };
	int err = walk(&(struct walk){ .dir = s->path, .visit = copy_entry, .arg = &c });

	if (!err)
		err = walk(&(struct walk){ .dir = to, .visit = drop_entry,
			.after = drop_directory, .arg = &c });
	return err ? err : check_copy(s, to);
}
