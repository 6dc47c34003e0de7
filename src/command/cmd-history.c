/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench history: published figures, and what they can and cannot support. */
#include "config.h"
#include <stdbool.h>
#include "base/fail.h"
#include "command/command.h"
#include "command/sides.h"
#include "report/history/history-report.h"
#include "text/json.h"

struct options {
	const char *data;
	double margin;
	bool markdown, json;
};

static const struct option_row rows[] = {
	{ "data", 'd', "FILE", TO_TEXT(struct options, data), "other figures; the format is that "
		"of the published.json that is installed with exitbench; - for standard input" },
	MARGIN_ROW(struct options, margin),
	{ "markdown", 'm', NULL, TO_FLAG(struct options, markdown),
		"the table alone, in Markdown" },
	{ "json", 'j', NULL, TO_FLAG(struct options, json), "machine-readable" },
	{ 0 }
};

static int run(void *options, const struct arguments *a)
{
	const struct options *o = options;
	struct history h;
	int err;

	if (o->markdown && o->json)
		return fail(STATUS_USAGE, "--json and --markdown: choose one");
	err = check_arguments(a, 0, 0, "no arguments; figures are given with --data");
	if (err)
		return err;
	err = history_make(o->data, o->margin, &h);
	if (!err && o->json)
		err = json_print(history_json(&h), 9);
	else if (!err && o->markdown)
		history_markdown(&h, stdout);
	else if (!err)
		history_text(&h, stdout);
	history_free(&h);
	return err;
}

const struct subcommand command_history = {
	.name = "history",
	.does = "published figures, and what they can and cannot support",
	.about =
		"usage: exitbench history [OPTION]...\n"
		"\n"
		"What was published about the cost of locking in process exit, with its sources, and\n"
		"what each comparison can and cannot support: the change with a 95% interval (Welch's\n"
		"t over runs), the smallest slowdown that such runs show four times in five, how many\n"
		"runs would show the margin.\n",
	.rows = rows,
	.size = sizeof(struct options),
	.run = run,
};
