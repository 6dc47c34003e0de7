/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table of options as text: for --help and for the manual page. */
#include "config.h"
#include <stdlib.h>
#include "text/options.h"
#include "text/wrap.h"

#define WIDEST 27	/* column of the texts, at most */
#define WIDE 25		/* from here on one space is between the columns, not two */

static const struct option_row help_row = { .name = "help", .letter = 'h', .help = "this text" };

static void put_words(const struct option_row *r, FILE *f)
{
	if (r->help)
		fputs(r->type == OPTION_CHOICE || r->type == OPTION_CHOICES ? ": " : " ", f);
	for (int i = 0; r->words[i]; i++)
		fprintf(f, "%s%s", i ? ", " : "", r->words[i]);
	if (r->type == OPTION_CHOICES)
		fputs(", all", f);
}

char *option_help(const struct option_row *r)
{
	const char *def = r->shown ? r->shown : r->def;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	fputs(r->help ? r->help : "", f);
	if (r->words)
		put_words(r, f);
	if (r->type == OPTION_TEXTS)
		fputs("; may be repeated", f);
	if (def)
		fprintf(f, " (%s)", def);
	return fclose(f) ? NULL : text;
}

/* "  -o, --output FILE" */
static int left_column(const struct option_row *r, char *buf, size_t size)
{
	char letter[8] = "    ";

	if (r->letter)
		snprintf(letter, sizeof(letter), "-%c, ", r->letter);
	if (!r->value)
		return snprintf(buf, size, "  %s--%s", letter, r->name);
	return snprintf(buf, size, r->optional ? "  %s--%s[=%s]" : "  %s--%s %s", letter, r->name,
		r->value);
}

static void put_row(const struct option_row *r, int indent, FILE *out)
{
	char left[96], *text = option_help(r);

	if (left_column(r, left, sizeof(left)) >= indent) {
		fprintf(out, "%s\n", left);
		*left = '\0';
	}
	wrap_text(out, left, text ? text : "", indent);
	free(text);
}

void options_help(const struct option_row *rows, FILE *out)
{
	int indent = 14;	/* --help has that */
	char left[96];

	for (const struct option_row *r = rows; r->name; r++) {
		int n = r->hidden ? 0 : left_column(r, left, sizeof(left));

		n += n < WIDE ? 2 : 1;
		if (n > indent && n <= WIDEST)
			indent = n;
	}
	for (const struct option_row *r = rows; r->name; r++)
		if (!r->hidden)
			put_row(r, indent, out);
	put_row(&help_row, indent, out);
}

/* A line of mdoc(7): what begins it must be no request, and "-" is typed as it is. */
static void put_mdoc(const char *text, FILE *out)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", out);
	for (; *text; text++) {
		if (*text == '\\')
			fputs("\\e", out);
		else if (*text == '-')
			fputs("\\-", out);
		else
			fputc(*text, out);
	}
}

static void put_mdoc_row(const struct option_row *r, FILE *out)
{
	char *text = option_help(r);

	fputs(".It ", out);
	if (r->letter)
		fprintf(out, "Fl %c , ", r->letter);
	fprintf(out, "Fl -%s", r->name);
	if (r->value && r->optional)
		fprintf(out, " Ns Op = Ns Ar %s", r->value);
	else if (r->value)
		fprintf(out, " Ar %s", r->value);
	fputc('\n', out);
	put_mdoc(text ? text : "", out);
	fputc('\n', out);
	free(text);
}

void options_mdoc(const struct option_row *rows, FILE *out)
{
	fputs(".Bl -tag -width indent\n", out);
	for (; rows->name; rows++)
		if (!rows->hidden)
			put_mdoc_row(rows, out);
	fputs(".El\n", out);
}
