/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench prove: does each workload reach the path it is meant to drive? */
#include "config.h"
#include "text/json.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/progress.h"
#include "command/cells.h"
#include "command/command.h"
#include "command/repair.h"
#include "report/show/proof.h"

struct options {
	struct cells cells;
	int64_t ops;
	bool timeline, json, quiet;
};

static const struct option_row rows[] = {
	WORKLOAD_ROW(struct options, cells, .def = "*"),
	PARAM_ROW(struct options, cells),
	{ "place", 'P', "CPUSET", TO_TEXTS(struct options, cells.places), 
		"the first CPU of a set such as 0-3,8, or of",
		.shown = "compact", .words = place_names },
	{ "ops", 'n', "N", TO_COUNT(struct options, ops), "operations of each",
		.shown = "as many as two seconds have, 4 to 100",
		.min = "1", .max = OPTION_NUMBER(LINK_CAPACITY) },
	{ "timeline", 0, NULL, TO_FLAG(struct options, timeline),
		"with all events of one operation" },
	{ "json", 0, NULL, TO_FLAG(struct options, json), "machine-readable" },
	{ "quiet", 'q', NULL, TO_FLAG(struct options, quiet), "no progress" },
	{ 0 }
};

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
	struct link_options link = { .hang = LINK_HANG_S, .controller_cpu = -1 };
	struct plan_request request = cells_request(&s->o->cells);
	int err = topology_load(&s->topology);

	request.seed = 1;
	if (!err)
		err = plan_make(&request, s->topology, &s->plan);
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
	const struct proof_options options = { .ops = (uint64_t)s->o->ops };
	struct progress progress;
	int err = 0;

	progress_start(&progress, s->o->quiet);
	for (int i = 0; i < s->plan.ncells && !err; i++) {
		const struct plan_cell *c = &s->plan.cells[i];

		if (progress.on)
			progress_show(&progress, "%s", c->workload->name);
		err = prove(s->link, s->tracing, c->workload, &c->params, c->cpus[0], &s->clock,
			&options, &s->proofs[s->n]);
		s->n++;
	}
	progress_end(&progress);
	return err;
}

static int print(const struct proving *s)
{
	json_t *list = s->o->json ? json_array() : NULL;
	int err = 0;

	for (int i = 0; i < s->n; i++) {
		if (!s->o->json)
			proof_text(&s->proofs[i], s->o->timeline, stdout);
		else if (json_array_append_new(list, proof_json(&s->proofs[i], s->o->timeline)))
			err = fail_nomem();
	}
	if (s->o->json && !err)
		return json_print(list, 8);
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

static int prove_and_print(const struct options *o)
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

static int run(void *options, const struct arguments *a)
{
	int err = check_arguments(a, 0, 0, "options only");

	return err ? err : prove_and_print(options);
}

const struct subcommand command_prove = {
	.name = "prove",
	.does = "does each workload reach the path it is meant to drive?",
	.about =
		"usage: exitbench prove [OPTION]...\n"
		"\n"
		"Runs a few operations of each workload with tracing on, apart from any measurement,\n"
		"and says whether they went where the workload is meant to go: who tore the address\n"
		"space down, how long exit_mmap waited for mmap_lock and held it, who else had it.\n"
		"Tracing needs root; without it, what else can be seen is looked at.\n",
	.rows = rows,
	.more =
		"Exit status: 0 all seen, or skipped for want of something; 2 usage; 3 something was\n"
		"not seen, or a workload that was named cannot be had here; 4 interrupted.\n",
	.size = sizeof(struct options),
	.run = run,
};
