/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernels that a session of the lab compares: built, or given. */
#ifndef EXITBENCH_LAB_KERNELS_H
#define EXITBENCH_LAB_KERNELS_H

#include "lab-session.h"

struct lab_kernels {
	char **names;			/* of arms; each once */
	struct exact_kernel *exact;
	struct lab_kernel *built;	/* nbuilt of them, the first of the others */
	int n, nbuilt;
};

/*
 * Builds the variants that are not in the cache, and looks at the kernels that are given. 0,
 * or negative after fail(); *out is for lab_kernels_free() either way.
 */
int lab_kernels_get(const struct lab_options *o, struct lab_kernels *out);
void lab_kernels_free(struct lab_kernels *k);

/* The release that all of them have; NULL: several, or not known. Borrowed. */
const char *lab_kernels_release(const struct lab_kernels *k);

#endif
