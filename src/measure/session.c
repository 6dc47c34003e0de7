/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A session of measuring: opens the file, knows the machine, begins and ends each run. */
#include "config.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "link/link-program.h"
#include "machine/environment/environment.h"
#include "measure/session.h"
#include "process/signals.h"

struct session {
	const struct session_options *o;
	struct topology *topology;
	struct store *store;
	struct tick_clock clock;
	json_t *environment;
	char *environment_text, *xml;
	int64_t run;			/* under way, 0: none */
};

/*
 * The controller goes to a CPU that no worker has; where there is none, to that of the
 * last worker, so that the others know they have theirs to themselves. Returns the CPU,
 * or -1 when it could not be bound.
 */
static int move_aside(const struct plan *plan, const struct topology *t)
{
	int n = 0, *cpus, cpu, last = -1;

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
			cpus[n++] = last = plan->cells[i].cpus[k];
		}
	cpu = topology_spare_cpu(t, cpus, n);
	if (cpu < 0)
		cpu = last;
	free(cpus);
	if (!topology_bind(t, cpu))
		return cpu;
	warn("%s", fail_message());
	return -1;
}

/* Warnings of a run are kept in its file, too. */
static void note_warning(void *arg, const char *text)
{
	struct session *s = arg;

	fprintf(stderr, "exitbench: warning: %s\n", text);
	if (s->run)
		store_add_note(s->store, s->run, "warning", text);
}

static char *settings_json(const struct session *s, const struct measure_options *m)
{
	json_t *json = json_pack("{s:f, s:f, s:f, s:I, s:f, s:f, s:b, s:s*}",
		"time_s", (double)m->time_ns / 1e9, "block_ms", (double)m->block_ns / 1e6,
		"lead_in_ms", (double)m->lead_in_ns / 1e6, "ops", (json_int_t)m->ops,
		"until_ci_pct", m->until_ci, "ns_per_tick", s->clock.ns_per_tick,
		"shared_image", s->o->link.shared_image, "purpose", m->purpose);
	char *text = json_dumps(json, JSON_REAL_PRECISION(12));

	json_decref(json);
	return text;
}

static int begin(struct session *s, const struct plan *plan, const struct measure_options *m,
	const char *label)
{
	const char *boot = environment_text(s->environment, "kernel.boot_id");
	char *settings = settings_json(s, m);
	struct store_run run = {
		.status = "running",
		.label = label,
		.command = s->o->command,
		.version = PACKAGE_VERSION,
		.seed = (int64_t)plan->seed,
		.switch_level = plan->narms > 1 ? "block" : "boot",
		.boot = boot ? boot : "unknown",
		.kernel = environment_text(s->environment, "kernel.release"),
		.unit = "ns",
		.resolution = m->resolution,
		.clock = s->clock.name,
		.settings = settings,
		.environment = s->environment_text,
		.topology = s->xml,
	};
	int err = settings ? store_add_run(s->store, &run, &s->run) : fail_nomem();

	free(settings);
	return err;
}

/* What there is to know of the programs that are workloads: of each setting once. */
static void note_programs(const struct session *s, const struct plan *plan)
{
	char last[512] = "", text[512];

	for (int i = 0; i < plan->ncells * plan->narms; i++) {
		const struct workload *w = plan->cells[i / plan->narms].workload;
		struct param_values values;

		plan_params(plan, i / plan->narms, i % plan->narms, &values);
		program_note(w, values.value, text, sizeof(text));
		if (*text && strcmp(text, last) != 0)
			store_add_note(s->store, s->run, w->name, text);
		memcpy(last, text, sizeof(last));
	}
}

/* Adds a note after ERR, which stays the error to tell; returns it. */
static int note(struct session *s, const char *kind, const char *text, int err)
{
	char why[1024];

	snprintf(why, sizeof(why), "%s", fail_message());
	store_add_note(s->store, s->run, kind, text);
	return err ? fail(-err, "%s", why) : 0;
}

static int measure_plan(struct session *s, const struct plan *plan,
	const struct measure_options *options, struct measure_summary *summary)
{
	struct link_options link_options = s->o->link;
	uint64_t start = monotonic_ns();
	struct link *link;
	char overhead[128];
	int err;

	note_programs(s, plan);
	link_options.controller_cpu = move_aside(plan, s->topology);
	err = link_open(s->topology, &link_options, &link);
	if (!err) {
		err = measure(plan, link, s->store, s->run, &s->clock, start, options, summary);
		snprintf(overhead, sizeof(overhead), "%.3f%% of the time was between blocks",
			100 * summary->overhead);
		err = note(s, "overhead", overhead, err);
		link_close(link);
	}
	return err ? note(s, "error", fail_message(), err) : 0;
}

/* The first error is the one to tell. */
static int end(struct session *s, const char *status, int err)
{
	char why[1024];
	int late;

	snprintf(why, sizeof(why), "%s", fail_message());
	late = store_end_run(s->store, s->run, status);
	s->run = 0;
	return err ? fail(-err, "%s", why) : late;
}

int session_measure(struct session *s, const struct plan_request *request,
	const struct measure_options *options, const char *label, struct session_run *out)
{
	struct plan plan;
	int err;

	*out = (struct session_run){ .status = "failed" };
	warn_collect(note_warning, s);
	err = plan_make(request, s->topology, &plan);
	if (!err)
		err = begin(s, &plan, options, label);
	if (!err) {
		out->id = s->run;
		out->cells = plan.ncells;
		err = measure_plan(s, &plan, options, &out->summary);
		if (!err)
			out->status = "done";
		else if (err == -STATUS_INTERRUPTED)
			out->status = "interrupted";
		err = end(s, out->status, err);
	}
	plan_free(&plan);
	warn_collect(NULL, NULL);
	return err;
}

int session_open(const struct session_options *o, struct session **out)
{
	struct session *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return fail_nomem();
	s->o = o;
	/* Until the file is closed: a second Ctrl-C must not cut short what the first began. */
	signals_catch(NULL);
	err = topology_load(&s->topology);
	if (!err)
		err = topology_xml(s->topology, &s->xml);
	if (!err)
		err = environment_collect("", &s->environment);
	if (!err) {
		s->environment_text = json_dumps(s->environment, JSON_COMPACT);
		err = s->environment_text ? 0 : fail_nomem();
	}
	if (!err) {
		clock_choose(&s->clock);
		err = clock_check(&s->clock);
	}
	if (!err)
		err = store_open(o->output, STORE_APPEND, &s->store);
	if (err) {
		session_close(s);
		return err;
	}
	*out = s;
	return 0;
}

void session_close(struct session *s)
{
	if (!s)
		return;
	store_close(s->store);
	topology_free(s->topology);
	json_decref(s->environment);
	free(s->environment_text);
	free(s->xml);
	free(s);
	signals_restore();
}

const struct topology *session_topology(const struct session *s)
{
	return s->topology;
}

struct store *session_store(struct session *s)
{
	return s->store;
}
