/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which padded builds of a kernel are asked for; see kernel_build(). */
#ifndef EXITBENCH_LAB_PADS_H
#define EXITBENCH_LAB_PADS_H

#define MOST_PADS 64

struct pads {
	unsigned int v[MOST_PADS];
	int n;
};

/* "N,..." as the value of option WHAT into a struct pads. 0, or -STATUS_USAGE after fail(). */
int pads_parse(const char *what, const char *list, void *pads);

/* The same as text; NULL without memory, else malloc'ed. */
char *pads_text(const struct pads *p);

#endif
