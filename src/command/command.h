/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all subcommands have in common. */
#ifndef EXITBENCH_COMMAND_H
#define EXITBENCH_COMMAND_H

#include <getopt.h>

/*
 * The subcommands; argv[0] is the name. Each returns an exit status, or the negative of one
 * after fail(): then main() prints the message.
 */
int cmd_calibrate(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_history(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_lab(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_plot(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_prove(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_show(int argc, char **argv);

/*
 * getopt_long() that starts anew for each subcommand, prints nothing, and turns what it
 * does not know into fail(): then *err is negative and -1 is returned. LONGS alone
 * decides; an option's val is its letter, or anything above 255 if it has none. Options
 * may follow arguments.
 */
int next_option(int argc, char **argv, const struct option *longs, int *err);

/* Between FEWEST and MOST arguments are left? Else fail(), with what they should be. */
int check_arguments(int argc, char **argv, int fewest, int most, const char *what);

/* ARGV as one line that a shell takes; malloc'ed, NULL without memory. */
char *command_line(int argc, char **argv);

/* "one of A, B, C" in TEXT as its index, or fail(). NAMES end with NULL. */
int parse_choice(const char *what, const char *text, const char *const *names, int *out);

/* A comma-separated list of NAMES, or "all", as a mask of their indices. */
int parse_choices(const char *what, const char *list, const char *const *names,
	unsigned int *mask);

/* --margin: more than 0 and at most 100 per cent; 0.01 for 1%. */
int parse_margin(const char *text, double *margin);

/* Appends to a list of borrowed strings; n grows. 0 or -STATUS_MACHINE. */
struct strings {
	const char **v;
	int n;
};
int strings_add(struct strings *s, const char *text);

#endif
