/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench lab variants: what is shipped. */
#include "config.h"
#include <stdbool.h>
#include <stdio.h>
#include "base/fail.h"
#include "command/lab/lab.h"
#include "text/json.h"

struct options {
	bool json;
};

static const struct option_row rows[] = {
	{ "json", 'j', NULL, TO_FLAG(struct options, json), "machine-readable" },
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
	if (!err)
		return json_print(list, 0);
	json_decref(list);
	return fail_nomem();
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
	const struct kernel_variant *v = kernel_variant_find("variant", name,
		"see exitbench lab variants");

	if (!v)
		return -STATUS_USAGE;
	fputs(v->text, stdout);
	return 0;
}

static int run(void *options, const struct arguments *a)
{
	const struct options *o = options;
	int err = check_arguments(a, 0, 1, "the name of a variant, or nothing");

	if (err)
		return err;
	if (a->n)
		return print_one(a->v[0]);
	return o->json ? print_json() : print_text();
}

const struct subcommand command_lab_variants = {
	.name = "lab variants",
	.does = "what variants are shipped",
	.about =
		"usage: exitbench lab variants [--json] [NAME]\n"
		"\n"
		"The variants of exit_mmap() that 'exitbench lab build' knows by name. With NAME, that\n"
		"semantic patch: its notes say what it restores of older kernels and what it does not.\n",
	.rows = rows,
	.size = sizeof(struct options),
	.run = run,
};
