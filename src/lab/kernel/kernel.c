/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cache of kernels: CACHE/kernels/ID (24 digits of it) holds an image, its config, its
 * variant's text, and about.json. An entry is made beside, written to disk, then renamed: it is
 * whole or not there.
 */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/fail.h"
#include "lab/kernel/kernel-priv.h"
#include "text/json.h"

/* To be changed with what is done to a source that the other parts of the key do not show. */
#define RECIPE "exitbench kernel 1"
#define KEEPING "keeping a kernel"

static int kernel_id(const struct kernel_source *s, const struct variant *v, unsigned int pad,
	char *hex)
{
	struct hash h;
	int err = hash_start(&h);

	if (err)
		return err;
	hash_text(&h, RECIPE);
	hash_text(&h, s->id);
	hash_text(&h, s->arch->name);
	hash_text(&h, s->compiler);
	hash_text(&h, s->config);
	hash_add(&h, &pad, sizeof(pad));
	hash_add(&h, v->text, v->size);
	return hash_finish(&h, hex);
}

void kernel_free(struct lab_kernel *k)
{
	free(k->image);
	free(k->variant);
	free(k->release);
	free(k->arch);
	free(k->id);
	free(k->config);
	*k = (struct lab_kernel){ 0 };
}

static const char *image_name(const struct kernel_source *s)
{
	return strrchr(s->arch->image, '/') + 1;
}

static int describe(const struct kernel_source *s, const struct variant *v, unsigned int pad,
	const char *id, const char *entry, struct lab_kernel *k)
{
	*k = (struct lab_kernel){
		.image = text_of("%s/%s", entry, image_name(s)),
		.variant = strdup(v->name),
		.release = strdup(s->release),
		.arch = strdup(s->arch->name),
		.id = strdup(id),
		.config = text_of("%s/config", entry),
		.pad = pad,
		.no_reaper = v->no_reaper,
	};
	if (k->image && k->variant && k->release && k->arch && k->id && k->config)
		return 0;
	kernel_free(k);
	return fail_nomem();
}

static int copy_into(const struct kernel_source *s, const char *from, const char *dir,
	const char *to)
{
	char *text;
	size_t size;
	int err = find_text(&text, &size, "%s/src/exitbench-%s/%s", s->tree, s->arch->name, from);

	if (!err)
		err = put_text(s, KEEPING, text, size, "%s/%s", dir, to);
	free(text);
	return err;
}

static int write_about(const struct kernel_source *s, const struct variant *v, unsigned int pad,
	const char *id, const char *dir)
{
	json_t *about = json_pack("{s:s, s:o, s:s, s:s, s:i, s:o, s:s, s:o}", "id", id, "variant",
		text_json(v->name), "release", s->release, "arch", s->arch->name, "pad", (int)pad,
		"source", text_json(s->path), "source_id", s->id, "compiler",
		text_json(s->compiler));
	char *text = about ? json_dumps(about, JSON_INDENT(2)) : NULL;
	int err = text ? put_text(s, KEEPING, text, strlen(text), "%s/about.json", dir) :
		fail_nomem();

	free(text);
	json_decref(about);
	return err;
}

static void sync_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
}

/* What was made becomes the entry. */
static int keep(const struct kernel_source *s, const struct variant *v, unsigned int pad,
	const char *id, const char *entry)
{
	char *fresh = text_of("%s/entry", s->tree), *kernels = text_of("%s/kernels", s->cache);
	int err = fresh && kernels ? 0 : fail_nomem();

	if (!err && (remove_all(fresh) || make_dirs(kernels)))
		err = fail_cache(s, KEEPING, fresh);
	if (!err)
		err = copy_into(s, s->arch->image, fresh, image_name(s));
	if (!err)
		err = copy_into(s, ".config", fresh, "config");
	if (!err)
		err = put_text(s, KEEPING, v->text, v->size, "%s/variant", fresh);
	if (!err)
		err = write_about(s, v, pad, id, fresh);
	if (!err) {
		sync_dir(fresh);
		if (rename(fresh, entry) && errno != EEXIST && errno != ENOTEMPTY)
			err = fail_cache(s, KEEPING, entry);
		sync_dir(kernels);
	}
	if (fresh)
		remove_all(fresh);
	free(kernels);
	free(fresh);
	return err;
}

static int build(struct kernel_source *s, const struct variant *v, unsigned int pad, const char *id,
	const char *entry, bool *cached)
{
	struct changes c = { 0 };
	int err = kernel_tools(s, v);

	if (!err)
		err = tree_prepare(s);
	/* Another process may have built it while we waited for the lock. */
	if (!err && !access(entry, F_OK)) {
		*cached = true;
		return 0;
	}
	if (!err)
		err = variant_apply(s, v, pad, &c);
	if (!err)
		err = tree_apply(s, &c);
	if (!err)
		err = kernel_make(s, v->name);
	if (!err)
		err = keep(s, v, pad, id, entry);
	changes_free(&c);
	return err;
}

/* What diff prints goes to a file of ours. */
static void print_line(void *out, const char *line)
{
	fprintf(out, "%s\n", line);
}

static int show_change(const struct kernel_source *s, const struct change *c, FILE *out)
{
	char *a = text_of("--label=a/%s", c->path), *b = text_of("--label=b/%s", c->path), *text;
	const char *const argv[] = { "diff", "-u", "-p", a, b, SCRATCH "/before", SCRATCH "/after",
		NULL };
	struct tool t = { .argv = argv, .dir = s->tree, .line = print_line, .arg = out };
	size_t size;
	int status, err = tree_read(s, c->path, &text, &size);

	if (!err && !(a && b))
		err = fail_nomem();
	if (!err)
		err = put_text(s, "writing a file", text, size, "%s/" SCRATCH "/before", s->tree);
	if (!err)
		err = put_text(s, "writing a file", c->text, c->size, "%s/" SCRATCH "/after",
			s->tree);
	if (!err)
		err = tool_run(&t, &status);
	free(text);
	free(a);
	free(b);
	return err;
}

int kernel_diff(struct kernel_source *s, const char *variant, FILE *out)
{
	struct changes c = { 0 };
	struct variant v;
	int err = variant_load(variant, &v);

	if (err)
		return err;
	err = kernel_apply_tools(&v);
	if (!err)
		err = tool_need("diff", "diffutils", "to show a change");
	if (!err)
		err = tree_prepare(s);
	if (!err)
		err = variant_apply(s, &v, 0, &c);
	for (size_t i = 0; i < c.n && !err; i++)
		err = show_change(s, &c.v[i], out);
	if (!err)
		err = empty_scratch(s);
	changes_free(&c);
	variant_free(&v);
	return err;
}

int kernel_build(struct kernel_source *s, const char *variant, unsigned int pad,
	struct lab_kernel *out)
{
	char id[HASH_HEX], *entry = NULL;
	struct variant v;
	int err = variant_load(variant, &v);
	bool cached = false;

	*out = (struct lab_kernel){ 0 };
	if (err)
		return err;
	err = kernel_id(s, &v, pad, id);
	if (!err && !(entry = text_of("%s/kernels/%.24s", s->cache, id)))
		err = fail_nomem();
	if (!err)
		cached = !access(entry, F_OK);
	if (!err && !cached)
		err = build(s, &v, pad, id, entry, &cached);
	if (!err)
		err = describe(s, &v, pad, id, entry, out);
	if (!err)
		out->cached = cached;
	free(entry);
	variant_free(&v);
	return err;
}
