/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which commit changed the number of instructions? */
#ifndef EXITBENCH_BISECT_H
#define EXITBENCH_BISECT_H

#include <stdint.h>
#include "lab/kernel/kernel.h"
#include "text/options.h"

#define BISECT_SKIP 125		/* git bisect run: this commit cannot be tested */

struct bisect_options {
	struct kernel_options kernel;	/* .source: the repository, or the tree at hand */
	const char *variant;
	const char *good, *bad;		/* NULL for a single step */
	int64_t limit;			/* of a single step; less than 0: none */
	const char *workload, *metric;
	struct strings params;
	const char *measure;		/* a program instead of exact mode; NULL */
	int64_t ops;
};

/* 0, 1 or BISECT_SKIP for the tree at hand, which it says on stdout; negative after fail(). */
int bisect_step(const struct bisect_options *o);

/* All of it, and says on stdout which commit it was. 0, or negative after fail(). */
int bisect_all(const struct bisect_options *o);

#endif
