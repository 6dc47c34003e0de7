/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench run: measures, and appends to a result file. */
#include "config.h"
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "base/fail.h"
#include "command/command.h"
#include "command/repair.h"
#include "measure/session.h"
#include "text/json.h"
#include "text/options.h"
#include "text/units.h"

static const char usage[] =
	"usage: exitbench run -o FILE [OPTION]...\n"
	"\n"
	"Measures, and appends a run to FILE (made if there is none). With two or more arms,\n"
	"their blocks alternate in random order; the samples of both are in the same file.\n"
	"\n"
	"  -o, --output FILE       the result file, .exb\n"
	"  -w, --workload GLOB,... which workloads (fork-exit,touch-exit); see exitbench list\n"
	"  -p, --param K=V         a parameter of all cells; may be repeated\n"
	"  -c, --cores LIST        how many CPUs: 1,2,4,max or 1-4 (1)\n"
	"  -P, --place PLACE       which CPUs: compact, scatter, cores, smt, or a CPU set such\n"
	"                          as 0-3,8 or core:0-3; may be repeated (compact)\n"
	"      --child WHERE,...   children go to their parent's CPU (same), another thread of\n"
	"                          its core (smt), another core, another NUMA node (same)\n"
	"  -a, --arm NAME[:K=V,..] what is compared; may be repeated (one arm, 'run')\n"
	"  -t, --time T            in all, shared out equally among the cells (20s)\n"
	"  -n, --ops N             until each arm of each cell has N operations\n"
	"      --until-ci PCT      until the effect's interval is this tight, +-PCT\n"
	"  -l, --label TEXT        a name for the run, such as the kernel's\n"
	"      --seed N            repeats a run's random order\n"
	"      --block-time T      recorded part of a block (10ms; longer where the time\n"
	"                          between blocks is over a two-hundredth of it)\n"
	"      --lead-in T         operations before it that are not recorded (2ms)\n"
	"      --resolution NS     samples are stored in multiples of this (1)\n"
	"      --hang T            a worker that does nothing for so long is killed (30s)\n"
	"      --json              a summary on stdout, machine-readable\n"
	"  -q, --quiet             no progress\n"
	"  -h, --help              this text\n"
	"\n"
	"Times take ns, us, ms, s, m, h. The limits may be combined; the first ends the run.\n"
	"Exit status: 0 done, 2 usage, 3 this machine cannot do it, 4 interrupted.\n";

enum { OPT_UNTIL_CI = 256, OPT_SEED, OPT_BLOCK_TIME, OPT_LEAD_IN, OPT_RESOLUTION, OPT_HANG,
	OPT_JSON, OPT_SHARED_IMAGE,
	OPT_CHILD };

static const struct option longs[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "workload", required_argument, NULL, 'w' },
	{ "param", required_argument, NULL, 'p' },
	{ "cores", required_argument, NULL, 'c' },
	{ "place", required_argument, NULL, 'P' },
	{ "child", required_argument, NULL, OPT_CHILD },
	{ "arm", required_argument, NULL, 'a' },
	{ "time", required_argument, NULL, 't' },
	{ "ops", required_argument, NULL, 'n' },
	{ "until-ci", required_argument, NULL, OPT_UNTIL_CI },
	{ "label", required_argument, NULL, 'l' },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "block-time", required_argument, NULL, OPT_BLOCK_TIME },
	{ "lead-in", required_argument, NULL, OPT_LEAD_IN },
	{ "resolution", required_argument, NULL, OPT_RESOLUTION },
	{ "hang", required_argument, NULL, OPT_HANG },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "shared-image", no_argument, NULL, OPT_SHARED_IMAGE },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 }
};

struct options {
	const char *output, *label;
	struct plan_request request;
	struct strings params, places, arms;
	struct measure_options measure;
	struct link_options link;
	int64_t resolution, hang_ns;
	bool json, help;
};

static int set_limit(struct options *o, int c, const char *value)
{
	struct measure_options *m = &o->measure;
	int err = 0;

	switch (c) {
	case 't':
		err = parse_duration("--time", value, NS_PER_S, &m->time_ns);
		if (!err && m->time_ns < NS_PER_MS)
			err = fail(STATUS_USAGE, "--time %s: too short; at least 1ms", value);
		break;
	case 'n':
		err = parse_count("--ops", value, &m->ops);
		if (!err && !m->ops)
			err = fail(STATUS_USAGE, "--ops 0: nothing to measure; at least 1");
		break;
	case OPT_UNTIL_CI:
		err = parse_percent("--until-ci", value, &m->until_ci);
		if (!err && m->until_ci <= 0)
			err = fail(STATUS_USAGE, "--until-ci %s: never reached; take 0.1, say", value);
		break;
	}
	return err;
}

static int set_detail(struct options *o, int c, const char *value)
{
	struct measure_options *m = &o->measure;
	int err = 0;

	switch (c) {
	case OPT_SEED:
		return parse_u64("--seed", value, &o->request.seed);
	case OPT_BLOCK_TIME:
		err = parse_duration("--block-time", value, NS_PER_S, &m->block_ns);
		if (!err && (m->block_ns < 10 * NS_PER_US || m->block_ns > 100 * NS_PER_S))
			err = fail(STATUS_USAGE, "--block-time %s: must be 10us to 100s", value);
		break;
	case OPT_LEAD_IN:
		err = parse_duration("--lead-in", value, NS_PER_S, &m->lead_in_ns);
		if (!err && m->lead_in_ns > 100 * NS_PER_S)
			err = fail(STATUS_USAGE, "--lead-in %s: must be 0 to 100s", value);
		break;
	case OPT_RESOLUTION:
		err = parse_duration("--resolution", value, 1, &o->resolution);
		if (!err && (o->resolution < 1 || o->resolution > NS_PER_MS))
			err = fail(STATUS_USAGE, "--resolution %s: must be 1 to 1000000 ns", value);
		break;
	case OPT_HANG:
		err = parse_duration("--hang", value, NS_PER_S, &o->hang_ns);
		if (!err && o->hang_ns < NS_PER_S)
			err = fail(STATUS_USAGE, "--hang %s: too short; at least 1s", value);
		break;
	}
	return err;
}

static int set_option(struct options *o, int c, const char *value)
{
	switch (c) {
	case 'o':
		o->output = value;
		return 0;
	case 'w':
		o->request.workloads = value;
		return 0;
	case 'p':
		return strings_add(&o->params, value);
	case 'c':
		o->request.cores = value;
		return 0;
	case 'P':
		return strings_add(&o->places, value);
	case OPT_CHILD:
		return parse_choices("--child", value, child_place_names, &o->request.children);
	case 'a':
		return strings_add(&o->arms, value);
	case 'l':
		o->label = value;
		return 0;
	case OPT_JSON:
		o->json = true;
		return 0;
	case OPT_SHARED_IMAGE:
		o->link.shared_image = true;
		return 0;
	case 'q':
		o->measure.quiet = true;
		return 0;
	case 'h':
		o->help = true;
		return 0;
	case 't':
	case 'n':
	case OPT_UNTIL_CI:
		return set_limit(o, c, value);
	}
	return set_detail(o, c, value);
}

static void set_defaults(struct options *o)
{
	uint32_t seed = 1;

	memset(o, 0, sizeof(*o));
	if (getrandom(&seed, sizeof(seed), 0) < 0)
		seed = (uint32_t)monotonic_ns();
	o->request.seed = seed;
	o->measure.lead_in_ns = MEASURE_LEAD_IN_NS;
	o->resolution = 1;
	o->hang_ns = 30 * NS_PER_S;
}

static int parse(int argc, char **argv, struct options *o)
{
	struct measure_options *m = &o->measure;
	int c, err = 0;

	set_defaults(o);
	while (!err && (c = next_option(argc, argv, longs, &err)) != -1)
		err = set_option(o, c, optarg);
	if (err || o->help)
		return err;
	err = check_arguments(argc, argv, 0, 0, "options only");
	if (err)
		return err;
	if (!o->output)
		return fail(STATUS_USAGE, "run: where to? give -o FILE.exb");
	if (m->until_ci > 0 && o->arms.n < 2)
		return fail(STATUS_USAGE,
			"--until-ci: an effect has two arms; give --arm twice, or --time");
	if (!m->time_ns && !m->ops && m->until_ci <= 0)
		m->time_ns = MEASURE_TIME_NS;
	m->resolution = (double)o->resolution;
	o->link.hang = (double)o->hang_ns / 1e9;
	o->request.params = o->params.v;
	o->request.nparams = o->params.n;
	o->request.places = o->places.v;
	o->request.nplaces = o->places.n;
	o->request.arms = o->arms.v;
	o->request.narms = o->arms.n;
	return 0;
}

static int print_summary(const struct options *o, const struct session_run *run)
{
	const struct measure_summary *m = &run->summary;
	json_t *json;

	if (!o->json) {
		printf("%s: run %lld %s: %lld operations in %lld blocks, %.1f s, "
		       "%.2f%% of it between blocks\n",
			o->output, (long long)run->id, run->status, (long long)m->operations,
			(long long)m->blocks, m->seconds, 100 * m->overhead);
		if (m->failed)
			printf("%lld operations failed besides: fork was refused (see ulimit -u, "
			       "pids.max and the memory that is free), or a child did not get "
			       "what it should hold\n", (long long)m->failed);
		return 0;
	}
	json = json_pack("{s:o, s:I, s:s, s:I, s:I, s:I, s:f, s:f, s:I, s:i}", "file",
		text_json(o->output), "run", (json_int_t)run->id, "status", run->status,
		"operations", (json_int_t)m->operations, "failed", (json_int_t)m->failed,
		"blocks", (json_int_t)m->blocks, "seconds", m->seconds,
		"overhead", m->overhead, "seed", (json_int_t)o->request.seed, "cells", run->cells);
	if (!json || json_dumpf(json, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6)))
		return fail_nomem();
	putchar('\n');
	json_decref(json);
	return 0;
}

static int run(const struct options *o, int argc, char **argv)
{
	char *command = command_line(argc, argv);
	struct session_options so = { .output = o->output, .command = command, .link = o->link };
	struct session *s = NULL;
	struct session_run run;
	char why[1024];
	int err = command ? session_open(&so, &s) : fail_nomem(), late;

	if (!err) {
		repair_leftovers();
		err = session_measure(s, &o->request, &o->measure, o->label, &run);
		/* The first error is the one to tell. */
		snprintf(why, sizeof(why), "%s", fail_message());
		late = run.id ? print_summary(o, &run) : 0;
		err = err ? fail(-err, "%s", why) : late;
	}
	session_close(s);
	free(command);
	return err;
}

int cmd_run(int argc, char **argv)
{
	struct options o;
	int err = parse(argc, argv, &o);

	if (!err && o.help)
		fputs(usage, stdout);
	else if (!err)
		err = run(&o, argc, argv);
	free(o.params.v);
	free(o.places.v);
	free(o.arms.v);
	return err;
}
