/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a subcommand: its options, its help, what it does. */
#include "config.h"
#include <stdlib.h>
#include "base/fail.h"
#include "command/command.h"

static void print_help(const struct subcommand *c)
{
	puts(c->about);
	options_help(c->rows, stdout);
	if (c->parts)
		puts("\nParts, each with its own --help:");
	for (const struct subcommand *const *p = c->parts; p && *p; p++)
		printf("  exitbench %-14s %s\n", (*p)->name, (*p)->does);
	if (c->more)
		printf("\n%s", c->more);
}

int command_execute(const struct subcommand *c, int argc, char **argv)
{
	char *line = command_line(argc, argv);	/* before parsing sorts it */
	struct arguments a = { .command = c->name, .line = line };
	void *options = calloc(1, c->size);
	bool help = false;
	int err = line && options ? 0 : fail_nomem();

	if (!err && c->defaults)
		c->defaults(options);
	if (!err)
		err = options_parse(c->rows, argc, argv, options, &a, &help);
	if (help)
		print_help(c);
	else if (!err)
		err = c->run(options, &a);
	if (!help && options && c->status)
		err = c->status(options, err);
	if (options)
		options_free(c->rows, options);
	free(options);
	free(line);
	return err;
}
