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
 * (Damerau 1964; the dynamic programme of Wagner and Fischer 1974).
 */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int d[LONGEST + 1][LONGEST + 1];
	size_t la = strlen(a), lb = strlen(b), i, j;

	if (la > LONGEST || lb > LONGEST)
		return UINT_MAX;
	for (i = 0; i <= la; i++)
		for (j = 0; j <= lb; j++) {
			if (!i || !j) {
				d[i][j] = i + j;
				continue;
			}
			d[i][j] = min3(d[i - 1][j] + 1, d[i][j - 1] + 1,
				d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
				d[i - 2][j - 2] + 1 < d[i][j])
				d[i][j] = d[i - 2][j - 2] + 1;
		}
	return d[la][lb];
}

void suggest_start(struct suggestion *s, const char *word)
{
	*s = (struct suggestion){ .word = word, .distance = UINT_MAX };
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
