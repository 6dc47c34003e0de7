/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The known name that is nearest to one that is not known. */
#include "config.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "text/suggest.h"

#define LONGEST 63	/* longer words get no suggestion */

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	if (b < a)
		a = b;
	return c < a ? c : a;
}

/*
 * Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours
 * (Damerau 1964; the row-wise dynamic programme of Wagner and Fischer 1974).
 */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int rows[3][LONGEST + 1];
	unsigned int *before = rows[0], *last = rows[1], *row = rows[2], *spare;
	size_t la = strlen(a), lb = strlen(b), i, j;

	if (la > LONGEST || lb > LONGEST)
		return UINT_MAX;
	for (j = 0; j <= lb; j++)
		last[j] = j;
	for (i = 1; i <= la; i++) {
		row[0] = i;
		for (j = 1; j <= lb; j++) {
			row[j] = min3(last[j] + 1, row[j - 1] + 1,
				last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[lb];
}

void suggest_start(struct suggestion *s, const char *word)
{
	s->word = word;
	s->best = NULL;
	s->distance = UINT_MAX;
	s->text[0] = '\0';
}

void suggest_offer(struct suggestion *s, const char *name)
{
	size_t len = strlen(s->word);
	unsigned int d = distance(s->word, name);

	if (len >= 2 && !strncmp(s->word, name, len) && d > 1)
		d = 1;	/* the beginning of a name */
	if (d > 1 + len / 4 || d >= len || d >= s->distance)
		return;
	s->best = name;
	s->distance = d;
}

const char *suggest_text(struct suggestion *s)
{
	if (s->best)
		snprintf(s->text, sizeof(s->text), "; did you mean %s?", s->best);
	return s->text;
}
