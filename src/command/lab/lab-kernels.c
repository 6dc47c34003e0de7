/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernels that exitbench lab measures: built from variants, or given. */
#include "config.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/fail.h"
#include "command/lab/lab-kernels.h"

/* NAME (taken over) as plan_make() takes it for an arm; NULL after fail(): no memory. */
static char *arm_name(char *name)
{
	if (!name) {
		fail_nomem();
		return NULL;
	}
	for (char *p = name; *p; p++)
		if (!strchr(ARM_NAME_OF, *p))
			*p = '_';
	if (strlen(name) > ARM_NAME_MOST)
		name[ARM_NAME_MOST] = '\0';
	return name;
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
static int add_given(struct lab_kernels *k, int arm, const char *text, const char *append)
{
	const char *eq = strchr(text, '='), *slash = strchr(text, '/');
	bool named = eq && eq > text && (!slash || eq < slash);
	const char *path = named ? eq + 1 : text;
	struct stat st;

	if (stat(path, &st))
		return fail(STATUS_USAGE, "--kernel %s: %s; name a bzImage or vmlinuz", text,
			strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fail(STATUS_USAGE, "--kernel %s: not a file; name a bzImage or vmlinuz", text);
	k->names[arm] = arm_name(named ? strndup(text, (size_t)(eq - text)) : name_of_file(path));
	k->exact[arm].image = path;
	k->exact[arm].append = append;
	return k->names[arm] ? 0 : -STATUS_MACHINE;
}

/* The first build of a variant names its arm. */
static int build_one(struct lab_kernels *k, int i, struct kernel_source *source,
	const char *variant, const struct lab_options *o)
{
	struct lab_kernel *b = &k->built[i];
	int err = kernel_build(source, variant, o->pads.v[i / k->n], b);

	if (!err && i < k->n && !(k->names[i] = arm_name(strdup(b->variant))))
		err = -STATUS_MACHINE;
	k->exact[i].image = b->image;
	k->exact[i].append = o->append;
	k->exact[i].no_reaper = b->no_reaper;
	return err;
}

/* With several builds there are no other arms. */
static int build_all(struct lab_kernels *k, const struct strings *variants,
	const struct lab_options *o)
{
	struct kernel_source *source = NULL;
	int err = kernel_source_open(&o->build, &source);

	for (int i = 0; i < variants->n * k->nbuilds && !err; i++)
		err = build_one(k, i, source, variants->v[i % variants->n], o);
	kernel_source_close(source);
	return err;
}

/* What is to be built, as pieces of *LIST: all that are shipped unless something is named. */
static int choose_variants(const struct lab_options *o, char **list, struct strings *names)
{
	int err;

	*list = o->variants ? strdup(o->variants) : NULL;
	if (o->variants && !*list)
		return fail_nomem();
	err = o->variants || !o->kernels.n ? variants_add(names, *list) : 0;
	for (int i = 0; i < names->n && !err; i++)
		if (!*names->v[i])
			err = fail(STATUS_USAGE, "--variant %s: an empty name", o->variants);
	return err;
}

static int make_room(struct lab_kernels *k, int n)
{
	k->n = n;
	k->names = calloc(n, sizeof(*k->names));
	k->exact = calloc((size_t)n * k->nbuilds, sizeof(*k->exact));
	k->built = calloc((size_t)n * k->nbuilds, sizeof(*k->built));
	return k->names && k->exact && k->built ? 0 : fail_nomem();
}

int lab_kernels_get(const struct lab_options *o, struct lab_kernels *out)
{
	struct strings variants = { 0 };
	char *list;
	int err;

	*out = (struct lab_kernels){ .nbuilds = o->pads.n ? o->pads.n : 1 };
	if (o->pads.n && o->kernels.n)
		return fail(STATUS_USAGE, "--pad %u: of variants, which are built; --kernel %s is built "
			"already: leave one of the two out", o->pads.v[0], o->kernels.v[0]);
	err = choose_variants(o, &list, &variants);
	if (!err)
		err = make_room(out, variants.n + o->kernels.n);
	if (!err && variants.n)
		err = build_all(out, &variants, o);
	for (int i = 0; i < o->kernels.n && !err; i++)
		err = add_given(out, variants.n + i, o->kernels.v[i], o->append);
	free(variants.v);
	free(list);
	return err;
}

void lab_kernels_free(struct lab_kernels *k)
{
	for (int i = 0; i < k->n && k->names; i++)
		free(k->names[i]);
	for (int i = 0; i < k->n * k->nbuilds && k->built; i++)
		kernel_free(&k->built[i]);
	for (int i = 0; i < k->n * k->nbuilds && k->exact; i++) {
		free(k->exact[i].release);
		free(k->exact[i].version);
	}
	free(k->built);
	free(k->names);
	free(k->exact);
	*k = (struct lab_kernels){ 0 };
}

const char *lab_kernels_release(const struct lab_kernels *k)
{
	const char *release = NULL;

	for (int i = 0; i < k->n; i++) {
		const char *r = k->built[i].release ? k->built[i].release : k->exact[i].release;

		if (!r || (release && strcmp(r, release)))
			return NULL;
		release = r;
	}
	return release;
}
