/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --pad N,...: the builds of each variant. */
#include "config.h"
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "command/lab/lab-pads.h"
#include "text/units.h"

static int add(struct pads *p, const char *what, const char *list, uint64_t n)
{
	if (n > UINT_MAX || p->n == MOST_PADS)
		return fail(STATUS_USAGE, "%s %s: at most %d numbers of up to %u", what, list,
			MOST_PADS,
			UINT_MAX);
	for (int i = 0; i < p->n; i++)
		if (p->v[i] == n)
			return fail(STATUS_USAGE, "%s %s: %u twice", what, list, p->v[i]);
	p->v[p->n++] = (unsigned int)n;
	return 0;
}

int pads_parse(const char *what, const char *list, void *pads)
{
	struct pads *out = pads;
	char *copy = strdup(list), *rest = copy, *word;
	int err = copy ? 0 : fail_nomem();
	uint64_t n;

	out->n = 0;
	while (!err && (word = strsep(&rest, ","))) {
		err = parse_u64(what, word, &n);
		if (!err)
			err = add(out, what, list, n);
	}
	free(copy);
	return err;
}

char *pads_text(const struct pads *p)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	for (int i = 0; i < p->n; i++)
		fprintf(f, "%s%u", i ? "," : "", p->v[i]);
	return fclose(f) ? NULL : text;
}
