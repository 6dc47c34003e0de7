/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench history: published figures, and what they can and cannot support. */
#include "config.h"
#include <stdbool.h>
#include "base/fail.h"
#include "command/command.h"
#include "report/history/history-report.h"
#include "text/options.h"
#include "text/units.h"

static const char usage[] =
	"usage: exitbench history [OPTION]...\n"
	"\n"
	"What was published about the cost of locking in process exit, with its sources, and\n"
	"what each comparison can and cannot support: the change with a 95% interval (Welch's\n"
	"t over runs), the smallest slowdown that such runs show four times in five, how many\n"
	"runs would show the margin.\n"
	"\n"
	"  -d, --data FILE     other figures; the format is that of the published.json that is\n"
	"                      installed with exitbench\n"
	"  -M, --margin PCT    a change that does not matter (1)\n"
	"  -m, --markdown      the table alone, in Markdown\n"
	"  -j, --json          machine-readable\n"
	"  -h, --help          this text\n";

static const struct option longs[] = {
	{ "data", required_argument, NULL, 'd' },
	{ "margin", required_argument, NULL, 'M' },
	{ "markdown", no_argument, NULL, 'm' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 }
};

struct options {
	const char *data;
	double margin;
	bool markdown, json, help;
};

static int parse(int argc, char **argv, struct options *o)
{
	int c, err = 0;

	while (!err && (c = next_option(argc, argv, longs, &err)) != -1) {
		if (c == 'd')
			o->data = optarg;
		else if (c == 'M')
			err = parse_margin(optarg, &o->margin);
		o->markdown |= c == 'm';
		o->json |= c == 'j';
		o->help |= c == 'h';
	}
	if (err || o->help)
		return err;
	if (o->markdown && o->json)
		return fail(STATUS_USAGE, "--json and --markdown: choose one");
	return check_arguments(argc, argv, 0, 0, "no arguments; figures are given with --data");
}

static int print_json(const struct history *h)
{
	json_t *o = history_json(h);
	int err = o ? json_dumpf(o, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) : -1;

	json_decref(o);
	putchar('\n');
	return err ? fail_nomem() : 0;
}

int cmd_history(int argc, char **argv)
{
	struct options o = { .margin = 0.01 };
	struct history h;
	int err = parse(argc, argv, &o);

	if (err)
		return err;
	if (o.help) {
		fputs(usage, stdout);
		return 0;
	}
	err = history_make(o.data, o.margin, &h);
	if (!err && o.json)
		err = print_json(&h);
	else if (!err && o.markdown)
		history_markdown(&h, stdout);
	else if (!err)
		history_text(&h, stdout);
	history_free(&h);
	return err;
}
