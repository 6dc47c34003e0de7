/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The variants that are shipped: the files of lab/variants, with what their notes say. */
#include "config.h"
#include <stdlib.h>
#include <string.h>
#include "lab/kernel/kernel-priv.h"
#include "lab/kernel/kernel.h"

#define VARIANT(number, name, file) extern const char lab_variant_##number[];
#include "lab/kernel/kernel-shipped.h"
#undef VARIANT

#define VARIANT(number, shipped_name, file) { .name = shipped_name, .text = lab_variant_##number },
static struct kernel_variant variants[] = {
#include "lab/kernel/kernel-shipped.h"
};
#define NVARIANTS (sizeof(variants) / sizeof(*variants))

char *variant_field(const char *text, const char *field)
{
	size_t n = strlen(field);

	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		if (strncmp(line, "//", 2))
			return NULL;
		if (!strncmp(line, "// ", 3) && !strncmp(line + 3, field, n) &&
			!strncmp(line + 3 + n, ": ", 2))
			return strndup(line + n + 5, strcspn(line + n + 5, "\n"));
	}
	return NULL;
}

const struct kernel_variant *kernel_variants(size_t *n)
{
	for (size_t i = 0; i < NVARIANTS && !variants[i].summary; i++) {
		variants[i].size = strlen(variants[i].text);
		variants[i].summary = variant_field(variants[i].text, "summary");
		variants[i].no_reaper = variant_field(variants[i].text, "no reaper");
	}
	*n = NVARIANTS;
	return variants;
}

const struct kernel_variant *kernel_variant_find(const char *name)
{
	size_t n;
	const struct kernel_variant *all = kernel_variants(&n);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(all[i].name, name))
			return &all[i];
	return NULL;
}
