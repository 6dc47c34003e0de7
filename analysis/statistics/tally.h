/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many values as the distinct ones among them, each with how many are at most it. Clocks
 * tick, so a billion times have few distinct values: n different whole numbers of ticks
 * last n^2/2 ticks together, and what was measured in T ticks of all CPUs has at most
 * sqrt(2 T) distinct values, however many operations that were.
 */
#ifndef EXITBENCH_TALLY_H
#define EXITBENCH_TALLY_H

#include "analysis/statistics/stats.h"

struct tally {
	double *v;		/* ascending, no two equal; owned */
	size_t *upto;		/* values that are at most v[i]; owned */
	size_t distinct;
	size_t n;		/* all values */
	/* Until tally_finish(): those not yet among the above. */
	double *more;
	size_t nmore, room;
};

/* A tally of nothing is all zeros. Adds N finite values. 0 or -ENOMEM. */
int tally_add(struct tally *t, const double *v, size_t n);
/* To be called once after all are added, before any of the functions below. 0 or -ENOMEM. */
int tally_finish(struct tally *t);
void tally_free(struct tally *t);

/* All values of both (finished) tallies, ready for use; OUT is all zeros. 0 or -ENOMEM. */
int tally_merge(const struct tally *a, const struct tally *b, struct tally *out);

/* The value that has I smaller or equal ones before it in ascending order; I < n. */
double tally_at(const struct tally *t, size_t i);
/* Where in v[] that is. */
size_t tally_index(const struct tally *t, size_t i);
/* How many values are at most V. */
size_t tally_rank(const struct tally *t, double v);
/* As quantile_sorted() of all the values. */
double tally_quantile(enum quantile_type type, const struct tally *t, double q);

#endif
