/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The comparison of one cell where both sides are deterministic: operations are counted in
 * instructions, and measuring again gives the same numbers. There is no scatter and so no
 * interval; what there is to decide is which of the differences are the change's.
 *
 * Both sides run the same operations in the same order, so operation i is compared with
 * operation i. Two things differ besides the change. A timer tick lengthens whichever
 * operation it falls on, which is another one as soon as the sides have drifted apart by
 * the change itself; when ticks came is known, so operations with a tick on either side are
 * left out. And what is done once for several operations (a page list refilled, a batch of
 * freed objects) may move by an operation. Therefore the change is the most frequent
 * difference of the rest, and SAME says how many have exactly that.
 *
 * Pure computation, as compare.h.
 */
#ifndef EXITBENCH_COMPARE_EXACT_H
#define EXITBENCH_COMPARE_EXACT_H

#include "analysis/compare/compare.h"

struct compare_exact_block {
	int side;		/* COMPARE_BEFORE or COMPARE_AFTER */
	int64_t round;		/* blocks of both sides with the same one are compared */
	const double *v;	/* samples in the order measured; borrowed */
	const unsigned char *tick;	/* did a tick fall on it? NULL: not known */
	size_t n;
};

struct compare_exact_result {
	size_t ops;		/* pairs of operations */
	size_t ticked;		/* of them, with a tick on either side */
	size_t same;		/* of the rest, those that differ by exactly CHANGE */
	double change;		/* after less before, in the samples' unit */
	double typical[2];	/* the most frequent value of each side, ticks left out */
	double mean_change;	/* over all pairs, ticks and all */
	/*
	 * As from compare_cell(): percentiles of all samples; effect and verdict are those of
	 * CHANGE over the lowest percentile's value; intervals have no width. Owned.
	 */
	struct compare_result *compare;
};

/*
 * Compares blocks by round; operations that one side has more are not compared. Returns 0,
 * -EINVAL (as compare_cell(), or no round on both sides), or -ENOMEM; *out is to be freed
 * with compare_exact_free().
 */
int compare_exact_cell(const struct compare_options *o, const struct compare_exact_block *blocks,
	size_t n, struct compare_exact_result **out);
void compare_exact_free(struct compare_exact_result *r);

#endif
