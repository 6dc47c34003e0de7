/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a commit takes: its kernel is built and measured in a guest, or by a given program. And
 * a whole bisection: git chooses the commits, in a clone that shares the repository's
 * objects, so that nothing of the repository is written.
 */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "base/fail.h"
#include "lab/kernel/kernel-priv.h"
#include "lab/qemu/qemu.h"
#include "lab/run/bisect.h"
#include "lab/run/exact.h"

#define MOST_ARGS 16

static void last_number(void *arg, const char *line)
{
	char *end;
	double v = strtod(line, &end);

	if (end != line)
		*(double *)arg = v;
}

static int run_program(const char *program, const char *image, double *value)
{
	const char *const argv[] = { program, image, NULL };
	struct tool t = { .argv = argv, .line = last_number, .arg = value };
	int status, err;

	*value = -1;
	err = tool_run(&t, &status);
	if (!err && (status || !(*value >= 0 && isfinite(*value))))
		err = fail(STATUS_MACHINE, "%s %s: %s", program, image,
			status ? "fails" : "prints no number");
	return err;
}

/* What is no fault of the commit ends the bisection. */
static int skip(int err, char **why)
{
	*why = strdup(fail_message());
	return *why ? BISECT_SKIP : err;
}

/* What would fail for every commit alike. */
static int check_first(const struct bisect_options *o)
{
	struct variant v;
	int err = variant_load(o->variant, &v);

	if (err)
		return err;
	variant_free(&v);
	return o->measure ? 0 : qemu_find();
}

/*
 * What an operation takes with the kernel of the tree SOURCE. 0; BISECT_SKIP with *why
 * (malloc'ed) when it does not build or boot; negative after fail().
 */
static int measure_tree(const struct bisect_options *o, const char *source, double *value, char **why)
{
	struct kernel_options options = o->kernel;
	struct kernel_source *s;
	struct lab_kernel k;
	int err;

	options.source = source;
	err = check_first(o);
	if (!err)
		err = kernel_source_open(&options, &s);
	if (err)
		return err;
	err = kernel_build(s, o->variant, 0, &k);
	if (err == -STATUS_USAGE)
		err = skip(err, why);
	kernel_source_close(s);
	if (err)
		return err;
	if (o->measure)
		err = run_program(o->measure, k.image, value);
	else
		err = exact_number(k.image, k.release, o->workload, &o->params, o->metric, o->ops,
			o->kernel.quiet, value);
	if (err == -STATUS_MACHINE)
		err = skip(err, why);
	kernel_free(&k);
	return err;
}

int bisect_step(const struct bisect_options *o)
{
	char *why = NULL;
	double value;
	int err = measure_tree(o, o->kernel.source, &value, &why);

	if (err == BISECT_SKIP)
		printf("%s: skipped\n", why);
	else if (!err)
		printf("%.0f instructions, limit %" PRId64 ": %s\n", value, o->limit,
			value > (double)o->limit ? "bad" : "good");
	free(why);
	return err ? err : value > (double)o->limit;
}

struct bisection {
	const struct bisect_options *o;
	char *dir;			/* of the clone; made by us */
	int lock;			/* held while it is ours; -1: it is not */
	char good[64], bad[64];		/* commits */
	double good_value, bad_value;
	bool found;
	char first[64];			/* bad commit */
};

struct words {
	char text[8192];
	size_t n;
};

static void add_line(void *arg, const char *line)
{
	struct words *w = arg;

	if (w->n < sizeof(w->text))
		w->n += snprintf(w->text + w->n, sizeof(w->text) - w->n, "%s\n", line);
}

/* git ARGS... in DIR, ended by NULL; what it prints. *STATUS may be NULL: then it must work. */
static int git(const char *dir, struct words *w, int *status, ...)
{
	const char *argv[MOST_ARGS] = { "git", "-c", "advice.detachedHead=false" };
	struct tool t = { .argv = argv, .dir = dir, .line = add_line, .arg = w };
	int n = 3, own, err;
	va_list ap;

	va_start(ap, status);
	while (n < MOST_ARGS - 1 && (argv[n] = va_arg(ap, const char *)))
		n++;
	va_end(ap);
	*w = (struct words){ 0 };
	err = tool_run(&t, status ? status : &own);
	if (err || status || !own)
		return err;
	return fail(STATUS_USAGE, "git %s: %.*s", argv[3], (int)strcspn(w->text, "\n"), w->text);
}

static int find_commit(const struct bisect_options *o, const char *name, char *commit, size_t size)
{
	struct words w;
	char *peeled = text_of("%s^{commit}", name);
	int status, err = peeled ? git(o->kernel.source, &w, &status, "rev-parse", "--verify",
		"--quiet", "--end-of-options", peeled, NULL) : fail_nomem();

	free(peeled);
	if (!err && status)
		return fail(STATUS_USAGE, "%s: no commit in the git repository %s", name,
			o->kernel.source);
	if (!err)
		snprintf(commit, size, "%.*s", (int)strcspn(w.text, "\n"), w.text);
	return err;
}

/* Another bisection with this cache would remove the clone. */
static int take_lock(struct bisection *b)
{
	char *path = text_of("%s.lock", b->dir);
	int why;

	b->lock = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666) : -1;
	free(path);
	if (b->lock >= 0 && !flock(b->lock, LOCK_EX | LOCK_NB))
		return 0;
	why = errno;
	if (b->lock >= 0)
		close(b->lock);
	b->lock = -1;
	return fail(STATUS_MACHINE, "%s: %s; wait for it, or name another place with --cache",
		b->dir, why == EWOULDBLOCK ? "another bisection is at work there" : strerror(why));
}

/* The same place each time: what of the source has not changed is not compiled again. */
static int make_clone(struct bisection *b)
{
	char *cache = NULL, *repository;
	struct words w;
	int err = kernel_cache(b->o->kernel.cache, &cache);

	b->dir = cache ? text_of("%s/bisect", cache) : NULL;
	repository = realpath(b->o->kernel.source, NULL);
	if (!err && (!b->dir || !repository))
		err = fail_nomem();
	if (!err)
		err = take_lock(b);
	if (!err && remove_all(b->dir))
		err = fail(STATUS_MACHINE, "%s: cannot remove it: %s", b->dir, strerror(errno));
	if (!err)
		err = git(NULL, &w, NULL, "clone", "--quiet", "--shared", "--no-checkout",
			repository, b->dir, NULL);
	free(repository);
	free(cache);
	return err;
}

/* "0123456789ab What it does" of a commit in the clone. */
static int subject(const struct bisection *b, const char *commit, struct words *w)
{
	int err = git(b->dir, w, NULL, "log", "-1", "--abbrev=12", "--format=%h %s", commit, NULL);

	w->text[strcspn(w->text, "\n")] = '\0';
	return err;
}

/* The end that VALUE is nearer to. */
static const char *verdict(const struct bisection *b, double value)
{
	return fabs(value - b->bad_value) < fabs(value - b->good_value) ? "bad" : "good";
}

/* How the commit that is checked out does, said on a line. */
static int look_at(const struct bisection *b, const char *as, double *value)
{
	struct words w;
	char *why = NULL;
	int err = subject(b, "HEAD", &w);

	if (!err)
		err = measure_tree(b->o, b->dir, value, &why);
	if (err == BISECT_SKIP) {
		printf("%11s  %-8s %s\n             %s\n", "-", "skipped", w.text, why);
	} else if (!err) {
		if (!as)
			as = verdict(b, *value);
		printf("%11.0f  %-8s %s\n", *value, as, w.text);
	}
	fflush(stdout);
	free(why);
	return err;
}

static int look_at_end(const struct bisection *b, const char *commit, const char *as, double *value)
{
	struct words w;
	int err = git(b->dir, &w, NULL, "checkout", "--quiet", "--force", commit, NULL);

	if (!err)
		err = look_at(b, as, value);
	if (err == BISECT_SKIP)
		err = fail(STATUS_USAGE,
			"%s: the %s commit does not build or boot: nothing to compare "
			"others with",
			commit, as);
	return err;
}

/* Tells git; it checks the next one out, or says which was the first. */
static int tell(struct bisection *b, const char *word, bool *over)
{
	struct words w;
	int status, err = git(b->dir, &w, &status, "bisect", word, NULL);
	const char *at;

	if (err)
		return err;
	*over = true;
	at = strstr(w.text, " is the first bad commit");
	if (at) {
		while (at > w.text && at[-1] != '\n')
			at--;
		snprintf(b->first, sizeof(b->first), "%.*s", (int)strcspn(at, " "), at);
		b->found = true;
	} else if (strstr(w.text, "only 'skip'ped commits left")) {
		return fail(STATUS_USAGE,
			"only commits are left that do not build or boot; see git "
			"bisect visualize with the ones above");
	} else if (status) {
		return fail(STATUS_USAGE, "git bisect %s: %.*s", word,
			(int)strcspn(w.text, "\n"), w.text);
	} else {
		*over = false;
	}
	return 0;
}

static int start(struct bisection *b)
{
	struct words w;
	int err = look_at_end(b, b->good, "good", &b->good_value);

	if (!err)
		err = look_at_end(b, b->bad, "bad", &b->bad_value);
	if (!err && fabs(b->good_value - b->bad_value) < 1)
		err = fail(STATUS_USAGE, "%s and %s both take %.0f: there is no change to find",
			b->o->good, b->o->bad, b->good_value);
	if (!err)
		err = git(b->dir, &w, NULL, "bisect", "start", b->bad, b->good, NULL);
	if (!err && strstr(w.text, " is the first bad commit")) {
		snprintf(b->first, sizeof(b->first), "%s", b->bad);
		b->found = true;
	}
	return err;
}

static int search(struct bisection *b)
{
	bool over = b->found;
	double value;
	int err = 0;

	while (!err && !over) {
		err = look_at(b, NULL, &value);
		if (err < 0)
			return err;
		err = tell(b, err ? "skip" : verdict(b, value), &over);
	}
	return err;
}

static int conclude(const struct bisection *b)
{
	struct words w;
	int err = git(b->dir, &w, NULL, "log", "-1",
		"--format=%H%nAuthor: %an <%ae>%nDate:   %ad%n%n"
		"    %s",
		b->first, NULL);

	if (!err)
		printf("\nfrom %.0f to %.0f (%+.0f) with\n%s", b->good_value, b->bad_value,
			b->bad_value - b->good_value, w.text);
	return err;
}

int bisect_all(const struct bisect_options *o)
{
	struct bisection b = { .o = o, .lock = -1 };
	int err = tool_need("git", "git", "to bisect");

	if (!err)
		err = find_commit(o, o->good, b.good, sizeof(b.good));
	if (!err)
		err = find_commit(o, o->bad, b.bad, sizeof(b.bad));
	if (!err)
		err = make_clone(&b);
	if (!err)
		err = start(&b);
	if (!err)
		err = search(&b);
	if (!err)
		err = conclude(&b);
	if (b.lock >= 0) {
		remove_all(b.dir);
		close(b.lock);
	}
	free(b.dir);
	return err;
}
