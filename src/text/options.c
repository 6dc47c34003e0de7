/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "text/options.h"
#include "text/units.h"

static void short_options(const struct option *longs, char *out, size_t size)
{
	size_t at = 0;

	out[at++] = ':';
	for (; longs->name && at + 3 < size; longs++) {
		if (longs->val > 255)
			continue;
		out[at++] = (char)longs->val;
		if (longs->has_arg)
			out[at++] = ':';
	}
	out[at] = '\0';
}

int next_option(int argc, char **argv, const struct option *longs, int *err)
{
	static char **current;
	char shorts[128];
	int c;

	if (current != argv) {
		current = argv;
		optind = 0;	/* GNU: start anew */
	}
	opterr = 0;
	short_options(longs, shorts, sizeof(shorts));
	c = getopt_long(argc, argv, shorts, longs, NULL);
	if (c == ':')
		*err = fail(STATUS_USAGE, "%s: %s needs a value; see exitbench %s --help", argv[0],
			argv[optind - 1], argv[0]);
	else if (c == '?' && optopt && optopt < 256 && isgraph(optopt))
		*err = fail(STATUS_USAGE, "%s: unknown option -%c; see exitbench %s --help", argv[0],
			optopt, argv[0]);
	else if (c == '?')
		*err = fail(STATUS_USAGE, "%s: %s %s; see exitbench %s --help", argv[0],
			optopt ? "no value goes with" : "unknown or ambiguous option",
			argv[optind - 1], argv[0]);
	return c == ':' || c == '?' ? -1 : c;
}

int check_arguments(int argc, char **argv, int fewest, int most, const char *what)
{
	int n = argc - optind;

	if (n > most)
		return fail(STATUS_USAGE, "%s: one argument too many: %s; it takes %s", argv[0],
			argv[optind + most], what);
	if (n < fewest)
		return fail(STATUS_USAGE, "%s: it takes %s; see exitbench %s --help", argv[0], what,
			argv[0]);
	return 0;
}

static char *quote(char *p, const char *word)
{
	bool plain = *word && !word[strspn(word, "abcdefghijklmnopqrstuvwxyz"
						 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
						 "%+,-./:=@_")];

	if (plain)
		return stpcpy(p, word);
	*p++ = '\'';
	for (; *word; word++) {
		if (*word == '\'')
			p = stpcpy(p, "'\\'");
		*p++ = *word;
	}
	*p++ = '\'';
	*p = '\0';
	return p;
}

char *command_line(int argc, char **argv)
{
	size_t size = sizeof("exitbench");
	char *line, *p;

	for (int i = 0; i < argc; i++)
		size += 4 * strlen(argv[i]) + 3;
	line = malloc(size);
	if (!line)
		return NULL;
	p = stpcpy(line, "exitbench");
	for (int i = 0; i < argc; i++) {
		*p++ = ' ';
		p = quote(p, argv[i]);
	}
	return line;
}

int parse_choice(const char *what, const char *text, const char *const *names, int *out)
{
	char list[256] = "";

	for (int i = 0; names[i]; i++) {
		if (!strcmp(text, names[i])) {
			*out = i;
			return 0;
		}
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", i ? ", " : "",
			names[i]);
	}
	return fail(STATUS_USAGE, "%s %s: no such choice; it is one of %s", what, text, list);
}

int parse_choices(const char *what, const char *list, const char *const *names,
	unsigned int *mask)
{
	char *copy = strdup(list), *rest = copy, *name;
	int i, err = copy ? 0 : fail_nomem();

	while (!err && (name = strsep(&rest, ","))) {
		if (!strcmp(name, "all")) {
			for (i = 0; names[i]; i++)
				*mask |= 1U << i;
			continue;
		}
		err = parse_choice(what, name, names, &i);
		if (!err)
			*mask |= 1U << i;
	}
	free(copy);
	return err;
}

int parse_margin(const char *text, double *margin)
{
	double pct;
	int err = parse_percent("--margin", text, &pct);

	if (!err && !(pct > 0 && pct <= 100))
		err = fail(STATUS_USAGE, "--margin %s: must be more than 0 and at most 100", text);
	if (!err)
		*margin = pct / 100;
	return err;
}

int strings_add(struct strings *s, const char *text)
{
	const char **v = reallocarray(s->v, s->n + 1, sizeof(*v));

	if (!v)
		return fail_nomem();
	s->v = v;
	s->v[s->n++] = text;
	return 0;
}
