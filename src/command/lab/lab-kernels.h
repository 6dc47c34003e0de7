/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernels that a session of the lab compares: built, or given. */
#ifndef EXITBENCH_LAB_KERNELS_H
#define EXITBENCH_LAB_KERNELS_H

#include "command/lab/lab-measure.h"

struct lab_kernels {
	char **names;			/* of arms; n, each once */
	struct exact_kernel *exact;	/* [build * n + arm], nbuilds of each arm */
	struct lab_kernel *built;	/* the same; those that are given are empty */
	int n, nbuilds;
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
