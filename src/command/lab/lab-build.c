/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench lab build: kernels of one source that differ in exit_mmap(). */
#include "config.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/fail.h"
#include "command/lab/lab-pads.h"
#include "command/lab/lab.h"
#include "lab/kernel/kernel.h"
#include "process/signals.h"
#include "text/json.h"
#include "text/options.h"
#include "text/units.h"

static const char usage[] =
	"usage: exitbench lab build [OPTION]... [VARIANT,...]...\n"
	"\n"
	"Builds kernels that differ in one change, and prints where they are. What was\n"
	"built from the same source, configuration, variant and compiler is not built\n"
	"again.\n"
	"\n"
	"A VARIANT is one of 'exitbench lab variants', or a file: a semantic patch\n"
	"(.cocci), applied to mm/mmap.c or to the files that its lines '// step FILE: WHAT'\n"
	"name, or an ordinary patch (.patch, .diff). Without any, all that are shipped.\n"
	"\n"
	"  -V, --variant V,... the same as arguments\n"
	"  -S, --source WHAT   a kernel tree, a tarball, or a version of Debian's\n"
	"                      linux-source package (default 6.1)\n"
	"  -P, --pad N,...     each variant with other distances between the object files\n"
	"                      that exit runs through: N chooses them at random, 0 (the\n"
	"                      default) is none\n"
	"      --config FILE   a configuration fragment, read after the lab's own\n"
	"      --arch ARCH     x86_64 or arm64 (default: this machine's)\n"
	"      --cache DIR     where kernels are kept (default: exitbench/lab in\n"
	"                      $XDG_CACHE_HOME or ~/.cache); 2 GB for each source, all of\n"
	"                      it may be deleted at any time\n"
	"  -j, --jobs N        compilers at once (default: as many as there are CPUs)\n"
	"      --diff          build nothing; print what each variant changes, as a patch\n"
	"  -q, --quiet         no progress\n"
	"      --json          machine-readable\n"
	"  -h, --help          this text\n";

enum { OPT_CONFIG = 256, OPT_ARCH, OPT_CACHE, OPT_DIFF, OPT_JSON };

static const struct option longs[] = {
	{ "variant", required_argument, NULL, 'V' },
	{ "source", required_argument, NULL, 'S' },
	{ "pad", required_argument, NULL, 'P' },
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "arch", required_argument, NULL, OPT_ARCH },
	{ "cache", required_argument, NULL, OPT_CACHE },
	{ "jobs", required_argument, NULL, 'j' },
	{ "diff", no_argument, NULL, OPT_DIFF },
	{ "quiet", no_argument, NULL, 'q' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ 0 }
};

struct options {
	struct kernel_options kernel;
	struct strings variants;
	struct pads pads;
	bool diff, json, help;
};

static int parse_jobs(const char *text, int *jobs)
{
	uint64_t n;
	int err = parse_u64("--jobs", text, &n);

	if (!err && (!n || n > 4096))
		err = fail(STATUS_USAGE, "--jobs %s: from 1 to 4096", text);
	if (!err)
		*jobs = (int)n;
	return err;
}

/* LIST is cut into pieces, in place. */
static int add_variants(struct options *o, char *list)
{
	char *word;
	int err = 0;

	while (!err && (word = strsep(&list, ",")))
		err = strings_add(&o->variants, word);
	return err;
}

static int set_option(struct options *o, int c, char *value)
{
	switch (c) {
	case 'V':
		return add_variants(o, value);
	case 'S':
		o->kernel.source = value;
		break;
	case 'P':
		return pads_parse(value, &o->pads);
	case OPT_CONFIG:
		o->kernel.config = value;
		break;
	case OPT_ARCH:
		o->kernel.arch = value;
		break;
	case OPT_CACHE:
		o->kernel.cache = value;
		break;
	case 'j':
		return parse_jobs(value, &o->kernel.jobs);
	case OPT_DIFF:
		o->diff = true;
		break;
	case 'q':
		o->kernel.quiet = true;
		break;
	case OPT_JSON:
		o->json = true;
		break;
	case 'h':
		o->help = true;
		break;
	}
	return 0;
}

static int parse(int argc, char **argv, struct options *o)
{
	const struct kernel_variant *all;
	size_t n;
	int c, err = 0;

	while (!err && (c = next_option(argc, argv, longs, &err)) != -1)
		err = set_option(o, c, optarg);
	for (int i = optind; i < argc && !err && !o->help; i++)
		err = add_variants(o, argv[i]);
	if (err || o->help)
		return err;
	all = kernel_variants(&n);
	if (!o->variants.n)
		for (size_t i = 0; i < n && !err; i++)
			err = strings_add(&o->variants, all[i].name);
	if (!o->pads.n)
		o->pads.n = 1;
	return err;
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
	if (list && !err) {
		json_dumpf(list, stdout, JSON_INDENT(2));
		putchar('\n');
	}
	json_decref(list);
	return err;
}

int lab_build(int argc, char **argv)
{
	static uint32_t event;
	struct options o = { 0 };
	int err = parse(argc, argv, &o);

	if (!err && o.help) {
		fputs(usage, stdout);
	} else if (!err) {
		signals_catch(&event);
		err = o.diff ? diff_all(&o) : build_all(&o);
		signals_restore();
	}
	free(o.variants.v);
	return err;
}
