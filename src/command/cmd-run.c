/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench run: measures, and appends to a result file. */
#include "config.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/fail.h"
#include "command/cells.h"
#include "command/command.h"
#include "command/repair.h"
#include "measure/session.h"
#include "text/json.h"
#include "text/units.h"

struct options {
	const char *output, *label;
	struct cells cells;
	struct measure_options measure;
	struct link_options link;
	int64_t resolution, hang_ns;
	bool json;
};

static const struct option_row rows[] = {
	{ "output", 'o', "FILE", TO_TEXT(struct options, output), "the result file, .exb" },
	WORKLOAD_ROW(struct options, cells, .shown = PLAN_WORKLOADS),
	PARAM_ROW(struct options, cells),
	CORES_ROW(struct options, cells),
	PLACE_ROW(struct options, cells),
	{ "child", 0, "WHERE,...", TO_CHOICES(struct options, cells.request.children),
		"where children go: to their parent's CPU, another thread of its core, another "
		"core, another NUMA node", .words = child_place_names, .shown = "same" },
	{ "arm", 'a', "NAME[:K=V,..]", TO_TEXTS(struct options, cells.arms), "what is compared",
		.shown = "one arm, 'run'" },
	{ "time", 't', "T", TO_TIME(struct options, measure.time_ns),
		"in all, shared out equally among the cells", .shown = OPTION_NUMBER(MEASURE_TIME_S) "s",
		.min = "1ms" },
	{ "ops", 'n', "N", TO_COUNT(struct options, measure.ops),
		"until each arm of each cell has N operations",
		.min = "1", .low = "nothing to measure; at least 1" },
	{ "until-ci", 0, "PCT", TO_PERCENT(struct options, measure.until_ci),
		"until the effect's interval is this tight, +-PCT; it holds however often it is "
		"looked at",
		.above = "0", .low = "never reached; take 0.1, say" },
	{ "label", 'l', "TEXT", TO_TEXT(struct options, label),
		"a name for the run, such as the kernel's" },
	SEED_ROW(struct options, cells.request.seed, "a run's"),
	{ "block-time", 0, "T", TO_TIME(struct options, measure.block_ns),
		"recorded part of a block", .shown = OPTION_NUMBER(MEASURE_BLOCK_MS) "ms; longer where "
		"the time between blocks is over a two-hundredth of it", .min = "10us", .max = "100s" },
	{ "lead-in", 0, "T", TO_TIME(struct options, measure.lead_in_ns),
		"operations before it that are not recorded", .max = "100s",
		.def = OPTION_NUMBER(MEASURE_LEAD_IN_MS) "ms" },
	{ "resolution", 0, "NS", TO_TIME(struct options, resolution),
		"samples are stored in multiples of this; 16 saves a third of the space",
		.def = "1", .bare = 1, .min = "1", .max = "1000000" },
	{ "hang", 0, "T", TO_TIME(struct options, hang_ns),
		"a worker that does nothing for so long is killed", .min = "1s",
		.def = OPTION_NUMBER(LINK_HANG_S) "s" },
	{ "json", 0, NULL, TO_FLAG(struct options, json),
		"a summary on stdout, machine-readable" },
	{ "shared-image", 0, NULL, TO_FLAG(struct options, link.shared_image),
		"all workers run one executable file, for tests", .hidden = true },
	{ "quiet", 'q', NULL, TO_FLAG(struct options, measure.quiet), "no progress" },
	{ 0 }
};

static int print_summary(const struct options *o, const struct session_run *run)
{
	const struct measure_summary *m = &run->summary;

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
	return json_print(json_pack("{s:o, s:I, s:s, s:I, s:I, s:I, s:f, s:f, s:I, s:i}", "file",
		text_json(o->output), "run", (json_int_t)run->id, "status", run->status,
		"operations", (json_int_t)m->operations, "failed", (json_int_t)m->failed,
		"blocks", (json_int_t)m->blocks, "seconds", m->seconds,
		"overhead", m->overhead, "seed", (json_int_t)o->cells.request.seed,
		"cells", run->cells), 6);
}

static int measure_into(const struct options *o, const char *command)
{
	struct session_options so = { .output = o->output, .command = command, .link = o->link };
	struct plan_request request = cells_request(&o->cells);
	struct session *s = NULL;
	struct session_run run;
	char why[1024];
	int err = session_open(&so, &s), late;

	if (!err) {
		repair_leftovers();
		err = session_measure(s, &request, &o->measure, o->label, &run);
		/* The first error is the one to tell. */
		snprintf(why, sizeof(why), "%s", fail_message());
		late = run.id ? print_summary(o, &run) : 0;
		err = err ? fail(-err, "%s", why) : late;
	}
	session_close(s);
	return err;
}

static void set_defaults(void *options)
{
	((struct options *)options)->cells.request.seed = random_seed();
}

static int run(void *options, const struct arguments *a)
{
	struct options *o = options;
	struct measure_options *m = &o->measure;
	int err = check_arguments(a, 0, 0, "options only");

	if (err)
		return err;
	if (!o->output)
		return fail(STATUS_USAGE, "run: where to? give -o FILE.exb");
	if (m->until_ci > 0 && o->cells.arms.n < 2)
		return fail(STATUS_USAGE,
			"--until-ci: an effect has two arms; give --arm twice, or --time");
	if (!m->time_ns && !m->ops && m->until_ci <= 0)
		m->time_ns = MEASURE_TIME_S * NS_PER_S;
	m->resolution = (double)o->resolution;
	o->link.hang = (double)o->hang_ns / 1e9;
	return measure_into(o, a->line);
}

const struct subcommand command_run = {
	.name = "run",
	.does = "measure; results are appended to a file",
	.about =
		"usage: exitbench run -o FILE [OPTION]...\n"
		"\n"
		"Measures, and appends a run to FILE (made if there is none). With two or more arms,\n"
		"their blocks alternate in random order; the samples of both are in the same file.\n",
	.rows = rows,
	.more =
		"Times take ns, us, ms, s, m, h. The limits may be combined; the first ends the run.\n"
		"Exit status: 0 done, 2 usage, 3 this machine cannot do it, 4 interrupted.\n",
	.size = sizeof(struct options),
	.defaults = set_defaults,
	.run = run,
};
