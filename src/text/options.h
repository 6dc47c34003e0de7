/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Command-line options: one row each. From the rows come parsing with its errors, --help,
 * the completion of shells and the manual page's lists.
 */
#ifndef EXITBENCH_OPTIONS_H
#define EXITBENCH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A list of borrowed strings; n grows. v is malloc'ed. */
struct strings {
	const char **v;
	int n;
};
int strings_add(struct strings *s, const char *text);	/* 0 or -STATUS_MACHINE */

/* Each with the type of its field. Numbers take no sign; see units.h for how they look. */
enum option_type {
	OPTION_FLAG,		/* bool, without a value */
	OPTION_SET,		/* int, without a value: becomes .set */
	OPTION_TEXT,		/* const char *, borrowed; the last one counts */
	OPTION_TEXTS,		/* struct strings; may be repeated */
	OPTION_CHOICE,		/* int: index of one of .words */
	OPTION_CHOICES,		/* unsigned int: mask of those in "a,b", or "all" */
	OPTION_COUNT,		/* int64_t: 200, 1.5k */
	OPTION_INT,		/* int: the same */
	OPTION_U64,		/* uint64_t: digits only */
	OPTION_TIME,		/* int64_t, ns; a bare number is in .bare ns, or in seconds */
	OPTION_SIZE,		/* int64_t, bytes */
	OPTION_PERCENT,		/* double: 1.5 for 1.5% */
	OPTION_FRACTION,	/* double: 0.015 for 1.5% */
	OPTION_SPECIAL,		/* any: .parse takes it */
};

/*
 * The first six are given in this order; what is left out of the others is not there. Bounds
 * and default are text as a user would write it, so that messages can say them.
 */
struct option_row {
	const char *name;	/* without "--"; NULL ends a table */
	char letter;		/* or 0 */
	const char *value;	/* what help calls its value; NULL: takes none */
	enum option_type type;
	size_t at;		/* offset of the field */
	const char *help;	/* words come behind it, then the default */

	const char *def;	/* the default: parsed before all others, shown in help */
	const char *shown;	/* shown instead of, or without, a default */
	const char *min, *above, *max;	/* bounds: at least, more than, at most */
	const char *low;	/* said of what is too low, instead of the bounds */
	const char *const *words;	/* the choices, NULL at the end; else only proposed */
	const char *(*propose)(int i);	/* shells propose that, too; NULL: no more */
	int64_t bare;
	int set;
	int (*parse)(const char *what, const char *text, void *field);	/* 0, or after fail() */
	bool optional;		/* the value; comes as --name=VALUE only */
	bool hidden;		/* from help */
};

/* Type and offset of FIELD in struct type BASE; no row compiles with a field of another type. */
#define OPTION_FIELD(kind, ctype, base, field) .type = kind, .at = offsetof(base, field) +	\
	0 * sizeof(char[1 - 2 * !__builtin_types_compatible_p(ctype,		\
		__typeof__(((base *)0)->field))])
#define TO_FLAG(base, field) OPTION_FIELD(OPTION_FLAG, bool, base, field)
#define TO_SET(base, field) OPTION_FIELD(OPTION_SET, int, base, field)
#define TO_TEXT(base, field) OPTION_FIELD(OPTION_TEXT, const char *, base, field)
#define TO_TEXTS(base, field) OPTION_FIELD(OPTION_TEXTS, struct strings, base, field)
#define TO_CHOICE(base, field) OPTION_FIELD(OPTION_CHOICE, int, base, field)
#define TO_CHOICES(base, field) OPTION_FIELD(OPTION_CHOICES, unsigned int, base, field)
#define TO_COUNT(base, field) OPTION_FIELD(OPTION_COUNT, int64_t, base, field)
#define TO_INT(base, field) OPTION_FIELD(OPTION_INT, int, base, field)
#define TO_U64(base, field) OPTION_FIELD(OPTION_U64, uint64_t, base, field)
#define TO_TIME(base, field) OPTION_FIELD(OPTION_TIME, int64_t, base, field)
#define TO_SIZE(base, field) OPTION_FIELD(OPTION_SIZE, int64_t, base, field)
#define TO_PERCENT(base, field) OPTION_FIELD(OPTION_PERCENT, double, base, field)
#define TO_FRACTION(base, field) OPTION_FIELD(OPTION_FRACTION, double, base, field)
#define TO_SPECIAL(base, field) .type = OPTION_SPECIAL, .at = offsetof(base, field)

/* Numbers as text, for bounds. */
#define OPTION_NUMBER_TEXT(n) #n
#define OPTION_NUMBER(n) OPTION_NUMBER_TEXT(n)

/* What JSON and a result file can hold. */
#define OPTION_INT64_MAX "9223372036854775807"
#define OPTION_INT_MAX "2147483647"

/* At most so many rows in a table. */
#define OPTIONS_MOST 48

/* What is left behind the options. */
struct arguments {
	const char *command;	/* that takes them, for messages: "lab build" */
	int n;
	char **v;		/* n, and NULL */
	const char *line;	/* the command line as a shell takes it; NULL before it is made */
};

/*
 * Puts the defaults, then the options of ARGV into *BASE, which the caller has set to 0. The
 * table alone decides: options may follow arguments, long names may be shortened. Takes -h
 * and --help, too: then *help is true and the rest is not looked at. ARGV is sorted; *args,
 * whose command is set, gets what is left. 0, or negative after fail(): one line that names
 * option, value and remedy. BASE is for options_free() after both.
 */
int options_parse(const struct option_row *rows, int argc, char **argv, void *base,
	struct arguments *args, bool *help);
void options_free(const struct option_row *rows, void *base);

/* Between FEWEST and MOST arguments are left? Else fail(), with what they should be. */
int check_arguments(const struct arguments *a, int fewest, int most, const char *what);

/* The rows that are not hidden, and --help, as a list in two columns. */
void options_help(const struct option_row *rows, FILE *out);

/* The same but --help in mdoc(7), for the manual page. */
void options_mdoc(const struct option_row *rows, FILE *out);

/* What help says of a row: its text, words and default; malloc'ed, NULL without memory. */
char *option_help(const struct option_row *row);

/* ARGV as one line that a shell takes; malloc'ed, NULL without memory. */
char *command_line(int argc, char **argv);

/* "one of A, B, C" in TEXT as its index, or fail(). NAMES end with NULL. */
int parse_choice(const char *what, const char *text, const char *const *names, int *out);

/* A comma-separated list of NAMES, or "all", as a mask of their indices. */
int parse_choices(const char *what, const char *list, const char *const *names,
	unsigned int *mask);

#endif
