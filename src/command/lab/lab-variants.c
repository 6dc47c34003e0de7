/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench lab variants: what is shipped. */
#include "config.h"
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include "base/fail.h"
#include "command/lab/lab.h"
#include "lab/kernel/kernel.h"
#include "text/options.h"
#include "text/suggest.h"

static const char usage[] =
	"usage: exitbench lab variants [--json] [NAME]\n"
	"\n"
	"The variants of exit_mmap() that 'exitbench lab build' knows by name. With NAME, that\n"
	"semantic patch: its notes say what it restores of older kernels and what it does not.\n"
	"\n"
	"  -j, --json    machine-readable\n"
	"  -h, --help    this text\n";

static const struct option longs[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 }
};

static int print_json(void)
{
	json_t *list = json_array();
	const struct kernel_variant *v;
	size_t n;
	int err = 0;

	v = kernel_variants(&n);
	for (size_t i = 0; i < n; i++)
		err |= json_array_append_new(list, json_pack("{s:s, s:s, s:s?, s:s}", "name",
			v[i].name, "summary", v[i].summary, "no_reaper", v[i].no_reaper, "text",
			v[i].text));
	err |= json_dumpf(list, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(list);
	return err ? fail_nomem() : 0;
}

static int print_text(void)
{
	const struct kernel_variant *v;
	size_t n;

	v = kernel_variants(&n);
	for (size_t i = 0; i < n; i++) {
		printf("%-8s %s\n", v[i].name, v[i].summary);
		if (v[i].no_reaper)
			printf("         no reaper workloads: %s\n", v[i].no_reaper);
	}
	return 0;
}

static int print_one(const char *name)
{
	const struct kernel_variant *v = kernel_variant_find(name), *all;
	struct suggestion near;
	size_t n;

	if (v) {
		fputs(v->text, stdout);
		return 0;
	}
	suggest_start(&near, name);
	all = kernel_variants(&n);
	for (size_t i = 0; i < n; i++)
		suggest_offer(&near, all[i].name);
	return fail(STATUS_USAGE, "variant %s: none of that name is shipped%s; see exitbench lab "
		"variants", name, suggest_text(&near));
}

int lab_variants(int argc, char **argv)
{
	bool json = false, help = false;
	int c, err = 0;

	while ((c = next_option(argc, argv, longs, &err)) != -1) {
		json |= c == 'j';
		help |= c == 'h';
	}
	if (!err && help) {
		fputs(usage, stdout);
		return 0;
	}
	if (!err)
		err = check_arguments(argc, argv, 0, 1, "the name of a variant, or nothing");
	if (err)
		return err;
	if (argv[optind])
		return print_one(argv[optind]);
	return json ? print_json() : print_text();
}
