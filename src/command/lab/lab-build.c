/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench lab build: kernels of one source that differ in exit_mmap(). */
#include "config.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/fail.h"
#include "command/lab/lab.h"
#include "lab/kernel/kernel.h"
#include "process/signals.h"
#include "text/json.h"
#include "text/units.h"

struct options {
	struct kernel_options kernel;
	struct strings lists;		/* of variants, as given */
	struct strings variants;
	struct pads pads;
	bool diff, json;
};

static const struct option_row rows[] = {
	{ "variant", 'V', "V,...", TO_TEXTS(struct options, lists), "the same as arguments",
		.propose = variant_name },
	{ "source", 'S', "WHAT", TO_TEXT(struct options, kernel.source),
		"a kernel tree, a tarball, or a version of Debian's linux-source package",
		.shown = "6.1" },
	{ "pad", 'P', "N,...", TO_SPECIAL(struct options, pads),
		"each variant with other distances between the object files that exit runs "
		"through: N chooses them at random, 0 is none", .shown = "0", .parse = pads_parse },
	KERNEL_ROWS(struct options, kernel),
	{ "arch", 0, "ARCH", TO_TEXT(struct options, kernel.arch), "x86_64 or arm64",
		.shown = "this machine's" },
	{ "jobs", 'j', "N", TO_INT(struct options, kernel.jobs), "compilers at once",
		.shown = "one for each CPU", .min = "1", .max = "4096" },
	{ "diff", 0, NULL, TO_FLAG(struct options, diff),
		"build nothing; print what each variant changes, as a patch" },
	{ "quiet", 'q', NULL, TO_FLAG(struct options, kernel.quiet), "no progress" },
	{ "json", 0, NULL, TO_FLAG(struct options, json), "machine-readable" },
	{ 0 }
};

/* Those that are named, or all that are shipped. */
static int choose_variants(struct options *o, const struct arguments *a)
{
	int err = 0;

	for (int i = 0; i < o->lists.n && !err; i++)
		err = variants_add(&o->variants, (char *)o->lists.v[i]);	/* of argv, ours */
	for (int i = 0; i < a->n && !err; i++)
		err = variants_add(&o->variants, a->v[i]);
	return err || o->variants.n ? err : variants_add(&o->variants, NULL);
}

static json_t *kernel_json(const struct lab_kernel *k, double seconds)
{
	return json_pack("{s:o, s:s, s:s, s:i, s:o, s:o, s:s, s:b, s:f, s:o}", "variant",
		text_json(k->variant), "release", k->release, "arch", k->arch, "pad", (int)k->pad,
		"image", text_json(k->image), "config", text_json(k->config), "id", k->id,
		"cached", k->cached, "seconds", seconds, "no_reaper", text_json(k->no_reaper));
}

static void print_kernel(const struct lab_kernel *k, double seconds)
{
	char took[32], name[64];

	if (k->cached)
		snprintf(took, sizeof(took), "cached");
	else
		format_duration(seconds, took, sizeof(took));
	snprintf(name, sizeof(name), k->pad ? "%.48s+%u" : "%.48s", k->variant, k->pad);
	printf("%-8s %s %s  %-11s %s\n", name, k->release, k->arch, took, k->image);
	fflush(stdout);
}

static int build_one(struct kernel_source *s, const char *variant, unsigned int pad,
	json_t *list)
{
	uint64_t start = monotonic_ns();
	struct lab_kernel k;
	double seconds;
	int err = kernel_build(s, variant, pad, &k);

	if (err)
		return err;
	seconds = (double)(monotonic_ns() - start) / 1e9;
	if (!list)
		print_kernel(&k, seconds);
	else if (json_array_append_new(list, kernel_json(&k, seconds)))
		err = fail_nomem();
	kernel_free(&k);
	return err;
}

static int diff_all(const struct options *o)
{
	struct kernel_source *s;
	int err = kernel_source_open(&o->kernel, &s);

	for (int i = 0; i < o->variants.n && !err; i++)
		err = kernel_diff(s, o->variants.v[i], stdout);
	kernel_source_close(s);
	return err;
}

static int build_all(const struct options *o)
{
	json_t *list = o->json ? json_array() : NULL;
	struct kernel_source *s;
	int err = kernel_source_open(&o->kernel, &s);

	/* Other distances are more to compile than another variant. */
	for (int p = 0; p < o->pads.n && !err; p++)
		for (int i = 0; i < o->variants.n && !err; i++)
			err = build_one(s, o->variants.v[i], o->pads.v[p], list);
	kernel_source_close(s);
	if (list && !err)
		return json_print(list, 0);
	json_decref(list);
	return err;
}

static int run(void *options, const struct arguments *a)
{
	static uint32_t event;
	struct options *o = options;
	int err = choose_variants(o, a);

	if (!o->pads.n)
		o->pads.n = 1;
	signals_catch(&event);
	if (!err)
		err = o->diff ? diff_all(o) : build_all(o);
	signals_restore();
	free(o->variants.v);
	return err;
}

const struct subcommand command_lab_build = {
	.name = "lab build",
	.does = "builds kernels, as far as they are not there yet",
	.about =
		"usage: exitbench lab build [OPTION]... [VARIANT,...]...\n"
		"\n"
		"Builds kernels that differ in one change, and prints where they are. What was\n"
		"built from the same source, configuration, variant and compiler is not built\n"
		"again.\n"
		"\n"
		"A VARIANT is one of 'exitbench lab variants', or a file: a semantic patch\n"
		"(.cocci), applied to mm/mmap.c or to the files that its lines '// step FILE: WHAT'\n"
		"name, or an ordinary patch (.patch, .diff). Without any, all that are shipped.\n",
	.rows = rows,
	.size = sizeof(struct options),
	.run = run,
};
