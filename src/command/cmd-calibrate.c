/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench calibrate: what this machine's noise lets through. */
#include "config.h"
#include "text/json.h"
#include <stdio.h>
#include <stdlib.h>
#include "base/fail.h"
#include "command/calibrate.h"
#include "command/cells.h"
#include "command/command.h"
#include "command/repair.h"
#include "report/compare/calibration-text.h"
#include "text/units.h"

#define LEAST_NS (20 * NS_PER_S)	/* for a cell: a second for the first look */

struct options {
	const char *output;
	struct cells cells;
	int64_t time_ns;
	bool quiet, json, show;
};

static const struct option_row rows[] = {
	{ "output", 'o', "FILE", TO_TEXT(struct options, output),
		"the result file, .exb; an existing one is appended to" },
	{ "show", 's', NULL, TO_FLAG(struct options, show),
		"print the calibrations that FILE has; measures nothing" },
	WORKLOAD_ROW(struct options, cells, .def = "fork-exit"),
	PARAM_ROW(struct options, cells),
	CORES_ROW(struct options, cells),
	PLACE_ROW(struct options, cells),
	{ "time", 't', "T", TO_TIME(struct options, time_ns),
		"in all, shared out equally among the cells", .def = "10m" },
	SEED_ROW(struct options, cells.request.seed, "a calibration's"),
	{ "json", 'j', NULL, TO_FLAG(struct options, json), "machine-readable" },
	{ "quiet", 'q', NULL, TO_FLAG(struct options, quiet), "no progress" },
	{ 0 }
};

static int print(const struct calibration *list, int n, bool json)
{
	json_t *all = json ? json_array() : NULL;

	for (int i = 0; i < n; i++) {
		if (json) {
			json_array_append_new(all, calibration_json(&list[i]));
			continue;
		}
		if (i)
			putchar('\n');
		calibration_text(&list[i], stdout);
	}
	return json ? json_print(all, 8) : 0;
}

static int show(const char *path, bool json)
{
	struct calibration *list = NULL;
	int n = calibrations_in_file(path, &list), err;

	if (n < 0)
		return n;
	if (!n && !json)
		return fail(STATUS_USAGE, "%s: has no calibration; make one: exitbench calibrate -o %s",
			path, path);
	err = print(list, n, json);
	calibrations_free(list, n);
	return err;
}

static int calibrate_all(struct session *s, const struct options *o, const struct plan *plan)
{
	struct calibrate_options co = { .file = o->output, .params = o->cells.params.v,
		.nparams = o->cells.params.n, .measure = { .time_ns = o->time_ns / plan->ncells,
			.lead_in_ns = MEASURE_LEAD_IN_MS * NS_PER_MS, .resolution = 1, .quiet = o->quiet } };
	struct calibration *list = calloc(plan->ncells, sizeof(*list));
	int err = list ? 0 : fail_nomem(), n = 0;

	if (!err && co.measure.time_ns < LEAST_NS)
		err = fail(STATUS_USAGE, "--time: %.3g s for each of %d cell%s; at least %d s each",
			(double)co.measure.time_ns / 1e9, plan->ncells,
			plan->ncells == 1 ? "" : "s", (int)(LEAST_NS / NS_PER_S));
	for (; n < plan->ncells && !err; n++) {
		/* Each cell makes four runs. */
		co.seed = o->cells.request.seed + 4 * (uint64_t)n;
		err = calibrate_cell(s, &plan->cells[n], &co, &list[n]);
	}
	if (!err)
		err = print(list, n, o->json);
	calibrations_free(list, n);
	return err;
}

static int calibrate(const struct options *o, const char *command)
{
	struct session_options so = { .output = o->output, .command = command,
		.link = { .hang = LINK_HANG_S } };
	struct plan_request request = cells_request(&o->cells);
	struct session *s = NULL;
	struct plan plan = { 0 };
	int err = session_open(&so, &s);

	if (!err) {
		repair_leftovers();
		err = plan_make(&request, session_topology(s), &plan);
	}
	if (!err)
		err = calibrate_all(s, o, &plan);
	plan_free(&plan);
	session_close(s);
	return err;
}

static void set_defaults(void *options)
{
	((struct options *)options)->cells.request.seed = random_seed();
}

static int run(void *options, const struct arguments *a)
{
	const struct options *o = options;
	int err;

	if (o->show) {
		err = check_arguments(a, 1, 1, "a result file");
		return err ? err : show(a->v[0], o->json);
	}
	err = check_arguments(a, 0, 0, "options only");
	if (!err && !o->output)
		err = fail(STATUS_USAGE, "calibrate: where to? give -o FILE.exb");
	return err ? err : calibrate(o, a->line);
}

const struct subcommand command_calibrate = {
	.name = "calibrate",
	.does = "this machine's noise floor, and the smallest effect seen",
	.about =
		"usage: exitbench calibrate -o FILE [OPTION]...\n"
		"       exitbench calibrate --show FILE [--json]\n"
		"\n"
		"For each cell: measures two equal arms, then arms with known doses of 0.1 to 4% in\n"
		"user time and in exit_mmap. Prints the noise floor, the smallest effect that is found\n"
		"after so much time, and what came out of each dose. All of it is kept in FILE, where\n"
		"compare finds and cites it; its runs are not compared otherwise.\n",
	.rows = rows,
	.more =
		"Exit status: 0 done, 2 usage, 3 this machine cannot do it, 4 interrupted.\n",
	.size = sizeof(struct options),
	.defaults = set_defaults,
	.run = run,
};
