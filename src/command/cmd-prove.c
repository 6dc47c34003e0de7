/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench prove: does each workload reach the path it is meant to drive? */
#include "config.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/progress.h"
#include "command/command.h"
#include "command/repair.h"
#include "measure/plan.h"
#include "report/show/proof.h"
#include "text/options.h"
#include "text/units.h"

static const char usage[] =
	"usage: exitbench prove [OPTION]...\n"
	"\n"
	"Runs a few operations of each workload with tracing on, apart from any measurement,\n"
	"and says whether they went where the workload is meant to go: who tore the address\n"
	"space down, how long exit_mmap waited for mmap_lock and held it, who else had it.\n"
	"Tracing needs root; without it, what else can be seen is looked at.\n"
	"\n"
	"  -w, --workload GLOB,... which workloads (*)\n"
	"  -p, --param K=V         a parameter of all of them; may be repeated\n"
	"  -P, --place CPUSET      the first CPU of it (compact)\n"
	"  -n, --ops N             operations of each (as many as two seconds have, 4 to 100)\n"
	"      --timeline          with all events of one operation\n"
	"      --json              machine-readable\n"
	"  -q, --quiet             no progress\n"
	"  -h, --help              this text\n"
	"\n"
	"Exit status: 0 all seen, or skipped for want of something; 2 usage; 3 something was\n"
	"not seen, or a workload that was named cannot be had here; 4 interrupted.\n";

enum { OPT_TIMELINE = 256, OPT_JSON };

static const struct option longs[] = {
	{ "workload", required_argument, NULL, 'w' },
	{ "param", required_argument, NULL, 'p' },
	{ "place", required_argument, NULL, 'P' },
	{ "ops", required_argument, NULL, 'n' },
	{ "timeline", no_argument, NULL, OPT_TIMELINE },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 }
};

struct options {
	struct plan_request request;
	struct strings params, places;
	struct proof_options prove;
	bool timeline, json, quiet, help;
};

static int set_option(struct options *o, int c, const char *value)
{
	int64_t ops;
	int err;

	switch (c) {
	case 'w':
		o->request.workloads = value;
		return 0;
	case 'p':
		return strings_add(&o->params, value);
	case 'P':
		return strings_add(&o->places, value);
	case 'n':
		err = parse_count("--ops", value, &ops);
		if (!err && (ops < 1 || ops > LINK_CAPACITY))
			err = fail(STATUS_USAGE, "--ops %s: must be 1 to %d", value, LINK_CAPACITY);
		if (!err)
			o->prove.ops = (uint64_t)ops;
		return err;
	case OPT_TIMELINE:
		o->timeline = true;
		return 0;
	case OPT_JSON:
		o->json = true;
		return 0;
	case 'q':
		o->quiet = true;
		return 0;
	}
	o->help = true;
	return 0;
}

static int parse(int argc, char **argv, struct options *o)
{
	int c, err = 0;

	memset(o, 0, sizeof(*o));
	o->request.workloads = "*";
	o->request.seed = 1;
	while (!err && (c = next_option(argc, argv, longs, &err)) != -1)
		err = set_option(o, c, optarg);
	if (!err && !o->help)
		err = check_arguments(argc, argv, 0, 0, "options only");
	o->request.params = o->params.v;
	o->request.nparams = o->params.n;
	o->request.places = o->places.v;
	o->request.nplaces = o->places.n;
	return err;
}

struct proving {
	const struct options *o;
	struct topology *topology;
	struct plan plan;
	struct link *link;
	struct guard *guard;
	struct tracing *tracing;
	struct tick_clock clock;
	struct proof *proofs;
	int n;
};

/*
 * Processes whose events are traced: workers and theirs, programs and what they start, the
 * reaper. What is executed from a memfd is called by that since 6.14, before by a number.
 * Others of these names are told apart later, by their parents.
 */
static int open_tracing(struct proving *s)
{
	char workers[32];
	const char *const names[] = { workers, "exitbench", "memfd:exec-exit", "[0-9]", "[0-9][0-9]",
		"exit-time*", "sh", "dash", "bash", "busybox", "true", "oom_reaper", "oom-victim*" };
	const struct place_spec all = { .policy = PLACE_COMPACT };
	int *cpus, n = topology_order(s->topology, &all, &cpus), err;

	if (n < 0)
		return n;
	snprintf(workers, sizeof(workers), WORKER_NAME "%d", (int)getpid());
	tracing_reach();
	err = guard_open(&s->guard);
	if (!err)
		err = tracing_open(names, sizeof(names) / sizeof(names[0]), cpus, n, s->guard,
			&s->tracing);
	free(cpus);
	if (err != -STATUS_MACHINE)
		return err;
	warn("%s; looking at effects only", fail_message());
	return 0;
}

static int prepare(struct proving *s)
{
	struct link_options link = { .hang = 30, .controller_cpu = -1 };
	int err = topology_load(&s->topology);

	if (!err)
		err = plan_make(&s->o->request, s->topology, &s->plan);
	if (err)
		return err;
	s->proofs = calloc(s->plan.ncells, sizeof(*s->proofs));
	if (!s->proofs)
		return fail_nomem();
	clock_choose(&s->clock);
	repair_leftovers();
	err = open_tracing(s);
	return err ? err : link_open(s->topology, &link, &s->link);
}

static int prove_all(struct proving *s)
{
	struct progress progress;
	int err = 0;

	progress_start(&progress, s->o->quiet);
	for (int i = 0; i < s->plan.ncells && !err; i++) {
		const struct plan_cell *c = &s->plan.cells[i];

		if (progress.on)
			progress_show(&progress, "%s", c->workload->name);
		err = prove(s->link, s->tracing, c->workload, &c->params, c->cpus[0], &s->clock,
			&s->o->prove, &s->proofs[s->n]);
		s->n++;
	}
	progress_end(&progress);
	return err;
}

static int print(const struct proving *s)
{
	json_t *list = NULL;
	int err = 0;

	if (s->o->json)
		list = json_array();
	for (int i = 0; i < s->n; i++) {
		if (!s->o->json)
			proof_text(&s->proofs[i], s->o->timeline, stdout);
		else if (json_array_append_new(list, proof_json(&s->proofs[i], s->o->timeline)))
			err = fail_nomem();
	}
	if (s->o->json && !err && json_dumpf(list, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(8)))
		err = fail_nomem();
	if (s->o->json)
		putchar('\n');
	json_decref(list);
	return err;
}

/* One that was not seen is an error; one that cannot be had here, if it was asked for. */
static int conclude(const struct proving *s)
{
	for (int i = 0; i < s->n; i++) {
		const struct proof *p = &s->proofs[i];

		if (p->verdict == PROOF_NOT_SEEN)
			return fail(STATUS_MACHINE, "%s: not seen: %s", p->workload->name, p->why);
		if (p->verdict == PROOF_SKIPPED && s->plan.cells[i].named)
			return fail(STATUS_MACHINE, "%s", p->why);
	}
	return 0;
}

static int run(const struct options *o)
{
	struct proving s = { .o = o };
	int err = prepare(&s);

	if (!err)
		err = prove_all(&s);
	link_close(s.link);
	tracing_close(s.tracing);
	guard_close(s.guard);
	if (!err || err == -STATUS_INTERRUPTED) {
		int printed = print(&s);

		err = err ? err : printed;
	}
	if (!err)
		err = conclude(&s);
	for (int i = 0; i < s.n; i++)
		proof_free(&s.proofs[i]);
	free(s.proofs);
	plan_free(&s.plan);
	topology_free(s.topology);
	return err;
}

int cmd_prove(int argc, char **argv)
{
	struct options o;
	int err = parse(argc, argv, &o);

	if (!err && o.help)
		fputs(usage, stdout);
	else if (!err)
		err = run(&o);
	free(o.params.v);
	free(o.places.v);
	return err;
}
