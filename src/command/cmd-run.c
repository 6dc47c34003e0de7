/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench run: measures, and appends to a result file. */
#include "config.h"
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "command.h"
#include "environment.h"
#include "fail.h"
#include "memcg.h"
#include "link-program.h"
#include "measure.h"
#include "tracing.h"
#include "units.h"

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

/*
 * The controller goes to a CPU that no worker has; where there is none, to that of the
 * last worker, so that the others know they have theirs to themselves. Returns the CPU,
 * or -1 when it could not be bound.
 */
static int move_aside(const struct plan *plan, const struct topology *t)
{
	int n = 0, *cpus, cpu;

	for (int i = 0; i < plan->ncells; i++)
		n += 2 * plan->cells[i].cores;
	cpus = calloc(n, sizeof(*cpus));
	if (!cpus)
		return -1;
	n = 0;
	for (int i = 0; i < plan->ncells; i++)
		for (int k = 0; k < plan->cells[i].cores; k++) {
			if (plan->cells[i].child_cpus)
				cpus[n++] = plan->cells[i].child_cpus[k];
			cpus[n++] = plan->cells[i].cpus[k];
		}
	cpu = topology_spare_cpu(t, cpus, n);
	if (cpu < 0)
		cpu = cpus[n - 1];
	free(cpus);
	if (!topology_bind(t, cpu))
		return cpu;
	warn("%s", fail_message());
	return -1;
}

struct session {
	const struct options *o;
	struct plan plan;
	struct topology *topology;
	struct store *store;
	struct link *link;
	struct link_options link_options;
	struct tick_clock clock;
	json_t *environment;
	char *command, *xml, *settings;
	int64_t run;
	uint64_t start;
	struct measure_summary summary;
};

/* Warnings of a run are kept in its file, too. */
static void note_warning(void *arg, const char *text)
{
	struct session *s = arg;

	fprintf(stderr, "exitbench: warning: %s\n", text);
	if (s->run)
		store_add_note(s->store, s->run, "warning", text);
}

static char *settings_json(const struct session *s)
{
	const struct measure_options *m = &s->o->measure;
	json_t *json = json_pack("{s:f, s:f, s:f, s:I, s:f, s:f, s:b}",
		"time_s", (double)m->time_ns / 1e9, "block_ms", (double)m->block_ns / 1e6,
		"lead_in_ms", (double)m->lead_in_ns / 1e6, "ops", (json_int_t)m->ops,
		"until_ci_pct", m->until_ci, "ns_per_tick", s->clock.ns_per_tick,
		"shared_image", s->o->link.shared_image);
	char *text = json_dumps(json, JSON_REAL_PRECISION(12));

	json_decref(json);
	return text;
}

static int begin_run(struct session *s)
{
	const struct options *o = s->o;
	char *env = json_dumps(s->environment, JSON_COMPACT);
	const char *boot = environment_text(s->environment, "kernel.boot_id");
	struct store_run run = {
		.status = "running",
		.label = o->label,
		.command = s->command,
		.version = PACKAGE_VERSION,
		.seed = (int64_t)s->plan.seed,
		.switch_level = s->plan.narms > 1 ? "block" : "boot",
		.boot = boot ? boot : "unknown",
		.kernel = environment_text(s->environment, "kernel.release"),
		.unit = "ns",
		.resolution = o->measure.resolution,
		.clock = s->clock.name,
		.environment = env,
		.topology = s->xml,
	};
	int err;

	s->settings = settings_json(s);
	run.settings = s->settings;
	err = env && s->settings ? store_add_run(s->store, &run, &s->run) : fail_nomem();
	free(env);
	return err;
}

static int prepare(struct session *s)
{
	int err = topology_load(&s->topology);

	if (!err)
		err = plan_make(&s->o->request, s->topology, &s->plan);
	if (!err)
		err = topology_xml(s->topology, &s->xml);
	if (!err)
		err = store_open(s->o->output, STORE_APPEND, &s->store);
	if (!err)
		err = environment_collect("", &s->environment);
	if (err)
		return err;
	tracing_repair();
	memcg_repair();
	clock_choose(&s->clock);
	s->link_options = s->o->link;
	s->link_options.controller_cpu = move_aside(&s->plan, s->topology);
	s->start = monotonic_ns();
	err = begin_run(s);
	return err ? err : link_open(s->topology, &s->link_options, &s->link);
}

static int print_summary(const struct session *s, int err)
{
	const char *status = !err ? "done" : err == -STATUS_INTERRUPTED ? "interrupted" : "failed";
	json_t *json;

	if (!s->o->json) {
		printf("%s: run %lld %s: %lld operations in %lld blocks, %.1f s, "
		       "%.2f%% of it between blocks\n",
			s->o->output, (long long)s->run, status, (long long)s->summary.operations,
			(long long)s->summary.blocks, s->summary.seconds, 100 * s->summary.overhead);
		return 0;
	}
	json = json_pack("{s:s, s:I, s:s, s:I, s:I, s:f, s:f, s:I, s:i}", "file", s->o->output,
		"run", (json_int_t)s->run, "status", status, "operations",
		(json_int_t)s->summary.operations, "blocks", (json_int_t)s->summary.blocks,
		"seconds", s->summary.seconds, "overhead", s->summary.overhead, "seed",
		(json_int_t)s->plan.seed, "cells", s->plan.ncells);
	if (!json || json_dumpf(json, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6)))
		return fail_nomem();
	putchar('\n');
	json_decref(json);
	return 0;
}

/* What there is to know of the programs that are workloads: of each setting once. */
static void note_programs(const struct session *s)
{
	char last[512] = "", text[512];

	for (int i = 0; i < s->plan.ncells * s->plan.narms; i++) {
		int cell = i / s->plan.narms;
		struct param_values values;

		plan_params(&s->plan, cell, i % s->plan.narms, &values);
		program_note(s->plan.cells[cell].workload, values.value, text, sizeof(text));
		if (*text && strcmp(text, last))
			store_add_note(s->store, s->run, s->plan.cells[cell].workload->name, text);
		memcpy(last, text, sizeof(last));
	}
}

static int measure_all(struct session *s)
{
	const struct options *o = s->o;
	char note[128];
	int err;

	note_programs(s);
	err = measure(&s->plan, s->link, s->store, s->run, &s->clock, s->start, &o->measure,
		&s->summary);
	snprintf(note, sizeof(note), "%.3f%% of the time was between blocks",
		100 * s->summary.overhead);
	if (err)
		store_add_note(s->store, s->run, "error", fail_message());
	store_add_note(s->store, s->run, "overhead", note);
	return err;
}

static int run(const struct options *o, int argc, char **argv)
{
	struct session s = { .o = o, .command = command_line(argc, argv) };
	char why[1024];
	int err = s.command ? 0 : fail_nomem(), end;

	warn_collect(note_warning, &s);
	if (!err)
		err = prepare(&s);
	if (!err)
		err = measure_all(&s);
	link_close(s.link);
	if (s.run) {
		end = store_end_run(s.store, s.run,
			!err ? "done" : err == -STATUS_INTERRUPTED ? "interrupted" : "failed");
		/* The first error is the one to tell. */
		snprintf(why, sizeof(why), "%s", fail_message());
		end = print_summary(&s, err) ? fail(STATUS_MACHINE, "cannot write the summary") : end;
		err = err ? fail(-err, "%s", why) : end;
	}
	warn_collect(NULL, NULL);
	store_close(s.store);
	plan_free(&s.plan);
	topology_free(s.topology);
	json_decref(s.environment);
	free(s.command);
	free(s.xml);
	free(s.settings);
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
