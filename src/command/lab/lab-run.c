/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench lab: builds kernels or takes those that are there, measures, shows the table. */
#include "config.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/stream.h"
#include "command/cells.h"
#include "command/lab/lab-measure.h"
#include "process/proc.h"
#include "process/signals.h"

#define PROBE_LIMIT 2.0		/* seconds of CPU time for KVM to boot a guest, or 20 */

struct options {
	struct lab_options lab;
	int64_t memory, hang_ns;
	bool quiet;
};

#define O struct options

static const struct option_row rows[] = {
	{ "output", 'o', "FILE", TO_TEXT(O, lab.output),
		"the result file; pictures go beside it", .shown = "lab-DATE-TIME.exb" },
	{ "variant", 'V', "NAME,...", TO_TEXT(O, lab.variants),
		"variants to build, see exitbench lab variants; or a file.cocci or file.patch of "
		"your own", .shown = "all that are shipped", .propose = variant_name },
	{ "kernel", 'k', "[NAME=]FILE", TO_TEXTS(O, lab.kernels),
		"a kernel that is there, instead: a bzImage or a distribution's vmlinuz" },
	{ "source", 'S', "PATH", TO_TEXT(O, lab.build.source), "what variants are built from",
		.shown = "Debian's linux-source-6.1" },
	KERNEL_ROWS(O, lab.build),
	{ "workload", 'w', "GLOB,...", TO_TEXT(O, lab.workloads),
		"see exitbench list; '*' for all that a guest can run",
		.shown = "fork-exit, also without a stamp, touch-exit and a few more",
		.propose = workload_name },
	{ "param", 'p', "K=V", TO_TEXTS(O, lab.params), "a parameter of all workloads" },
	{ "metric", 'm', "M,...", TO_CHOICES(O, lab.metrics), NULL, .words = metric_names,
		.shown = "each workload's primary one" },
	{ "ops", 'n', "N", TO_COUNT(O, lab.exact.ops), "operations of each workload",
		.shown = "by their length", .min = "1", .max = "1000000" },
	{ "timed", 0, NULL, TO_FLAG(O, lab.timed),
		"in time instead: the guests of two kernels take turns on one CPU, by KVM; "
		"where that runs no guest they are emulated, and there is no verdict" },
	{ "time", 't', "T", TO_TIME(O, lab.time_ns), "how long, timed", .def = "60s", .min = "1s" },
	{ "boots", 0, "N", TO_INT(O, lab.boots), "of each kernel, timed", .shown = "4",
		.min = "1", .max = "1000" },
	{ "pad", 'P', "N,...", TO_SPECIAL(O, lab.pads),
		"timed: several builds of each variant, the same code at other addresses, "
		"which boots take in turn; N chooses the addresses at random", .parse = pads_parse },
	SEED_ROW(O, lab.seed, "a timed run's"),
	{ "jobs", 'j', "N", TO_INT(O, lab.jobs), "guests, or compilers, at once",
		.shown = "one for each CPU", .min = "1", .max = "1024" },
	{ "memory", 0, "SIZE", TO_SIZE(O, memory), "of a guest", .def = "1G",
		.min = "64M", .max = "1024G" },
	{ "append", 0, "TEXT", TO_TEXT(O, lab.append), "for the guests' kernel command line" },
	{ "machine", 0, "TYPE", TO_TEXT(O, lab.exact.machine),
		"of QEMU, instead of its microvm: pc, q35" },
	{ "hang", 0, "T", TO_TIME(O, hang_ns),
		"a guest that is silent for so much CPU time is ended",
		.shown = OPTION_NUMBER(EXACT_LIMIT) "s; when KVM is tried 2s", .min = "1s" },
	{ "json", 0, NULL, TO_FLAG(O, lab.json), "the table, machine-readable" },
	{ "quiet", 'q', NULL, TO_FLAG(O, quiet), "no progress" },
	{ 0 }
};

static void set_defaults(void *options)
{
	struct options *o = options;

	o->lab.exact.limit = EXACT_LIMIT;
	o->lab.exact.instructions = EXACT_INSTRUCTIONS;
	o->lab.probe_limit = PROBE_LIMIT;
	o->lab.seed = random_seed();
}

/* What follows from the options. */
static void complete(struct options *o)
{
	struct lab_options *l = &o->lab;

	if (o->hang_ns)
		l->exact.limit = l->probe_limit = (double)o->hang_ns / 1e9;
	l->exact.memory_mb = o->memory >> 20;
	l->exact.quiet = l->build.quiet = o->quiet;
	l->exact.start_limit = l->exact.limit > EXACT_START_LIMIT ? l->exact.limit :
								   EXACT_START_LIMIT;
	l->exact.parallel = l->jobs ? l->jobs : usable_cpus();
	l->build.jobs = l->jobs;
}

static int check(const struct lab_options *l)
{
	if (l->metrics == METRIC_BIT(METRIC_THROUGHPUT))
		return fail(STATUS_USAGE, "--metric throughput: is of a block; take exit, cycle, "
			"fork or all");
	if (l->pads.n && !l->timed)
		return fail(STATUS_USAGE, "--pad %u: of timed guests (--timed); instructions are "
			"the same at any address", l->pads.v[0]);
	return 0;
}

/* Where to, when nobody says: a file that is not there yet. */
static int choose_output(struct lab_options *o, char *buf, size_t size)
{
	time_t now = time(NULL);
	struct tm tm;

	if (o->output)
		return check_no_stream("result file", o->output);
	if (!gmtime_r(&now, &tm) || !strftime(buf, size, "lab-%Y%m%d-%H%M%S.exb", &tm))
		return fail(STATUS_MACHINE, "what time is it? give -o FILE");
	o->output = buf;
	return 0;
}

static int run(void *options, const struct arguments *a)
{
	static uint32_t event;
	struct options *o = options;
	char name[64];
	int err = check_arguments(a, 0, 0, "options only");

	if (!err)
		err = check(&o->lab);
	complete(o);
	if (!err)
		err = choose_output(&o->lab, name, sizeof(name));
	signals_catch(&event);
	if (!err)
		err = lab_measure(&o->lab, a->line);
	signals_restore();
	return err;
}

static const struct subcommand *const parts[] = {
	&command_lab_bisect, &command_lab_build, &command_lab_variants, NULL
};

const struct subcommand command_lab = {
	.name = "lab",
	.does = "kernels that differ in one change, in virtual machines",
	.about =
		"usage: exitbench lab [OPTION]...\n"
		"\n"
		"Builds kernels that differ in one change, runs the same workloads in a virtual machine\n"
		"of each, where every instruction is counted, and says how many more an operation takes\n"
		"than under the first kernel. Needs no privileges; the same on any host.\n",
	.rows = rows,
	.more =
		"Exit status: 0 done, 2 usage or bad input, 3 this machine cannot do it, 4 interrupted.\n",
	.parts = parts,
	.size = sizeof(struct options),
	.defaults = set_defaults,
	.run = run,
};
