/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench compare: two sides, percentile by percentile, and a verdict. */
#include "config.h"
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "command/command.h"
#include "command/sides.h"
#include "report/compare/results.h"
#include "text/options.h"
#include "text/units.h"

static const char usage[] =
	"usage: exitbench compare [OPTION]... BEFORE AFTER\n"
	"       exitbench compare [OPTION]... FILE\n"
	"\n"
	"Compares two result files, or the first two arms in one file, cell by cell:\n"
	"percentiles, the change at each with its 95% interval and a band that holds for all\n"
	"of them at once, the effect, the worst percentile, and a verdict against the margin.\n"
	"\n"
	SIDES_METRIC_HELP
	"  -M, --margin PCT     a change that does not matter (1)\n"
	"  -b, --before ARM     the arm that is before, and\n"
	"  -a, --after ARM      the arm that is after (the first and the second)\n"
	"  -f, --format FORMAT  text, markdown, json, csv, junit, ktap (text)\n"
	"  -j, --json           the same as --format json\n"
	"  -h, --help           this text\n"
	"\n"
	"Exit status: 0 no regression, 1 a regression in a cell's primary metric (corrected\n"
	"for the number of cells), 2 usage or bad input.\n";

static const struct option longs[] = {
	SIDES_LONGS,
	{ "format", required_argument, NULL, 'f' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 }
};

enum format { FORMAT_TEXT, FORMAT_MARKDOWN, FORMAT_JSON, FORMAT_CSV, FORMAT_JUNIT, FORMAT_KTAP };
static const char *const formats[] = { "text", "markdown", "json", "csv", "junit", "ktap", NULL };

struct options {
	struct sides sides;
	struct compare_options compare;
	int format;
	bool help;
};

static int set_option(struct options *o, int c, const char *value)
{
	switch (c) {
	case 'f':
		return parse_choice("--format", value, formats, &o->format);
	case 'j':
		o->format = FORMAT_JSON;
		break;
	case 'h':
		o->help = true;
		break;
	default:
		return sides_set(&o->sides, c, value);
	}
	return 0;
}

static int print(const struct results *r, enum format format)
{
	json_t *json;
	int err = 0;

	switch (format) {
	case FORMAT_TEXT:
		results_text(r, stdout);
		break;
	case FORMAT_MARKDOWN:
		results_markdown(r, stdout);
		break;
	case FORMAT_CSV:
		results_csv(r, stdout);
		break;
	case FORMAT_JUNIT:
		results_junit(r, stdout);
		break;
	case FORMAT_KTAP:
		results_ktap(r, stdout);
		break;
	case FORMAT_JSON:
		json = results_json(r);
		if (!json || json_dumpf(json, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(9)))
			err = fail_nomem();
		putchar('\n');
		json_decref(json);
		break;
	}
	return err;
}

static int compare(const struct options *o)
{
	struct dataset *d;
	struct results r;
	int err = dataset_open(&o->sides.data, &d);

	if (err)
		return err;
	err = results_make(d, o->sides.metrics, &o->compare, &r);
	if (!err) {
		err = print(&r, o->format);
		if (!err && r.verdict == COMPARE_REGRESSION)
			err = STATUS_REGRESSION;
		results_free(&r);
	}
	dataset_close(d);
	return err;
}

int cmd_compare(int argc, char **argv)
{
	struct options o = { .sides = SIDES_DEFAULT, .format = FORMAT_TEXT };
	int c, err = 0;

	compare_defaults(&o.compare);
	while (!err && (c = next_option(argc, argv, longs, &err)) != -1)
		err = set_option(&o, c, optarg);
	if (!err && o.help) {
		fputs(usage, stdout);
		return 0;
	}
	if (!err)
		err = check_arguments(argc, argv, 1, 2, "two result files, or one that has two arms");
	if (err)
		return err;
	sides_files(&o.sides, argc, argv);
	o.compare.margin = o.sides.margin;
	return compare(&o);
}
