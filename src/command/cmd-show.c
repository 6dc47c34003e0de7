/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench show: what a result file holds. */
#include "config.h"
#include "command/command.h"
#include "report/show/show.h"

struct options {
	bool json, environment, verbose;
};

static const struct option_row rows[] = {
	{ "json", 'j', NULL, TO_FLAG(struct options, json),
		"all of it but the samples, machine-readable" },
	{ "env", 'e', NULL, TO_FLAG(struct options, environment),
		"only the machine and kernel it was measured on, as JSON" },
	{ "verbose", 'v', NULL, TO_FLAG(struct options, verbose),
		"also parameters at their defaults, and the settings" },
	{ 0 }
};

static int run(void *options, const struct arguments *a)
{
	const struct options *o = options;
	struct show s = { .verbose = o->verbose };
	int err = check_arguments(a, 1, 1, "one result file");

	if (err)
		return err;
	/* Who has it open, and has a run without an end, is measuring. */
	s.in_use = store_in_use(a->v[0]);
	err = store_open(a->v[0], STORE_READ, &s.store);
	if (err)
		return err;
	if (o->json)
		err = show_json(&s);
	else
		err = o->environment ? show_environment(&s) : show_text(&s);
	store_close(s.store);
	return err;
}

const struct subcommand command_show = {
	.name = "show",
	.does = "what a result file holds",
	.about =
		"usage: exitbench show FILE [--json] [--env] [--verbose]\n"
		"\n"
		"What a result file holds: its runs; of each its arms, its cells with what was counted\n"
		"in them, and the notes taken while it ran.\n",
	.rows = rows,
	.size = sizeof(struct options),
	.run = run,
};
