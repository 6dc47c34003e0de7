/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What several parts of exitbench lab take: names of variants, and --pad N,..., their builds. */
#include "config.h"
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "command/lab/lab.h"
#include "text/units.h"

const char *variant_name(int i)
{
	size_t n;
	const struct kernel_variant *v = kernel_variants(&n);

	return i < (int)n ? v[i].name : NULL;
}

int variants_add(struct strings *names, char *list)
{
	const char *word;
	int err = 0;

	for (int i = 0; !list && !err && (word = variant_name(i)); i++)
		err = strings_add(names, word);
	while (!err && (word = strsep(&list, ",")))
		err = strings_add(names, word);
	return err;
}

static int add_pad(struct pads *p, const char *what, const char *list, uint64_t n)
{
	if (n > UINT_MAX || p->n == MOST_PADS)
		return fail(STATUS_USAGE, "%s %s: at most %d numbers of up to %u", what, list,
			MOST_PADS, UINT_MAX);
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
			err = add_pad(out, what, list, n);
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
