/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernels that exitbench lab measures: built from variants, or given. */
#include "config.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/fail.h"
#include "command/lab/lab-kernels.h"

/* One more build. */
static struct exact_kernel *add(struct lab_kernels *k)
{
	struct exact_kernel *exact = reallocarray(k->exact, k->nexact + 1, sizeof(*exact));

	if (!exact) {
		fail_nomem();
		return NULL;
	}
	k->exact = exact;
	exact[k->nexact] = (struct exact_kernel){ 0 };
	return &exact[k->nexact++];
}

/* One more arm, called NAME (taken over), and its first build. */
static struct exact_kernel *add_arm(struct lab_kernels *k, char *name)
{
	char **names = reallocarray(k->names, k->n + 1, sizeof(*names));
	struct exact_kernel *e = add(k);

	if (names)
		k->names = names;
	if (!names || !e || !name) {
		free(name);
		fail_nomem();
		return NULL;
	}
	names[k->n++] = name;
	return e;
}

/* What plan_make() takes as the name of an arm. */
static void make_name(char *name)
{
	for (char *p = name; *p; p++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-", *p))
			*p = '_';
	if (strlen(name) > 64)
		name[64] = '\0';
}

/* /boot/vmlinuz-6.1.0-50-amd64 is 6.1.0-50-amd64. */
static char *name_of_file(const char *path)
{
	static const char *const prefixes[] = { "vmlinuz-", "vmlinux-", "bzImage-", NULL };
	const char *base = strrchr(path, '/');

	base = base ? base + 1 : path;
	for (const char *const *p = prefixes; *p; p++)
		if (!strncmp(base, *p, strlen(*p)) && base[strlen(*p)])
			return strdup(base + strlen(*p));
	return strdup(base);
}

/* "NAME=FILE", or a file: its name may have a '=' behind a '/'. */
static int add_given(struct lab_kernels *k, const char *text, const char *append)
{
	const char *eq = strchr(text, '='), *slash = strchr(text, '/');
	bool named = eq && eq > text && (!slash || eq < slash);
	const char *path = named ? eq + 1 : text;
	struct exact_kernel *e;
	struct stat st;

	if (stat(path, &st))
		return fail(STATUS_USAGE, "--kernel %s: %s; name a bzImage or vmlinuz", text,
			strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fail(STATUS_USAGE, "--kernel %s: not a file; name a bzImage or vmlinuz", text);
	e = add_arm(k, named ? strndup(text, (size_t)(eq - text)) : name_of_file(path));
	if (!e)
		return -STATUS_MACHINE;
	make_name(k->names[k->n - 1]);
	e->image = path;
	e->append = append;
	return 0;
}

/* The first build of a variant makes its arm. */
static int build_one(struct lab_kernels *k, struct kernel_source *source, const char *variant,
	const struct lab_options *o)
{
	struct lab_kernel *grown = reallocarray(k->built, k->nbuilt + 1, sizeof(*grown)), *b;
	int build = k->nbuilds, err;
	struct exact_kernel *e;

	if (!grown)
		return fail_nomem();
	k->built = grown;
	b = &grown[k->nbuilt];
	err = kernel_build(source, variant, o->pads.n ? o->pads.v[build] : 0, b);
	if (err)
		return err;
	k->nbuilt++;
	e = build ? add(k) : add_arm(k, strdup(b->variant));
	if (!e)
		return -STATUS_MACHINE;
	if (!build)
		make_name(k->names[k->n - 1]);
	e->image = b->image;
	e->append = o->append;
	e->no_reaper = b->no_reaper;
	return 0;
}

/* The variants that are asked for. */
static int build_list(struct lab_kernels *k, struct kernel_source *source,
	const struct lab_options *o)
{
	char *copy = strdup(o->variants), *rest = copy, *name;
	int err = copy ? 0 : fail_nomem();

	while (!err && (name = strsep(&rest, ",")))
		err = *name ? build_one(k, source, name, o) :
			fail(STATUS_USAGE, "--variant %s: an empty name", o->variants);
	free(copy);
	return err;
}

/* Those that are shipped. */
static int build_shipped(struct lab_kernels *k, struct kernel_source *source,
	const struct lab_options *o)
{
	const struct kernel_variant *v;
	int err = 0;
	size_t n;

	v = kernel_variants(&n);
	for (size_t i = 0; i < n && !err; i++)
		err = build_one(k, source, v[i].name, o);
	return err;
}

static int build_all(struct lab_kernels *k, const struct lab_options *o)
{
	struct kernel_source *source = NULL;
	int err = kernel_source_open(&o->build, &source), rounds = o->pads.n ? o->pads.n : 1;

	for (; k->nbuilds < rounds && !err; k->nbuilds++)
		err = o->variants ? build_list(k, source, o) : build_shipped(k, source, o);
	kernel_source_close(source);
	return err;
}

int lab_kernels_get(const struct lab_options *o, struct lab_kernels *out)
{
	int err = 0;

	memset(out, 0, sizeof(*out));
	if (o->pads.n && o->kernels.n)
		return fail(STATUS_USAGE, "--pad %u: of variants, which are built; --kernel %s is built "
			"already: leave one of the two out", o->pads.v[0], o->kernels.v[0]);
	if (o->variants || !o->kernels.n)
		err = build_all(out, o);
	else
		out->nbuilds = 1;
	for (int i = 0; i < o->kernels.n && !err; i++)
		err = add_given(out, o->kernels.v[i], o->append);
	return err;
}

void lab_kernels_free(struct lab_kernels *k)
{
	for (int i = 0; i < k->nbuilt; i++)
		kernel_free(&k->built[i]);
	for (int i = 0; i < k->n; i++)
		free(k->names[i]);
	for (int i = 0; i < k->nexact; i++) {
		free(k->exact[i].release);
		free(k->exact[i].version);
	}
	free(k->built);
	free(k->names);
	free(k->exact);
	memset(k, 0, sizeof(*k));
}

const char *lab_kernels_release(const struct lab_kernels *k)
{
	const char *release = NULL;

	for (int i = 0; i < k->n; i++) {
		const char *r = i < k->nbuilt ? k->built[i].release : k->exact[i].release;

		if (!r || (release && strcmp(r, release)))
			return NULL;
		release = r;
	}
	return release;
}
