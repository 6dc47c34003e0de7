/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The working copy. What is changed in it is written down first (in TREE/changed, with the
 * source's own files under TREE/pristine), so that whoever comes next can undo it.
 */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "base/fail.h"
#include "lab/kernel/kernel-priv.h"
#include "process/signals.h"

#define WAIT_MS 200

/*
 * The programs we start keep the lock, too: when we are killed it is held until the last
 * of them has ended.
 */
static int take_lock(struct kernel_source *s)
{
	char *path = text_of("%s.lock", s->tree);
	bool said = false;
	int err = 0;

	s->lock = path ? open(path, O_RDWR | O_CREAT, 0666) : -1;
	if (s->lock < 0) {
		err = fail_cache(s, "opening a lock", path ? path : s->tree);
		free(path);
		return err;
	}
	free(path);
	while (flock(s->lock, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return fail_cache(s, "taking the lock of the working copy", s->tree);
		if (signals_interrupted())
			return fail(STATUS_INTERRUPTED,
				"interrupted while waiting for another build");
		if (!said && !s->o->quiet)
			fprintf(stderr, "exitbench: waiting for another build from %s\n", s->path);
		said = true;
		poll(NULL, 0, WAIT_MS);
	}
	return 0;
}

/* tar's own words, unless the disk is full. */
static int fail_extract(const struct kernel_source *s, const char *words)
{
	if (strstr(words, "No space left")) {
		errno = ENOSPC;
		return fail_cache(s, "unpacking the source", s->tree);
	}
	return fail(STATUS_USAGE, "%s: cannot unpack it: %s", s->path, words);
}

static void first_line(void *arg, const char *line)
{
	char *first = arg;

	if (!*first)
		snprintf(first, 512, "%s", line);
}

static int extract(const struct kernel_source *s, const char *dir)
{
	const char *const argv[] = { "tar", "-xf", s->path, "-C", dir, "--strip-components=1",
		"--no-same-owner", "--exclude=*/Documentation/*/*", NULL };
	char words[512] = "";
	struct tool t = { .argv = argv, .line = first_line, .arg = words };
	int status, err = tool_run(&t, &status);

	if (!err && status)
		err = fail_extract(s, words);
	return err;
}

/* Unpacked beside, then renamed: a working copy is whole or not there. */
static int make_tree(const struct kernel_source *s)
{
	char *fresh = text_of("%s.new", s->tree), *src = fresh ? text_of("%s/src", fresh) : NULL;
	int err = src ? 0 : fail_nomem();

	if (!err && !s->o->quiet)
		fprintf(stderr, "exitbench: %s %s\n",
			s->tarball ? "unpacking" : "copying", s->path);
	if (!err && (remove_all(fresh) || make_dirs(src)))
		err = fail_cache(s, "making the working copy", fresh);
	if (!err)
		err = s->tarball ? extract(s, src) : tree_sync(s, src);
	if (!err && rename(fresh, s->tree))
		err = fail_cache(s, "making the working copy", s->tree);
	if (err && fresh)
		remove_all(fresh);
	free(src);
	free(fresh);
	return err;
}

/* The names in TREE/changed, each with a newline; NULL if there are none. Malloc'ed. */
static int changed_names(const struct kernel_source *s, char **names)
{
	size_t size;

	return find_text(names, &size, "%s/changed", s->tree);
}

static bool is_listed(const char *names, const char *path)
{
	size_t n = strlen(path);

	for (; names && *names; names += strcspn(names, "\n"), names += *names == '\n')
		if (!strncmp(names, path, n) && names[n] == '\n')
			return true;
	return false;
}

/* Writes only what differs, so that make compiles only that. TEXT of NULL: no such file. */
static int put_file(const struct kernel_source *s, const char *path, const char *text, size_t size)
{
	char *to = text_of("%s/src/%s", s->tree, path);
	int err = to ? 0 : fail_nomem();

	if (!err && !text)
		err = unlink(to) && errno != ENOENT ? fail_cache(s, "undoing a change", to) : 0;
	else if (!err && !same_text(to, text, size))
		err = put_text(s, "writing a changed file", text, size, "%s", to);
	free(to);
	return err;
}

int tree_read(const struct kernel_source *s, const char *path, char **text, size_t *size)
{
	char *names;
	int err = changed_names(s, &names);

	if (!err)
		err = find_text(text, size, "%s/%s/%s", s->tree,
			is_listed(names, path) ? "pristine" : "src", path);
	free(names);
	return err;
}

/* Keeps the source's own file, if there is one. */
static int keep_pristine(const struct kernel_source *s, const char *path)
{
	char *text;
	size_t size;
	int err = find_text(&text, &size, "%s/src/%s", s->tree, path);

	if (!err && text)
		err = put_text(s, "keeping a file", text, size, "%s/pristine/%s", s->tree, path);
	free(text);
	return err;
}

/* Writes down what is going to differ. */
static int list_changes(const struct kernel_source *s, const struct changes *c, char **names)
{
	bool more = false;
	char *grown;
	int err = 0;

	for (size_t i = 0; i < c->n && !err; i++) {
		if (is_listed(*names, c->v[i].path))
			continue;
		err = keep_pristine(s, c->v[i].path);
		if (err)
			break;
		grown = text_of("%s%s\n", *names ? *names : "", c->v[i].path);
		if (!grown)
			return fail_nomem();
		free(*names);
		*names = grown;
		more = true;
	}
	return err || !more ? err : put_text(s, "writing a list", *names, strlen(*names),
		"%s/changed", s->tree);
}

struct change *find_change(const struct changes *c, const char *path)
{
	for (size_t i = 0; i < c->n; i++)
		if (!strcmp(c->v[i].path, path))
			return &c->v[i];
	return NULL;
}

static int undo_file(const struct kernel_source *s, const char *path)
{
	char *text;
	size_t size;
	int err = find_text(&text, &size, "%s/pristine/%s", s->tree, path);

	if (!err)
		err = put_file(s, path, text, size);
	free(text);
	return err;
}

int tree_apply(const struct kernel_source *s, const struct changes *c)
{
	char *names, *rest, *path;
	const struct change *change;
	int err = changed_names(s, &names);

	if (!err)
		err = list_changes(s, c, &names);
	rest = names;
	while (!err && (path = strsep(&rest, "\n"))) {
		if (!*path)
			continue;
		change = find_change(c, path);
		err = change ? put_file(s, path, change->text, change->size) : undo_file(s, path);
	}
	free(names);
	return err;
}

/* What has changed in a tree since it was copied; our changes are undone for it. */
static int update_tree(const struct kernel_source *s)
{
	char *src = text_of("%s/src", s->tree), *changed = text_of("%s/changed", s->tree),
	     *pristine = text_of("%s/pristine", s->tree);
	int err = src && changed && pristine ? tree_apply(s, &(struct changes){ 0 }) : fail_nomem();

	if (!err && ((unlink(changed) && errno != ENOENT) || remove_all(pristine)))
		err = fail_cache(s, "updating the working copy", s->tree);
	if (!err)
		err = tree_sync(s, src);
	free(src);
	free(changed);
	free(pristine);
	return err;
}

int tree_prepare(struct kernel_source *s)
{
	char *trees;
	int err;

	if (s->lock >= 0)
		return 0;
	trees = text_of("%s/trees", s->cache);
	err = trees ? 0 : fail_nomem();
	if (!err && make_dirs(trees))
		err = fail_cache(s, "making a directory", trees);
	free(trees);
	if (!err)
		err = take_lock(s);
	if (!err && access(s->tree, F_OK))
		err = make_tree(s);
	else if (!err && !s->tarball)
		err = update_tree(s);
	if (err)
		tree_release(s);
	return err;
}

void tree_release(struct kernel_source *s)
{
	if (s->lock >= 0)
		close(s->lock);
	s->lock = -1;
}
