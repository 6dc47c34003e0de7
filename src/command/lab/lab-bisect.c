/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench lab bisect: which commit changed the number of instructions? */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include "base/fail.h"
#include "command/lab/lab.h"
#include "lab/run/bisect.h"
#include "process/signals.h"
#include "text/options.h"
#include "text/units.h"

static const char usage[] =
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
	"any other error.\n"
	"\n"
	"  -l, --limit N         the most instructions of a good commit\n"
	"  -S, --source TREE     the git repository, or the tree at hand (default: .)\n"
	"  -w, --workload NAME   (fork-exit)\n"
	"  -p, --param K=V       a parameter of it; may be repeated\n"
	"  -m, --metric M        exit, cycle or fork (cycle)\n"
	"  -n, --ops N           operations (1000)\n"
	"  -V, --variant V       a variant or patch, applied to each commit\n"
	"      --measure PROGRAM instead of the lab's own measurement: is given the path of\n"
	"                        the kernel's image, and prints a number\n"
	"      --config FILE, --cache DIR, -j, --jobs N\n"
	"                        as for 'exitbench lab build'\n"
	"  -q, --quiet           no progress\n"
	"  -h, --help            this text\n";

enum { OPT_CONFIG = 256, OPT_CACHE, OPT_MEASURE };

static const struct option longs[] = {
	{ "limit", required_argument, NULL, 'l' },
	{ "source", required_argument, NULL, 'S' },
	{ "workload", required_argument, NULL, 'w' },
	{ "param", required_argument, NULL, 'p' },
	{ "metric", required_argument, NULL, 'm' },
	{ "ops", required_argument, NULL, 'n' },
	{ "variant", required_argument, NULL, 'V' },
	{ "measure", required_argument, NULL, OPT_MEASURE },
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "cache", required_argument, NULL, OPT_CACHE },
	{ "jobs", required_argument, NULL, 'j' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 }
};

static int set_number(struct bisect_options *o, int c, const char *value)
{
	int64_t n = 0;
	int err = parse_count(c == 'j' ? "--jobs" : c == 'n' ? "--ops" : "--limit", value, &n);

	if (err)
		return err;
	if (c == 'l')
		o->limit = (double)n;
	else if (n < 1 || n > 1000000)
		return fail(STATUS_USAGE, "--%s %s: must be 1 to 1000000",
			c == 'j' ? "jobs" : "ops", value);
	else if (c == 'n')
		o->ops = n;
	else
		o->kernel.jobs = (int)n;
	return 0;
}

static int set_option(struct bisect_options *o, int c, const char *value)
{
	switch (c) {
	case 'S':
		o->kernel.source = value;
		return 0;
	case 'w':
		o->workload = value;
		return 0;
	case 'p':
		return strings_add(&o->params, value);
	case 'm':
		o->metric = value;
		return 0;
	case 'V':
		o->variant = value;
		return 0;
	case OPT_MEASURE:
		o->measure = value;
		return 0;
	case OPT_CONFIG:
		o->kernel.config = value;
		return 0;
	case OPT_CACHE:
		o->kernel.cache = value;
		return 0;
	case 'q':
		o->kernel.quiet = true;
		return 0;
	case 'h':
		o->help = true;
		return 0;
	}
	return set_number(o, c, value);
}

static int parse(int argc, char **argv, struct bisect_options *o)
{
	int c, err = 0;

	*o = (struct bisect_options){ .kernel.source = ".", .variant = "stock",
		.workload = "fork-exit", .metric = "cycle", .ops = 1000, .limit = -1 };
	while (!err && (c = next_option(argc, argv, longs, &err)) != -1)
		err = set_option(o, c, optarg);
	if (err || o->help)
		return err;
	if (o->limit >= 0)
		return check_arguments(argc, argv, 0, 0, "--limit, and then no commits");
	err = check_arguments(argc, argv, 2, 2, "a good and a bad commit, or --limit N");
	if (!err) {
		o->good = argv[optind];
		o->bad = argv[optind + 1];
	}
	return err;
}

/*
 * git bisect run takes 1 to 124 for a bad commit and goes on: our own errors must not look
 * like that.
 */
static int step_status(int err)
{
	if (err >= 0)
		return err;
	fprintf(stderr, "exitbench: %s\n", fail_message());
	return 128 - err;
}

int lab_bisect(int argc, char **argv)
{
	static uint32_t event;
	struct bisect_options o;
	int err = parse(argc, argv, &o);

	if (!err && o.help) {
		fputs(usage, stdout);
	} else if (!err) {
		signals_catch(&event);
		err = o.good ? bisect_all(&o) : bisect_step(&o);
		signals_restore();
	}
	if (!o.help && o.limit >= 0)
		err = step_status(err);
	free(o.params.v);
	return err;
}
