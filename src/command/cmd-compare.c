/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench compare: two sides, percentile by percentile, and a verdict. */
#include "config.h"
#include "text/json.h"
#include "base/fail.h"
#include "command/command.h"
#include "command/sides.h"
#include "report/compare/results.h"

enum format { FORMAT_TEXT, FORMAT_MARKDOWN, FORMAT_JSON, FORMAT_CSV, FORMAT_JUNIT, FORMAT_KTAP };
static const char *const formats[] = { "text", "markdown", "json", "csv", "junit", "ktap", NULL };

struct options {
	struct sides sides;
	struct compare_options compare;
	int format;
};

static const struct option_row rows[] = {
	SIDES_ROWS(struct options, sides, ""),
	{ "format", 'f', "FORMAT", TO_CHOICE(struct options, format), NULL, .words = formats,
		.def = "text" },
	{ "json", 'j', NULL, TO_SET(struct options, format), "the same as --format json",
		.set = FORMAT_JSON },
	{ 0 }
};

static int print(const struct results *r, int format)
{
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
		return json_print(results_json(r), 9);
	}
	return 0;
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

static int run(void *options, const struct arguments *a)
{
	struct options *o = options;
	int err = check_arguments(a, 1, 2, "two result files, or one that has two arms");

	if (err)
		return err;
	sides_files(&o->sides, a);
	compare_defaults(&o->compare);
	o->compare.margin = o->sides.margin;
	return compare(o);
}

const struct subcommand command_compare = {
	.name = "compare",
	.does = "percentiles before and after, the change, an interval",
	.about =
		"usage: exitbench compare [OPTION]... BEFORE AFTER\n"
		"       exitbench compare [OPTION]... FILE\n"
		"\n"
		"Compares two result files, or the first two arms in one file, cell by cell:\n"
		"percentiles, the change at each with its 95% interval and a band that holds for all\n"
		"of them at once, the effect, the worst percentile, and a verdict against the margin.\n",
	.rows = rows,
	.more =
		"Exit status: 0 no regression, 1 a regression in a cell's primary metric (corrected\n"
		"for the number of cells), 2 usage or bad input.\n",
	.size = sizeof(struct options),
	.run = run,
};
