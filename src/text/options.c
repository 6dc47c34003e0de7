/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parses a command line by a table of options. */
#include "config.h"
#include <assert.h>
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "text/options.h"
#include "text/units.h"

#define WHAT 64		/* "--name" */
#define LONG 256	/* getopt's value of row 0; below are letters */

/* A long double holds each uint64_t and each double. */
static int scan_number(const struct option_row *r, const char *what, const char *text,
	long double *out)
{
	uint64_t u = 0;
	int64_t n = 0;
	double d = 0;
	int err;

	switch (r->type) {
	case OPTION_PERCENT:
	case OPTION_FRACTION:
		err = parse_percent(what, text, &d);
		*out = d;
		return err;
	case OPTION_U64:
		err = parse_u64(what, text, &u);
		*out = u;
		return err;
	case OPTION_TIME:
		err = parse_duration(what, text, r->bare ? r->bare : NS_PER_S, &n);
		break;
	case OPTION_SIZE:
		err = parse_size(what, text, &n);
		break;
	default:
		err = parse_count(what, text, &n);
	}
	*out = n;
	return err;
}

static long double bound(const struct option_row *r, const char *text)
{
	long double v = 0;
	int err = scan_number(r, r->name, text, &v);

	assert(!err);
	return err ? 0 : v;
}

static int refuse_low(const struct option_row *r, const char *what, const char *text)
{
	if (r->low)
		return fail(STATUS_USAGE, "%s %s: %s", what, text, r->low);
	if (r->above)
		return fail(STATUS_USAGE, "%s %s: must be more than %s", what, text, r->above);
	return fail(STATUS_USAGE, "%s %s: too %s; at least %s", what, text,
		r->type == OPTION_TIME ? "short" : "small", r->min);
}

static int check_bounds(const struct option_row *r, const char *what, const char *text,
	long double v)
{
	const char *max = r->max || r->type != OPTION_INT ? r->max : OPTION_INT_MAX;
	bool low = (r->min && v < bound(r, r->min)) || (r->above && v <= bound(r, r->above));
	bool high = max && v > bound(r, max);

	if (!low && !high)
		return 0;
	if (low && (r->low || !max))
		return refuse_low(r, what, text);
	if (r->above)
		return fail(STATUS_USAGE, "%s %s: must be more than %s and at most %s", what, text,
			r->above, max);
	return fail(STATUS_USAGE, "%s %s: must be %s to %s", what, text,
		r->min ? r->min : "0", max);
}

static int take_number(const struct option_row *r, const char *what, const char *text, void *field)
{
	long double v = 0;
	int err = scan_number(r, what, text, &v);

	if (!err)
		err = check_bounds(r, what, text, v);
	if (err)
		return err;
	switch (r->type) {
	case OPTION_INT:
		*(int *)field = (int)v;
		break;
	case OPTION_U64:
		*(uint64_t *)field = (uint64_t)v;
		break;
	case OPTION_PERCENT:
		*(double *)field = (double)v;
		break;
	case OPTION_FRACTION:
		*(double *)field = (double)v / 100;
		break;
	default:
		*(int64_t *)field = (int64_t)v;
	}
	return 0;
}

static int take(const struct option_row *r, const char *text, void *base)
{
	void *field = (char *)base + r->at;
	char what[WHAT];

	snprintf(what, sizeof(what), "--%s", r->name);
	switch (r->type) {
	case OPTION_FLAG:
		*(bool *)field = true;
		return 0;
	case OPTION_SET:
		*(int *)field = r->set;
		return 0;
	case OPTION_TEXT:
		*(const char **)field = text;
		return 0;
	case OPTION_TEXTS:
		return strings_add(field, text);
	case OPTION_CHOICE:
		return parse_choice(what, text, r->words, field);
	case OPTION_CHOICES:
		return parse_choices(what, text, r->words, field);
	case OPTION_SPECIAL:
		return r->parse(what, text, field);
	default:
		return take_number(r, what, text, field);
	}
}

struct getopt_words {
	char letters[2 * OPTIONS_MOST + 4];
	struct option longs[OPTIONS_MOST + 2];
};

static void make_words(const struct option_row *rows, struct getopt_words *w)
{
	char *p = w->letters;
	int n = 0;

	*p++ = ':';
	for (; rows[n].name; n++) {
		const struct option_row *r = &rows[n];

		assert(n < OPTIONS_MOST);
		w->longs[n] = (struct option){ r->name, !r->value ? no_argument : r->optional ?
			optional_argument : required_argument, NULL, LONG + n };
		if (r->letter)
			*p++ = r->letter;
		if (r->letter && r->value)
			*p++ = ':';
	}
	w->longs[n] = (struct option){ "help", no_argument, NULL, LONG + n };
	w->longs[n + 1] = (struct option){ 0 };
	strcpy(p, "h");
}

/* The last one, without a name, is --help. */
static const struct option_row *find_row(const struct option_row *rows, int c)
{
	if (c >= LONG)
		return &rows[c - LONG];
	while (rows->name && rows->letter != c)
		rows++;
	return rows;
}

static int refuse(const char *command, int c, char **argv)
{
	if (c == ':')
		return fail(STATUS_USAGE, "%s: %s needs a value; see exitbench %s --help", command,
			argv[optind - 1], command);
	if (optopt && optopt < LONG && isgraph(optopt))
		return fail(STATUS_USAGE, "%s: unknown option -%c; see exitbench %s --help",
			command, optopt, command);
	return fail(STATUS_USAGE, "%s: %s %s; see exitbench %s --help", command, optopt ?
		"no value goes with" : "unknown or ambiguous option", argv[optind - 1], command);
}

int options_parse(const struct option_row *rows, int argc, char **argv, void *base,
	struct arguments *args, bool *help)
{
	struct getopt_words w;
	int c, err = 0;

	*help = false;
	for (const struct option_row *r = rows; r->name && !err; r++)
		if (r->def)
			err = take(r, r->def, base);
	make_words(rows, &w);
	opterr = 0;
	optind = 0;	/* GNU: start anew */
	while (!err && (c = getopt_long(argc, argv, w.letters, w.longs, NULL)) != -1) {
		const struct option_row *r;

		if (c == ':' || c == '?')
			return refuse(args->command, c, argv);
		r = find_row(rows, c);
		*help = !r->name;
		if (*help)
			return 0;
		err = take(r, optarg, base);
	}
	args->n = argc - optind;
	args->v = argv + optind;
	return err;
}

void options_free(const struct option_row *rows, void *base)
{
	for (; rows->name; rows++)
		if (rows->type == OPTION_TEXTS)
			free(((struct strings *)((char *)base + rows->at))->v);
}

int check_arguments(const struct arguments *a, int fewest, int most, const char *what)
{
	if (a->n > most)
		return fail(STATUS_USAGE, "%s: one argument too many: %s; it takes %s", a->command,
			a->v[most], what);
	if (a->n < fewest)
		return fail(STATUS_USAGE, "%s: it takes %s; see exitbench %s --help", a->command,
			what, a->command);
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

int strings_add(struct strings *s, const char *text)
{
	const char **v = reallocarray(s->v, s->n + 1, sizeof(*v));

	if (!v)
		return fail_nomem();
	s->v = v;
	s->v[s->n++] = text;
	return 0;
}
