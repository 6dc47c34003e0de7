/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Simulated measurements whose truth is known. What each noise and shift means is in
 * doc/statistics.md. Every sample is a function of the random generator's state alone.
 */
#ifndef EXITBENCH_SIMULATED_DATA_H
#define EXITBENCH_SIMULATED_DATA_H

#include <stdbool.h>
#include <gsl/gsl_rng.h>
#include "analysis/compare/compare.h"

#define MARGIN 0.01

enum noise {
	NORMAL, LOGNORMAL, BIMODAL, DRIFTING, AUTOCORRELATED,
	SPELLS,			/* slow for many rounds on end, both sides alike */
	MIXTURE,		/* each sample is slow or not by itself */
};
enum design { PAIRED, UNPAIRED, BOOTS, GUESTS, SEQUENTIAL };
enum shift { NONE, CONSTANT, AT_MARGIN, TAIL, SHIFTS };

struct scenario {
	const char *name;
	enum design design;
	enum noise noise;
	int boots;		/* a side; 1 unless between boots */
	int units;		/* rounds, or blocks a side, in each boot */
	int samples;		/* of a block */
	double slow;		/* share of slow samples; SPELLS, MIXTURE */
	int cells;		/* compared at once, by Holm; 0: one */
};


/* Blocks of an experiment, both sides. */
static inline size_t simulated_blocks(const struct scenario *s)
{
	return 2 * (size_t)s->boots * (size_t)s->units;
}

/*
 * All blocks of an experiment; in each round (or of each two blocks) the order is random.
 * B has room for simulated_blocks(), V for as many times s->samples, which the blocks
 * borrow. Returns the number of blocks.
 */
size_t simulate(const struct scenario *s, enum shift shift, gsl_rng *rng,
	struct compare_block *b, double *v);

/*
 * The true log ratio at each of N percentiles into TRUTH. Constant: the same at all. Tail
 * only: between boots (whose percentiles are averaged as logs) it follows from the sample
 * distribution; within, the percentile is one of the mixture over levels, found from many
 * samples (an eighth of them unless FULL); NAN where a percentile lies between two states,
 * as a change in the tail of one has no single value there. Returns 0 or -ENOMEM.
 */
int simulated_truth(const struct scenario *s, enum shift shift, const double *percentiles,
	size_t n, bool full, double *truth);

#endif
