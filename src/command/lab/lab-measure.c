/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One measurement of the lab: its plan, its kernels, its file, exactly counted or timed. */
#include "config.h"
#include <errno.h>
#include <fnmatch.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/fail.h"
#include "base/safe-path.h"
#include "base/stream.h"
#include "base/text-of.h"
#include "command/lab/lab-kernels.h"
#include "command/lab/lab-measure.h"
#include "lab/run/timed.h"
#include "machine/environment/environment.h"
#include "report/compare/results.h"
#include "report/lab/lab-table.h"
#include "report/plot/plot.h"
#include "text/json.h"

#define DEFAULT_BOOTS 4

struct lab_measurement {
	const struct lab_options *o;
	struct lab_kernels kernels;
	struct plan plan;
	struct topology *topology;
	struct store *store;
	json_t *environment;
	const char *command;
	enum qemu_kind kind;
	int boot;			/* timed: which it is */
	struct tick_clock clock;
	int64_t run;			/* the last one */
	struct exact_summary summary;
	char *stem;			/* FILE.exb without its suffix: of what lies beside */
};

/* Warnings of a run are kept in its file, too. */
static void note_warning(void *arg, const char *text)
{
	struct lab_measurement *s = arg;

	fprintf(stderr, "exitbench: warning: %s\n", text);
	if (s->run)
		store_add_note(s->store, s->run, "warning", text);
}

/* Of those that are measured by default, the one behind AFTER, an ordinal; NULL: no more. */
static const struct workload *next_main(int after)
{
	const struct workload *next = NULL;

	for (const struct workload *const *w = workloads; *w; w++)
		if ((*w)->main > after && (!next || (*w)->main < next->main))
			next = *w;
	return next;
}

static int choose_workloads(const struct lab_options *o, char *buf, size_t size)
{
	size_t at = 0;

	if (o->workloads)
		return snprintf(buf, size, "%s", o->workloads) < (int)size ? 0 :
			fail(STATUS_USAGE, "-w: too long a list; use globs");
	for (const struct workload *w = next_main(0); w; w = next_main(w->main))
		at += snprintf(buf + at, size - at, "%s%s", at ? "," : "", w->name);
	return 0;
}

static bool sets(const struct strings *params, const char *name)
{
	size_t len = strlen(name);

	for (int i = 0; i < params->n; i++)
		if (!strncmp(params->v[i], name, len) && params->v[i][len] == '=')
			return true;
	return false;
}

/* One core each; unless something else is asked for, also the bare child, without a stamp. */
static int make_plan(struct lab_measurement *s)
{
	const struct lab_options *o = s->o;
	char names[1024];
	struct plan_request request = { .workloads = names, .params = o->params.v,
		.nparams = o->params.n, .arms = (const char *const *)s->kernels.names,
		.narms = s->kernels.n, .seed = s->o->seed };
	int err = choose_workloads(o, names, sizeof(names));

	if (!err)
		err = topology_load(&s->topology);
	if (!err)
		err = plan_make(&request, s->topology, &s->plan);
	if (!err && !o->workloads && !sets(&o->params, "stamp"))
		err = plan_add_cell(&s->plan, 0, "stamp=0");
	return err;
}

/* Which distances the boot's builds have. */
static unsigned int pad_of(const struct lab_measurement *s)
{
	return s->o->pads.n ? s->o->pads.v[s->boot % s->kernels.nbuilds] : 0;
}

static char *settings_json(const struct lab_measurement *s)
{
	const struct exact_options *o = &s->o->exact;
	json_t *json = json_pack("{s:s, s:b, s:I, s:I, s:I, s:o, s:o}", "mode",
		s->o->timed ? "timed" : "exact", "emulated", s->kind == QEMU_EMULATED, "ops",
		(json_int_t)o->ops, "instructions", (json_int_t)o->instructions, "memory_mb",
		(json_int_t)o->memory_mb, "machine", text_json(o->machine ? o->machine : "microvm"),
		"append", text_json(s->o->append ? s->o->append : ""));
	bool nomem = s->o->timed && json_object_set_new(json, "pad", json_integer(pad_of(s)));
	char *text = nomem ? NULL : json_dumps(json, 0);

	json_decref(json);
	return text;
}

static int begin_run(struct lab_measurement *s, const char *boot)
{
	char *env = json_dumps(s->environment, JSON_COMPACT), *settings = settings_json(s);
	struct store_run run = {
		.status = "running",
		.label = "lab",
		.command = s->command,
		.version = PACKAGE_VERSION,
		.seed = (int64_t)s->plan.seed,
		.switch_level = "vm",
		.boot = boot,
		.kernel = lab_kernels_release(&s->kernels),
		.unit = s->o->timed ? "ns" : "instructions",
		.resolution = 1,
		.clock = s->o->timed ? s->clock.name : "icount",
		.settings = settings,
		.environment = env,
	};
	int err;

	s->run = 0;
	err = env && settings ? store_add_run(s->store, &run, &s->run) : fail_nomem();
	free(env);
	free(settings);
	return err;
}

static const char *status_name(int err)
{
	return !err ? "done" : err == -STATUS_INTERRUPTED ? "interrupted" : "failed";
}

/* The first error is the one to tell. */
static int end_run(void *arg, int err)
{
	struct lab_measurement *s = arg;
	char why[1024];
	int end;

	if (!s->run)
		return err;
	snprintf(why, sizeof(why), "%s", fail_message());
	if (err)
		store_add_note(s->store, s->run, "error", why);
	end = store_end_run(s->store, s->run, status_name(err));
	return err ? fail(-err, "%s", why) : end;
}

/* What each guest's kernel said of itself, and which file it is. */
static int note_kernels(struct lab_measurement *s)
{
	char text[1024];
	const struct exact_kernel *builds = &s->kernels.exact[s->boot % s->kernels.nbuilds *
		s->kernels.n];
	int err = 0;

	for (int i = 0; i < s->kernels.n && !err; i++) {
		const struct exact_kernel *k = &builds[i];

		snprintf(text, sizeof(text), "%s: Linux %s, %s; %s", s->kernels.names[i],
			k->release ? k->release : "?", k->version ? k->version : "?", k->image);
		err = store_add_note(s->store, s->run, "kernel", text);
	}
	return err;
}

static int measure_exact(struct lab_measurement *s, const struct exact_options *o)
{
	/* Booting again gives the same: there is one boot, whenever it is. */
	int err = begin_run(s, "emulated");

	if (!err)
		err = exact_measure(&s->plan, s->kernels.exact, s->store, s->run, o, &s->summary);
	if (!err)
		err = note_kernels(s);
	return end_run(s, err);
}

/* Two builds differ in code layout, too: what was done about it. Malloc'ed. */
static char *layout_text(const struct lab_measurement *s)
{
	char *pads, *text;

	if (s->o->kernels.n)
		return strdup("kernels as they are given: how their code lies is part of the "
			"difference");
	if (s->kernels.nbuilds == 1)
		return strdup("one build of each kernel, functions aligned to 64 bytes: how code "
			"lies is part of the difference; --pad 1,2,3,4 varies it");
	pads = pads_text(&s->o->pads);
	text = text_of("%d builds of each kernel, a boot each in turn, with other distances in "
		"their code (--pad %s), functions aligned to 64 bytes", s->kernels.nbuilds,
		pads ? pads : "?");
	free(pads);
	return text;
}

static int note_layout(struct lab_measurement *s)
{
	char *text = layout_text(s);
	int err = text ? store_add_note(s->store, s->run, "layout", text) : fail_nomem();

	free(text);
	return err;
}

static int begin_boot(void *arg, int boot, enum qemu_kind kind, int64_t *run)
{
	struct lab_measurement *s = arg;
	char id[64];
	int err;

	s->boot = boot;
	s->kind = kind;
	snprintf(id, sizeof(id), "guests-%lld-%d", (long long)time(NULL), boot);
	err = begin_run(s, id);
	if (!err)
		err = note_layout(s);
	if (!err)
		err = note_kernels(s);
	*run = s->run;
	return err ? end_run(s, err) : 0;
}

/* As many as are asked for; else 4, or the next number of them that uses each build alike. */
static int boots(const struct lab_measurement *s)
{
	int builds = s->kernels.nbuilds;

	return s->o->boots ? s->o->boots : (DEFAULT_BOOTS + builds - 1) / builds * builds;
}

static int measure_timed(struct lab_measurement *s, const struct exact_options *o)
{
	struct timed_options t = { .exact = *o, .seconds = (double)s->o->time_ns / 1e9,
		.probe_limit = s->o->probe_limit,
		.boots = boots(s), .builds = s->kernels.nbuilds, .begin = begin_boot,
		.end = end_run, .arg = s };

	clock_choose(&s->clock);
	return timed_measure(&s->plan, s->kernels.exact, s->store, &t, &s->summary);
}

static int measure(struct lab_measurement *s)
{
	struct exact_options o = s->o->exact;
	size_t n = strlen(s->o->output);

	s->stem = strndup(s->o->output, n > 4 && !strcmp(s->o->output + n - 4, ".exb") ? n - 4 : n);
	if (!s->stem)
		return fail_nomem();
	o.keep_console = s->stem;
	return s->o->timed ? measure_timed(s, &o) : measure_exact(s, &o);
}

static int print_table(const struct lab_measurement *s, const struct lab_table *t)
{
	json_t *json;

	if (!s->o->json) {
		printf("\ninstructions per operation%s%s; under the others, how many more\n\n",
			t->nkernels > 1 ? " under " : "", t->nkernels > 1 ? t->kernels[0] : "");
		lab_table_text(t, stdout);
		return 0;
	}
	json = lab_table_json(t);
	json_object_set_new(json, "file", text_json(s->o->output));
	json_object_set_new(json, "run", json_integer(s->run));
	return json_print(json, 15);
}

static int write_table(const struct lab_measurement *s, const struct lab_table *t, const char *dir)
{
	const char *release = lab_kernels_release(&s->kernels);
	static const char subtitle[] = "The most frequent difference between the same operations; "
		"timer ticks left out. Instructions are not time.";
	char title[256], *path = text_of("%s/lab.tsv", dir);
	FILE *f = path ? stream_create(path) : NULL;
	int err = path ? -STATUS_MACHINE : fail_nomem();

	snprintf(title, sizeof(title), "What an operation takes more than under %s%s%s",
		t->kernels[0], release ? ", Linux " : "", release ? release : "");
	if (f) {
		lab_table_write(t, title, subtitle, f);
		err = stream_end(f, path, 0);
	}
	free(path);
	return err;
}

/* FILE-plots/lab.svg and .png, if there is gnuplot. */
static int draw(const struct lab_measurement *s, const struct lab_table *t)
{
	static const struct gnuplot_job jobs[] = {
		{ "lab", "lab.tsv", "lab.svg" },
		{ "lab", "lab.tsv", "lab.png" },
	};
	struct gnuplot g = { 0 };
	char *dir = text_of("%s-plots", s->stem), *safe = NULL;
	int err;

	if (!dir)
		return fail_nomem();
	err = safe_path_find(dir, &safe);
	free(safe);
	if (err)
		goto out;
	if (mkdir(dir, 0777) && errno != EEXIST)
		err = fail(STATUS_MACHINE, "%s: cannot make it: %s", dir, strerror(errno));
	else
		err = write_table(s, t, dir);
	if (!err && gnuplot_find(&g))
		warn("no pictures: %s", fail_message());
	else if (!err)
		err = gnuplot_run(&g, dir, jobs, 2);
	if (!err && !s->o->json)
		printf("pictures %s/lab.svg, .png; their table lab.tsv\n", dir);
	gnuplot_free(&g);
out:
	free(dir);
	return err;
}

/* The comparison that compare prints; its status, or negative after fail(). */
static int show_timed(const struct lab_measurement *s)
{
	struct dataset_options o = { .files = { s->o->output },
		.arms = { s->kernels.names[0], s->kernels.names[1] } };
	struct compare_options compare;
	struct results r;
	struct dataset *d;
	char *layout = layout_text(s);
	json_t *json;
	int err = layout ? dataset_open(&o, &d) : fail_nomem();

	if (err)
		goto out;
	compare_defaults(&compare);
	err = results_make(d, s->o->metrics, &compare, &r);
	if (err)
		goto close;
	if (s->o->json) {
		json = results_json(&r);
		json_object_set_new(json, "layout", text_json(layout));
		err = json_print(json, 9);
	} else {
		results_text(&r, stdout);
		printf("\nlayout   %s\n", layout);
	}
	results_free(&r);
close:
	dataset_close(d);
out:
	free(layout);
	return err;
}

static int show_exact(const struct lab_measurement *s)
{
	struct lab_table t;
	int err = lab_table_make(s->o->output, s->run, (const char *const *)s->kernels.names,
		s->kernels.n, s->o->metrics, &t);

	if (!err)
		err = print_table(s, &t);
	if (!err && !s->o->json)
		printf("\nresults  %s: %lld operations of %d workload%s in %d guest%s, %.0f s\n",
			s->o->output, (long long)s->summary.operations, s->summary.cells,
			s->summary.cells == 1 ? "" : "s", s->kernels.n, s->kernels.n == 1 ? "" : "s",
			s->summary.seconds);
	if (!err && s->kernels.n > 1)
		err = draw(s, &t);
	lab_table_free(&t);
	return err;
}

static int check_kernels(const struct lab_measurement *s)
{
	if (s->o->timed && s->o->boots % s->kernels.nbuilds)
		return fail(STATUS_USAGE, "--boots %d: not a multiple of the %d builds that --pad asks "
			"for, so some would count more than others", s->o->boots, s->kernels.nbuilds);
	if (!s->o->timed || s->kernels.n == 2)
		return 0;
	return fail(STATUS_USAGE, "lab --timed: two kernels take turns, and these are %d: name two with "
		"--variant or --kernel", s->kernels.n);
}

int lab_measure(const struct lab_options *o, const char *command)
{
	struct lab_measurement s = { .o = o, .command = command };
	int err = qemu_find();

	warn_collect(note_warning, &s);
	if (!err)
		err = lab_kernels_get(o, &s.kernels);
	if (!err)
		err = check_kernels(&s);
	if (!err)
		err = make_plan(&s);
	if (!err)
		err = environment_collect("", &s.environment);
	if (!err)
		err = store_open(o->output, STORE_APPEND, &s.store);
	if (!err)
		err = measure(&s);
	store_close(s.store);
	warn_collect(NULL, NULL);
	if (!err)
		err = o->timed ? show_timed(&s) : show_exact(&s);
	plan_free(&s.plan);
	topology_free(s.topology);
	json_decref(s.environment);
	lab_kernels_free(&s.kernels);
	free(s.stem);
	return err;
}
