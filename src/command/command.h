/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The subcommands. */
#ifndef EXITBENCH_COMMAND_H
#define EXITBENCH_COMMAND_H

#include "text/options.h"

struct subcommand {
	const char *name;		/* "run", "lab build" */
	const char *does;		/* a line of exitbench --help */
	const char *about;		/* --help above the options: usage, a paragraph or more */
	const struct option_row *rows;
	const char *more;		/* and below them, or NULL */
	const struct subcommand *const *parts;	/* "lab build" of "lab"; NULL at the end, or NULL */
	const char *words;		/* proposed for its argument, or NULL */
	size_t size;			/* of what rows fill, which is 0 before */
	void (*defaults)(void *options);	/* those that are not in rows, or NULL */
	/* An exit status, or the negative of one after fail(). */
	int (*run)(void *options, const struct arguments *a);
	/* What becomes of that, and of an error in the options; NULL: nothing else. */
	int (*status)(const void *options, int err);
};

/*
 * Parses ARGV, whose first is the name, and runs C or prints its help. An exit status, or
 * the negative of one after fail().
 */
int command_execute(const struct subcommand *c, int argc, char **argv);

extern const struct subcommand command_calibrate, command_compare, command_doctor, command_export,
	command_history, command_import, command_list, command_merge, command_plot, command_prove,
	command_report, command_run, command_show;
extern const struct subcommand command_lab, command_lab_bisect, command_lab_build,
	command_lab_variants;

#endif
