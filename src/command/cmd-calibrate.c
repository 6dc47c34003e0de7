/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench calibrate: what this machine's noise lets through. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "base/fail.h"
#include "command/calibrate.h"
#include "command/command.h"
#include "command/repair.h"
#include "report/compare/calibration-text.h"
#include "text/options.h"
#include "text/units.h"

static const char usage[] =
	"usage: exitbench calibrate -o FILE [OPTION]...\n"
	"       exitbench calibrate --show FILE [--json]\n"
	"\n"
	"For each cell: measures two equal arms, then arms with known doses of 0.1 to 4% in\n"
	"user time and in exit_mmap. Prints the noise floor, the smallest effect that is found\n"
	"after so much time, and what came out of each dose. All of it is kept in FILE, where\n"
	"compare finds and cites it; its runs are not compared otherwise.\n"
	"\n"
	"  -o, --output FILE       the result file, .exb; an existing one is appended to\n"
	"  -s, --show              print the calibrations that FILE has; measures nothing\n"
	"  -w, --workload GLOB,... which workloads (fork-exit); see exitbench list\n"
	"  -p, --param K=V         a parameter of all cells; may be repeated\n"
	"  -c, --cores LIST        how many CPUs: 1,2,4,max or 1-4 (1)\n"
	"  -P, --place PLACE       which CPUs, as for exitbench run (compact)\n"
	"  -t, --time T            in all, shared out equally among the cells (10m)\n"
	"      --seed N            repeats a calibration's random order\n"
	"  -j, --json              machine-readable\n"
	"  -q, --quiet             no progress\n"
	"  -h, --help              this text\n"
	"\n"
	"Exit status: 0 done, 2 usage, 3 this machine cannot do it, 4 interrupted.\n";

#define CALIBRATE_TIME_NS (600 * NS_PER_S)
#define LEAST_NS (20 * NS_PER_S)	/* for a cell: a second for the first look */

enum { OPT_SEED = 256 };

static const struct option longs[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "show", no_argument, NULL, 's' },
	{ "workload", required_argument, NULL, 'w' },
	{ "param", required_argument, NULL, 'p' },
	{ "cores", required_argument, NULL, 'c' },
	{ "place", required_argument, NULL, 'P' },
	{ "time", required_argument, NULL, 't' },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "json", no_argument, NULL, 'j' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 }
};

struct options {
	const char *output;
	struct plan_request request;
	struct strings params, places;
	int64_t time_ns;
	bool quiet, json, show, help;
};

static int set_option(struct options *o, int c, const char *value)
{
	switch (c) {
	case 'o':
		o->output = value;
		break;
	case 's':
		o->show = true;
		break;
	case 'w':
		o->request.workloads = value;
		break;
	case 'p':
		return strings_add(&o->params, value);
	case 'c':
		o->request.cores = value;
		break;
	case 'P':
		return strings_add(&o->places, value);
	case 't':
		return parse_duration("--time", value, NS_PER_S, &o->time_ns);
	case OPT_SEED:
		return parse_u64("--seed", value, &o->request.seed);
	case 'j':
		o->json = true;
		break;
	case 'q':
		o->quiet = true;
		break;
	case 'h':
		o->help = true;
		break;
	}
	return 0;
}

static int print(const struct calibration *list, int n, bool json)
{
	json_t *all = json ? json_array() : NULL;
	int err = 0;

	for (int i = 0; i < n; i++) {
		if (json) {
			json_array_append_new(all, calibration_json(&list[i]));
			continue;
		}
		if (i)
			putchar('\n');
		calibration_text(&list[i], stdout);
	}
	if (json) {
		if (!all || json_dumpf(all, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(8)))
			err = fail_nomem();
		putchar('\n');
		json_decref(all);
	}
	return err;
}

static int show(const char *path, bool json)
{
	struct calibration *list = NULL;
	struct store *store;
	int err = store_open(path, STORE_READ, &store), n;

	if (err)
		return err;
	n = calibrations_load(store, &list);
	store_close(store);
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
	struct calibrate_options co = { .file = o->output, .params = o->params.v,
		.nparams = o->params.n, .measure = { .time_ns = o->time_ns / plan->ncells,
			.lead_in_ns = MEASURE_LEAD_IN_NS, .resolution = 1, .quiet = o->quiet } };
	struct calibration *list = calloc(plan->ncells, sizeof(*list));
	int err = list ? 0 : fail_nomem(), n = 0;

	if (!err && co.measure.time_ns < LEAST_NS)
		err = fail(STATUS_USAGE, "--time: %.3g s for each of %d cell%s; at least %d s each",
			(double)co.measure.time_ns / 1e9, plan->ncells,
			plan->ncells == 1 ? "" : "s", (int)(LEAST_NS / NS_PER_S));
	for (; n < plan->ncells && !err; n++) {
		/* Each cell makes four runs. */
		co.seed = o->request.seed + 4 * (uint64_t)n;
		err = calibrate_cell(s, &plan->cells[n], &co, &list[n]);
	}
	if (!err)
		err = print(list, n, o->json);
	calibrations_free(list, n);
	return err;
}

static int calibrate(const struct options *o, int argc, char **argv)
{
	char *command = command_line(argc, argv);
	struct session_options so = { .output = o->output, .command = command,
		.link = { .hang = 30 } };
	struct session *s = NULL;
	struct plan plan = { 0 };
	int err = command ? session_open(&so, &s) : fail_nomem();

	if (!err) {
		repair_leftovers();
		err = plan_make(&o->request, session_topology(s), &plan);
	}
	if (!err)
		err = calibrate_all(s, o, &plan);
	plan_free(&plan);
	session_close(s);
	free(command);
	return err;
}

static int parse(int argc, char **argv, struct options *o)
{
	uint32_t seed = 1;
	int c, err = 0;

	if (getrandom(&seed, sizeof(seed), 0) < 0)
		seed = (uint32_t)monotonic_ns();
	o->request.seed = seed;
	while (!err && (c = next_option(argc, argv, longs, &err)) != -1)
		err = set_option(o, c, optarg);
	if (err || o->help)
		return err;
	if (o->show)
		return check_arguments(argc, argv, 1, 1, "a result file");
	err = check_arguments(argc, argv, 0, 0, "options only");
	if (!err && !o->output)
		err = fail(STATUS_USAGE, "calibrate: where to? give -o FILE.exb");
	o->request.params = o->params.v;
	o->request.nparams = o->params.n;
	o->request.places = o->places.v;
	o->request.nplaces = o->places.n;
	return err;
}

int cmd_calibrate(int argc, char **argv)
{
	struct options o = { .request.workloads = "fork-exit", .time_ns = CALIBRATE_TIME_NS };
	int err = parse(argc, argv, &o);

	if (!err && o.help)
		fputs(usage, stdout);
	else if (!err && o.show)
		err = show(argv[optind], o.json);
	else if (!err)
		err = calibrate(&o, argc, argv);
	free(o.params.v);
	free(o.places.v);
	return err;
}
