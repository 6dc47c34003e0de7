/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench lab: builds kernels or takes those that are there, measures, shows the table. */
#include "config.h"
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "base/fail.h"
#include "command/lab/lab-measure.h"
#include "command/lab/lab.h"
#include "process/signals.h"
#include "text/options.h"
#include "text/units.h"

#define PROBE_LIMIT 2.0		/* seconds of CPU time for KVM to boot a guest, or 20 */

static const char usage[] =
	"usage: exitbench lab [OPTION]...\n"
	"\n"
	"Builds kernels that differ in one change, runs the same workloads in a virtual machine\n"
	"of each, where every instruction is counted, and says how many more an operation takes\n"
	"than under the first kernel. Needs no privileges; the same on any host.\n"
	"\n"
	"  -o, --output FILE        the result file (lab-DATE-TIME.exb); pictures go beside it\n"
	"  -V, --variant NAME,...   variants to build (all that are shipped), see exitbench lab\n"
	"                           variants; or a file.cocci or file.patch of your own\n"
	"  -k, --kernel [NAME=]FILE a kernel that is there, instead: a bzImage or a distribution's\n"
	"                           vmlinuz; may be repeated\n"
	"  -S, --source PATH        what variants are built from (Debian's linux-source-6.1)\n"
	"      --config FILE        a fragment of kernel configuration, read after ours\n"
	"      --cache DIR          where built kernels are kept (~/.cache/exitbench/lab)\n"
	"  -w, --workload GLOB,...  (fork-exit, also without a stamp, touch-exit and a few more);\n"
	"                           see exitbench list; '*' for all that a guest can run\n"
	"  -p, --param K=V          a parameter of all workloads; may be repeated\n"
	"  -m, --metric M,...       exit, cycle, fork, all (each workload's primary one)\n"
	"  -n, --ops N              operations of each workload (by their length)\n"
	"      --timed              in time instead: the guests of two kernels take turns on one\n"
	"                           CPU, by KVM; where that runs no guest they are emulated, and\n"
	"                           there is no verdict\n"
	"  -t, --time T             how long, timed (60s)\n"
	"      --boots N            of each kernel, timed (4)\n"
	"  -P, --pad N,...          timed: several builds of each variant, the same code at\n"
	"                           other addresses, which boots take in turn; N chooses\n"
	"                           the addresses at random\n"
	"      --seed N             repeats a timed run's random order\n"
	"  -j, --jobs N             guests, or compilers, at once (one for each CPU)\n"
	"      --memory SIZE        of a guest (1G)\n"
	"      --append TEXT        for the guests' kernel command line\n"
	"      --machine TYPE       of QEMU, instead of its microvm: pc, q35\n"
	"      --hang T             a guest that is silent for so much CPU time is ended (60s;\n"
	"                           when KVM is tried 2s)\n"
	"      --json               the table, machine-readable\n"
	"  -q, --quiet              no progress\n"
	"  -h, --help               this text\n"
	"\n"
	"Parts, each with its own --help:\n"
	"  exitbench lab bisect     which commit changed the number of instructions\n"
	"  exitbench lab build      builds kernels, as far as they are not there yet\n"
	"  exitbench lab variants   what variants are shipped\n"
	"\n"
	"Exit status: 0 done, 2 usage or bad input, 3 this machine cannot do it, 4 interrupted.\n";

enum { OPT_CONFIG = 256, OPT_CACHE, OPT_MEMORY, OPT_APPEND, OPT_MACHINE, OPT_HANG, OPT_JSON, OPT_TIMED,
	OPT_BOOTS, OPT_SEED };

static const struct option longs[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "variant", required_argument, NULL, 'V' },
	{ "kernel", required_argument, NULL, 'k' },
	{ "source", required_argument, NULL, 'S' },
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "cache", required_argument, NULL, OPT_CACHE },
	{ "workload", required_argument, NULL, 'w' },
	{ "param", required_argument, NULL, 'p' },
	{ "metric", required_argument, NULL, 'm' },
	{ "ops", required_argument, NULL, 'n' },
	{ "jobs", required_argument, NULL, 'j' },
	{ "memory", required_argument, NULL, OPT_MEMORY },
	{ "append", required_argument, NULL, OPT_APPEND },
	{ "machine", required_argument, NULL, OPT_MACHINE },
	{ "hang", required_argument, NULL, OPT_HANG },
	{ "timed", no_argument, NULL, OPT_TIMED },
	{ "pad", required_argument, NULL, 'P' },
	{ "time", required_argument, NULL, 't' },
	{ "boots", required_argument, NULL, OPT_BOOTS },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 }
};

static int set_number(struct lab_options *o, int c, const char *value)
{
	int64_t n = 0;
	int err = 0;

	switch (c) {
	case 'n':
		err = parse_count("--ops", value, &o->exact.ops);
		if (!err && (o->exact.ops < 1 || o->exact.ops > LAB_MOST_OPS))
			err = fail(STATUS_USAGE, "--ops %s: must be 1 to %d", value, LAB_MOST_OPS);
		break;
	case 'j':
		err = parse_count("--jobs", value, &n);
		if (!err && (n < 1 || n > 1024))
			err = fail(STATUS_USAGE, "--jobs %s: must be 1 to 1024", value);
		o->jobs = (int)n;
		break;
	case 't':
		err = parse_duration("--time", value, NS_PER_S, &o->time_ns);
		if (!err && o->time_ns < NS_PER_S)
			err = fail(STATUS_USAGE, "--time %s: too short; at least 1s", value);
		break;
	case OPT_BOOTS:
		err = parse_count("--boots", value, &n);
		if (!err && (n < 1 || n > 1000))
			err = fail(STATUS_USAGE, "--boots %s: must be 1 to 1000", value);
		o->boots = (int)n;
		break;
	case OPT_SEED:
		err = parse_u64("--seed", value, &o->seed);
		break;
	case OPT_MEMORY:
		err = parse_size("--memory", value, &n);
		if (!err && (n < 64 << 20 || n > (int64_t)1 << 40))
			err = fail(STATUS_USAGE, "--memory %s: must be 64M to 1024G", value);
		o->exact.memory_mb = n >> 20;
		break;
	case OPT_HANG:
		err = parse_duration("--hang", value, NS_PER_S, &n);
		if (!err && n < NS_PER_S)
			err = fail(STATUS_USAGE, "--hang %s: too short; at least 1s", value);
		o->exact.limit = o->probe_limit = (double)n / 1e9;
		break;
	}
	return err;
}

static int set_metrics(struct lab_options *o, const char *value)
{
	int err = parse_choices("--metric", value, metric_names, &o->metrics);

	if (err || o->metrics & (METRIC_BIT(METRIC_THROUGHPUT) - 1))
		return err;
	return fail(STATUS_USAGE, "--metric %s: is of a block; take exit, cycle, fork or all", value);
}

static int set_option(struct lab_options *o, int c, const char *value)
{
	switch (c) {
	case 'o':
		o->output = value;
		return 0;
	case 'V':
		o->variants = value;
		return 0;
	case 'k':
		return strings_add(&o->kernels, value);
	case 'S':
		o->build.source = value;
		return 0;
	case OPT_CONFIG:
		o->build.config = value;
		return 0;
	case OPT_CACHE:
		o->build.cache = value;
		return 0;
	case 'w':
		o->workloads = value;
		return 0;
	case 'p':
		return strings_add(&o->params, value);
	case 'm':
		return set_metrics(o, value);
	case 'P':
		return pads_parse(value, &o->pads);
	case OPT_APPEND:
		o->append = value;
		return 0;
	case OPT_MACHINE:
		o->exact.machine = value;
		return 0;
	case OPT_TIMED:
		o->timed = true;
		return 0;
	case OPT_JSON:
		o->json = true;
		return 0;
	case 'q':
		o->exact.quiet = o->build.quiet = true;
		return 0;
	case 'h':
		o->help = true;
		return 0;
	}
	return set_number(o, c, value);
}

static int usable_cpus(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) ? 1 : CPU_COUNT(&set);
}

static int parse(int argc, char **argv, struct lab_options *o)
{
	int c, err = 0;

	*o = (struct lab_options){ .exact = { .memory_mb = 1024, .limit = 60,
		.instructions = EXACT_INSTRUCTIONS }, .time_ns = 60 * NS_PER_S, .probe_limit = PROBE_LIMIT,
		.seed = (uint64_t)time(NULL) };
	while (!err && (c = next_option(argc, argv, longs, &err)) != -1)
		err = set_option(o, c, optarg);
	if (!err && !o->help)
		err = check_arguments(argc, argv, 0, 0, "options only");
	if (!err && o->pads.n && !o->timed)
		err = fail(STATUS_USAGE, "--pad %u: of timed guests (--timed); instructions are the same "
			"at any address", o->pads.v[0]);
	o->exact.start_limit = o->exact.limit > EXACT_START_LIMIT ? o->exact.limit :
								    EXACT_START_LIMIT;
	o->exact.parallel = o->jobs ? o->jobs : usable_cpus();
	o->build.jobs = o->jobs;
	return err;
}

/* Where to, when nobody says: a file that is not there yet. */
static int choose_output(struct lab_options *o, char *buf, size_t size)
{
	time_t now = time(NULL);
	struct tm tm;

	if (o->output)
		return 0;
	if (!gmtime_r(&now, &tm) || !strftime(buf, size, "lab-%Y%m%d-%H%M%S.exb", &tm))
		return fail(STATUS_MACHINE, "what time is it? give -o FILE");
	o->output = buf;
	return 0;
}

int lab_run(int argc, char **argv)
{
	static uint32_t event;
	struct lab_options o;
	char *command, name[64];
	int err = parse(argc, argv, &o);

	if (!err && o.help) {
		fputs(usage, stdout);
	} else if (!err) {
		command = command_line(argc, argv);
		err = command ? choose_output(&o, name, sizeof(name)) : fail_nomem();
		signals_catch(&event);
		if (!err)
			err = lab_measure(&o, command);
		signals_restore();
		free(command);
	}
	free(o.kernels.v);
	free(o.params.v);
	return err;
}
