/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options that several parts of exitbench lab have. */
#ifndef EXITBENCH_LAB_H
#define EXITBENCH_LAB_H

#include "command/command.h"
#include "lab/kernel/kernel.h"

/* Rows for struct kernel_options FIELD in struct type BASE. */
#define KERNEL_ROWS(base, field)								\
	{ "config", 0, "FILE", TO_TEXT(base, field.config),					\
		"a fragment of kernel configuration, read after the lab's own" },		\
	{ "cache", 0, "DIR", TO_TEXT(base, field.cache), "where built kernels are kept, 2 GB "	\
		"for each source; all of it may be deleted at any time",			\
		.shown = "exitbench/lab in $XDG_CACHE_HOME or ~/.cache" }

/* The name of the shipped variant at I; NULL behind the last. */
const char *variant_name(int i);

/* Adds those in LIST ("v1,v2"), which is cut in place; NULL: all that are shipped. */
int variants_add(struct strings *names, char *list);

#define MOST_PADS 64

/* Which padded builds of a kernel are asked for; see kernel_build(). */
struct pads {
	unsigned int v[MOST_PADS];
	int n;
};

/* "N,..." as the value of option WHAT into a struct pads. 0, or -STATUS_USAGE after fail(). */
int pads_parse(const char *what, const char *list, void *pads);

/* The same as text; NULL without memory, else malloc'ed. */
char *pads_text(const struct pads *p);

#endif
