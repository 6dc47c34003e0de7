/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of a command line: options, choices, lists. */
#ifndef EXITBENCH_OPTIONS_H
#define EXITBENCH_OPTIONS_H

#include <getopt.h>

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
