/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench lab bisect: which commit changed the number of instructions? */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include "base/fail.h"
#include "command/cells.h"
#include "command/lab/lab.h"
#include "lab/run/bisect.h"
#include "process/signals.h"

#define O struct bisect_options

static const struct option_row rows[] = {
	{ "limit", 'l', "N", TO_COUNT(O, limit), "the most instructions of a good commit" },
	{ "source", 'S', "TREE", TO_TEXT(O, kernel.source),
		"the git repository, or the tree at hand", .def = "." },
	{ "workload", 'w', "NAME", TO_TEXT(O, workload), "see exitbench list", .def = "fork-exit",
		.propose = workload_name },
	{ "param", 'p', "K=V", TO_TEXTS(O, params), "a parameter of it" },
	{ "metric", 'm', "M", TO_TEXT(O, metric), "exit, cycle or fork", .def = "cycle" },
	{ "ops", 'n', "N", TO_COUNT(O, ops), "operations", .def = "1000",
		.min = "1", .max = "1000000" },
	{ "variant", 'V', "V", TO_TEXT(O, variant), "a variant or patch, applied to each commit",
		.def = "stock", .propose = variant_name },
	{ "measure", 0, "PROGRAM", TO_TEXT(O, measure), "instead of the lab's own measurement: is "
		"given the path of the kernel's image, and prints a number" },
	KERNEL_ROWS(O, kernel),
	{ "jobs", 'j', "N", TO_INT(O, kernel.jobs), "compilers at once",
		.shown = "one for each CPU", .min = "1", .max = "1000000" },
	{ "quiet", 'q', NULL, TO_FLAG(O, kernel.quiet), "no progress" },
	{ 0 }
};

static void set_defaults(void *options)
{
	((struct bisect_options *)options)->limit = -1;
}

/*
 * git bisect run takes 1 to 124 for a bad commit and goes on: our own errors must not look
 * like that.
 */
static int step_status(const void *options, int err)
{
	const struct bisect_options *o = options;

	if (err >= 0 || o->limit < 0)
		return err;
	fprintf(stderr, "exitbench: %s\n", fail_message());
	return 128 - err;
}

static int run(void *options, const struct arguments *a)
{
	static uint32_t event;
	struct bisect_options *o = options;
	int err = o->limit >= 0 ? check_arguments(a, 0, 0, "--limit, and then no commits") :
		check_arguments(a, 2, 2, "a good and a bad commit, or --limit N");

	if (err)
		return err;
	o->good = a->v[0];
	o->bad = o->good ? a->v[1] : NULL;
	signals_catch(&event);
	err = o->good ? bisect_all(o) : bisect_step(o);
	signals_restore();
	return err;
}

const struct subcommand command_lab_bisect = {
	.name = "lab bisect",
	.does = "which commit changed the number of instructions",
	.about =
		"usage: exitbench lab bisect GOOD BAD [OPTION]...\n"
		"       git bisect run exitbench lab bisect --limit N [OPTION]...\n"
		"\n"
		"Which commit made process exit take more instructions (or fewer)? With two\n"
		"commits: builds both, measures them exactly, and bisects, in a clone of its own:\n"
		"the repository is only read. A commit is bad if it is nearer to BAD than to GOOD.\n"
		"One that does not build or boot is skipped.\n"
		"\n"
		"With --limit alone: a step of git bisect run, for the tree at hand. It exits with\n"
		"0 if an operation takes at most N instructions, 1 if it takes more, 125 if the\n"
		"kernel does not build or boot, and more than 127, which ends the bisection, at\n"
		"any other error.\n",
	.rows = rows,
	.size = sizeof(struct bisect_options),
	.defaults = set_defaults,
	.run = run,
	.status = step_status,
};
