/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocks made for the tests of the comparison, and the comparison of them. */
#ifndef EXITBENCH_MADE_BLOCKS_H
#define EXITBENCH_MADE_BLOCKS_H

#include <stdbool.h>
#include "analysis/compare/compare.h"

/* Blocks with their samples. */
struct data {
	struct compare_block *b;
	double *v;
	size_t n, samples;
};

/* What make() makes: for each round a block a side, in turn the one first and the other. */
struct shape {
	int boots, rounds, samples;
	bool paired, own_boots;
	double shift, step;	/* log ratio; values in multiples of step, 0: any */
};

/* Samples lognormal about 15,000, by SEED. For drop(). */
struct data make(struct shape s, unsigned long seed);
void drop(struct data *d);

/* Defaults, with few replicates. */
struct compare_options quick(enum switch_level level);

/* compare_cell(), which must not fail; for compare_free(). */
struct compare_result *compare(const struct compare_options *o, const struct data *d);

/* Whether R has this warning; the text of each of its warnings must be a sentence. */
bool warned(const struct compare_result *r, enum compare_warning_code code);

#endif
