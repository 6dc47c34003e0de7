/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of lab/ that the program carries: variants with their notes, and configuration. */
#include "config.h"
#include <string.h>
#include "base/fail.h"
#include "lab/kernel/kernel-priv.h"
#include "text/suggest.h"

#define CARRY(name, file)			\
	__asm__(".section .rodata\n"		\
		".globl lab_" name "\n"		\
		"lab_" name ":\n"		\
		".incbin \"" file "\"\n"		\
		".byte 0\n"			\
		".previous\n");

CARRY("config", LAB_DIR "/kernel.config")
CARRY("config_x86_64", LAB_DIR "/kernel-x86_64.config")
CARRY("config_arm64", LAB_DIR "/kernel-arm64.config")

#define VARIANT(number, name, file)		\
	CARRY("variant_" #number, file)		\
	extern const char lab_variant_##number[];
#include "lab/kernel/kernel-shipped.h"
#undef VARIANT

#define VARIANT(number, shipped_name, file) { .name = shipped_name, .text = lab_variant_##number },
static struct kernel_variant variants[] = {
#include "lab/kernel/kernel-shipped.h"
};
#define NVARIANTS (sizeof(variants) / sizeof(*variants))

/* The rest of "// FIELD: ..." in a variant's notes; malloc'ed, NULL: there is none. */
static char *variant_field(const char *text, const char *field)
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
		variants[i].summary = variant_field(variants[i].text, "summary");
		variants[i].no_reaper = variant_field(variants[i].text, "no reaper");
	}
	*n = NVARIANTS;
	return variants;
}

const struct kernel_variant *kernel_variant_find(const char *what, const char *name,
	const char *remedy)
{
	struct suggestion near;
	size_t n;
	const struct kernel_variant *all = kernel_variants(&n);

	suggest_start(&near, name);
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(all[i].name, name))
			return &all[i];
		suggest_offer(&near, all[i].name);
	}
	fail(STATUS_USAGE, "%s %s: none of that name is shipped%s; %s", what, name,
		suggest_text(&near), remedy);
	return NULL;
}
