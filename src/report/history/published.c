/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads and checks published figures (analysis/published.json, or a file like it). */
#include "config.h"
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/read-text.h"
#include "base/stream.h"
#include "report/history/published.h"

#define MOST_BYTES (16U << 20)
#define FORMAT 1

/* What is being read, for messages. */
struct reader {
	const char *file, *text;
	const char *list;	/* "tests", "comparisons" */
	size_t index;
};

/* The line on which element INDEX of the top level's LIST begins. JSON known to be valid. */
static int line_of(const struct reader *r)
{
	int line = 1, depth = 0;
	size_t wanted = strlen(r->list), seen = 0;
	bool ours = false;

	for (const char *p = r->text; *p; p++) {
		const char *word = p + 1;

		if (*p == '\n')
			line++;
		depth += (*p == '{' || *p == '[') - (*p == '}' || *p == ']');
		if (*p == '{' && depth == 3 && ours && seen++ == r->index)
			return line;
		if (*p != '"')
			continue;
		while (*++p != '"')
			p += *p == '\\';
		if (depth == 1)
			ours = (size_t)(p - word) == wanted && !memcmp(word, r->list, wanted);
	}
	return 1;
}

static int bad_at(const char *file, int line, const char *what)
{
	return fail(STATUS_USAGE, "%s:%d: %s; analysis/published.json shows how", file, line,
		what);
}

static int bad(const struct reader *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static int bad(const struct reader *r, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return bad_at(r->file, line_of(r), text);
}

double published_value(const struct published_side *side, size_t i, const char *name)
{
	const json_t *v;

	if (!side->runs)
		return strcmp(name, "mean") ? NAN : side->mean;
	v = json_object_get(json_array_get(side->runs, i), name);
	return v ? json_number_value(v) : NAN;
}

static bool has_figure(const struct published_comparison *c, const char *name)
{
	for (int s = 0; s < 2; s++)
		for (size_t i = 0; i < c->side[s].n; i++)
			if (isnan(published_value(&c->side[s], i, name)))
				return false;
	return true;
}

/* Something, and nothing that a terminal would act on. */
static bool is_text(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++)
		if (iscntrl((unsigned char)*s))
			return false;
	return true;
}

/* An object of numbers, all positive if MUST_BE. */
static int check_numbers(const struct reader *r, const char *what, const json_t *o, bool must_be)
{
	const char *key;
	json_t *v;

	if (!json_is_object(o) || !json_object_size(o))
		return bad(r, "%s: must be {figure: number, ...}", what);
	json_object_foreach((json_t *)o, key, v)
		if (!is_text(key) || !json_is_number(v) || (must_be && json_number_value(v) <= 0))
			return bad(r, "%s: '%s' must be a %snumber", what, key,
				must_be ? "positive " : "");
	return 0;
}

static int read_side(const struct reader *r, const char *name, json_t *o,
	struct published_side *out)
{
	const char *mixed = "either runs, or repeat, mean and sem_pct";
	json_t *runs = NULL, *run;
	json_error_t e;
	int repeat = 0, err = 0;
	size_t i;

	if (json_unpack_ex(o, &e, JSON_STRICT, "{s?o, s?i, s?F, s?F}", "runs", &runs, "repeat",
		&repeat, "mean", &out->mean, "sem_pct", &out->sem_pct))
		return bad(r, "%s: %s", name, e.text);
	if (!runs) {
		if (repeat < 2 || !(out->mean > 0) || !(out->sem_pct > 0))
			return bad(r, "%s: needs %s (repeat at least 2, the others positive)",
				name, mixed);
		out->n = (size_t)repeat;
		return 0;
	}
	if (json_object_size(o) != 1 || !json_is_array(runs) || !json_array_size(runs))
		return bad(r, "%s: needs %s; runs is [{figure: number, ...}, ...]", name, mixed);
	json_array_foreach(runs, i, run)
		if (!err)
			err = check_numbers(r, name, run, true);
	out->runs = runs;
	out->n = json_array_size(runs);
	return err;
}

static int read_figures(const struct reader *r, const json_t *list,
	struct published_comparison *c)
{
	if (!json_is_array(list) || !json_array_size(list) ||
	    json_array_size(list) > PUBLISHED_FIGURES)
		return bad(r, "figures: must be a list of 1 to %d names", PUBLISHED_FIGURES);
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct published_figure *f = &c->figure[c->figures++];

		f->name = json_string_value(json_array_get(list, i));
		f->log = f->name && !strncmp(f->name, "log ", 4);
		if (f->log)
			f->name += 4;
		if (!f->name || !has_figure(c, f->name))
			return bad(r, "figures: %s is not in every run", f->name ? f->name :
				"what is no name");
		if (f->log && !(c->side[0].runs && c->side[1].runs))
			return bad(r, "figures: log %s: the single runs are not known", f->name);
	}
	return 0;
}

static int read_test(const struct reader *r, const json_t *tests, struct published_comparison *c)
{
	struct reader at = *r;
	json_error_t e;
	json_t *t;

	at.list = "tests";
	json_array_foreach((json_t *)tests, at.index, t) {
		const char *name;
		double operations = 0;

		if (json_unpack_ex(t, &e, JSON_STRICT, "{s:s, s:s, s?F}", "name", &name, "what",
			&c->what, "operations", &operations))
			return bad(&at, "%s", e.text);
		if (operations < 0)
			return bad(&at, "operations: must be positive");
		c->operations = operations;
		if (!strcmp(name, c->test))
			return 0;
	}
	return bad(r, "test: %s is not among tests", c->test);
}

static bool is_month(const char *s)
{
	int year, month, end = 0;

	return strlen(s) == 7 && sscanf(s, "%4d-%2d%n", &year, &month, &end) == 2 && end == 7 &&
	       year > 1990 && month >= 1 && month <= 12;
}

static int check_strings(const struct reader *r, const struct published_comparison *c)
{
	const char *const all[] = { c->id, c->who, c->source, c->machine, c->change, c->measured,
		c->unit, c->reading, c->what, c->note ? c->note : "none" };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (!is_text(all[i]))
			return bad(r, "'%s': each string must be text on one line", all[i]);
	if (!is_month(c->when))
		return bad(r, "when: %s is not YYYY-MM", c->when);
	return 0;
}

static int read_comparison(const struct reader *r, const json_t *tests, json_t *o,
	struct published_comparison *c)
{
	json_t *side[2], *figures, *published = NULL, *borrow = NULL;
	json_error_t e;
	int err;

	if (json_unpack_ex(o, &e, JSON_STRICT, "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s,"
		"s?s, s:o, s:o, s:o, s?o, s?o}", "id", &c->id, "when", &c->when, "who", &c->who,
		"source", &c->source, "test", &c->test, "machine", &c->machine, "change",
		&c->change, "measured", &c->measured, "unit", &c->unit, "reading", &c->reading,
		"note", &c->note, "before", &side[0], "after", &side[1], "figures", &figures,
		"published_change_pct", &published, "borrow", &borrow))
		return bad(r, "%s", e.text);
	err = read_test(r, tests, c);
	if (!err)
		err = check_strings(r, c);
	if (!err)
		err = read_side(r, "before", side[0], &c->side[0]);
	if (!err)
		err = read_side(r, "after", side[1], &c->side[1]);
	if (!err)
		err = read_figures(r, figures, c);
	if (!err && published)
		err = check_numbers(r, "published_change_pct", published, false);
	c->published_pct = published;
	return err;
}

/* Once all are read: who lends to whom, and that no id is there twice. */
static int link_one(const struct reader *r, const struct published *p,
	struct published_comparison *c, json_t *borrow)
{
	const char *from = NULL;
	json_error_t e;

	for (const struct published_comparison *o = p->v; o < c; o++)
		if (!strcmp(o->id, c->id))
			return bad(r, "id: %s is there twice", c->id);
	if (!borrow)
		return 0;
	if (json_unpack_ex(borrow, &e, JSON_STRICT, "{s:s, s:s}", "from", &from, "figure",
		&c->lender_figure))
		return bad(r, "borrow: %s", e.text);
	for (size_t i = 0; i < p->n; i++)
		if (!strcmp(p->v[i].id, from))
			c->lender = &p->v[i];
	if (!c->lender || c->lender == c || strcmp(c->lender->test, c->test) ||
	    !has_figure(c->lender, c->lender_figure) || !c->lender->side[0].runs ||
	    !c->lender->side[1].runs || c->lender->side[0].n < 2 || c->lender->side[1].n < 2)
		return bad(r, "borrow: %s must be another comparison of %s with two runs a side "
			"or more that have %s", from, c->test, c->lender_figure);
	return 0;
}

static int read_root(struct reader *r, struct published *p)
{
	json_t *tests, *comparisons, *comment = NULL;
	json_error_t e;
	int format, err = 0;
	size_t n;

	if (json_unpack_ex(p->root, &e, JSON_STRICT, "{s:i, s?o, s:o, s:o}", "format", &format,
		"comment", &comment, "tests", &tests, "comparisons", &comparisons))
		return bad_at(r->file, 1, e.text);
	if (format != FORMAT)
		return fail(STATUS_USAGE, "%s: format %d; this program reads %d", r->file, format,
			FORMAT);
	n = json_array_size(comparisons);	/* 0 if it is no list */
	if (!json_is_array(tests) || !n)
		return bad_at(r->file, 1, "tests and comparisons must be lists, not empty");
	p->v = calloc(n, sizeof(*p->v));
	if (!p->v)
		return fail_nomem();
	r->list = "comparisons";
	for (r->index = 0; r->index < n && !err; r->index++)
		err = read_comparison(r, tests, json_array_get(comparisons, r->index),
			&p->v[p->n++]);
	for (r->index = 0; r->index < p->n && !err; r->index++)
		err = link_one(r, p, &p->v[r->index],
			json_object_get(json_array_get(comparisons, r->index), "borrow"));
	return err;
}

int published_load(const char *file, struct published *p)
{
	struct reader r = { .file = !file ? PUBLISHED_BUILTIN : is_stream(file) ? "standard input" : file };
	json_error_t e;
	size_t size = 0;
	int err = 0;

	*p = (struct published){ 0 };
	if (file && is_stream(file))
		err = read_all(STDIN_FILENO, MOST_BYTES, &p->text, &size) ? fail(STATUS_USAGE,
			"standard input: cannot read it: %s", strerror(errno)) : 0;
	else if (file)
		err = read_text(file, MOST_BYTES, &p->text, &size);
	else
		size = (size_t)(published_image_end - published_image);
	if (err)
		return err;
	r.text = file ? p->text : published_image;
	p->root = json_loadb(r.text, size, JSON_REJECT_DUPLICATES, &e);
	if (!p->root)
		return bad_at(r.file, e.line > 0 ? e.line : 1, e.text);
	return read_root(&r, p);
}

void published_free(struct published *p)
{
	free(p->v);
	json_decref(p->root);
	free(p->text);
	*p = (struct published){ 0 };
}
