/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of one comparison while compare_cell() works, and its steps; not for others. Sides
 * are 0 and 1 in a canonical orientation that does not depend on which the caller called
 * "before", so that exchanging them mirrors the result exactly; compare.c turns the result back.
 */
#ifndef EXITBENCH_COMPARE_PRIV_H
#define EXITBENCH_COMPARE_PRIV_H

#include <math.h>
#include "analysis/compare/compare.h"

enum regime {
	REGIME_NONE,		/* a side is empty */
	REGIME_PAIRED,		/* rounds within boots: a unit is a round */
	REGIME_UNPAIRED,	/* blocks within boots: a unit is a block */
	REGIME_BOOTS,		/* a unit is a boot, two independent samples of them */
	REGIME_PAIRED_BOOTS,	/* a unit is a pair of guests that ran side by side */
};

struct used_block {
	struct compare_block from;	/* as given; or its finite samples alone, in OWN */
	double *own;		/* a copy without NANs and infinities, or NULL */
	size_t n;
	int side, boot;
	int64_t pair;
	double start;
	size_t input;		/* index in the caller's array */
	size_t unit;
	double level;		/* see compare_block_level() */
};

#define GRID_LANES 16		/* four vectors of 16 bytes */

/* The values of one side at ascending cut points, for bootstrap quantiles. */
struct grid {
	double *cut;		/* distinct pooled order statistics */
	size_t ncuts;
	float *count;		/* [cut * stride + batch]: samples <= cut */
	float *size;		/* samples of a batch */
	size_t nbatches, stride;	/* the stride is padded with zeros to whole lanes */
};

struct comparison {
	const struct compare_options *o;
	struct compare_result *r;
	enum regime regime;
	bool swapped;		/* side 0 here is "after" for the caller */
	bool forced;		/* a warning forces inconclusive */
	int threads;
	struct used_block *b;
	size_t nb;
	size_t nunits[2];
	double *level[2];	/* of units: mean over their blocks; NAN: none */
	double *quantile[2];	/* of each wanted percentile */
	double *unit_quantile[2];	/* [unit * npercentiles + i], boots only */
	struct grid grid[2];
	/* What the interval methods leave for each percentile. */
	double *se, *df;	/* NAN se: no interval */
	double *replicate;	/* [i * replicates + r], of delta, ascending, with the scatter
				   that se has; NULL: no bootstrap */
	double *step;		/* relative, that ties make a percentile jump by; 0: none */
	double alpha_band;	/* two-sided error for each percentile of the band */
	double nsequential;	/* independent units at this look */
	double tie_p, tie_step;	/* the judged percentile with the coarsest ties, relative */
	bool constant[2];	/* all samples of the side are equal */
};

/* Units of variation are boots, or pairs of guests. */
static inline bool units_are_boots(const struct comparison *c)
{
	return c->regime == REGIME_BOOTS || c->regime == REGIME_PAIRED_BOOTS;
}

/* Units of the side that has the fewest. */
static inline size_t fewest_units(const struct comparison *c)
{
	return c->nunits[0] < c->nunits[1] ? c->nunits[0] : c->nunits[1];
}

/*
 * comparison.c: what all steps need. The samples of block I: where they are, or read into V,
 * which has room for any block's (comparison_scratch()). NULL: *err.
 */
const double *comparison_samples(const struct comparison *c, size_t i, double *v, int *err);
/* That room; NULL: no memory. */
double *comparison_scratch(const struct comparison *c);
/* A result with nothing but its percentiles, for compare_free(); NULL: no memory. */
struct compare_result *comparison_result(const struct compare_options *o);
int comparison_warn(struct comparison *c, enum compare_warning_code code, double a, double b);
/* Likewise, and the verdict becomes inconclusive. */
int comparison_force(struct comparison *c, enum compare_warning_code code, double a, double b);
/*
 * The levels that there are of a side's units; SIDE of 2: the changes of the units that both
 * sides have. *N of them, malloc'ed; NULL: no memory.
 */
double *comparison_levels(const struct comparison *c, int side, size_t *n);
/* The critical value for two-sided ALPHA with DF degrees of freedom, at this look. */
double comparison_critical(const struct comparison *c, double alpha, double df);
/* Its inverse near that ALPHA: the two-sided p-value of T standard errors. */
double comparison_p(const struct comparison *c, double alpha, double t, double df);

/* log(AFTER / BEFORE), NAN unless both are positive. */
static inline double log_change(double before, double after)
{
	return before > 0 && after > 0 ? log(after) - log(before) : NAN;
}

/* prepare.c: usable blocks in order, the regime, the units. */
int prepare_blocks(struct comparison *c, const struct compare_block *in, size_t n);

/* percentiles.c: quantiles of each side (or of boots) and cut points. */
int find_percentiles(struct comparison *c);
/* Samples beyond percentile I on the side (in the boot) that has fewest. */
double percentile_beyond(const struct comparison *c, size_t i);
/* True if there is too little beyond percentile I for an interval. */
bool percentile_thin(const struct comparison *c, size_t i);

/* levels.c: the level of each block, and of each unit. */
int find_levels(struct comparison *c);

/* grid.c: samples below the cut points, by batch of units. */
int grid_count(struct comparison *c);
/* Samples of batches with these weights; STRIDE weights. */
double grid_total(const struct grid *g, const float *weight);
/*
 * The quantile that has WANT samples of batches with these weights below it. *NEAR is the
 * index of a cut, from where it is looked for, and becomes that of the cut above it.
 */
double grid_quantile(const struct grid *g, const float *weight, double want, size_t *near);

/* Standard errors and the band's error: bootstrap.c within boots, between-boots.c. */
int bootstrap_spread(struct comparison *c);
int between_boots_spread(struct comparison *c);

/* effect.c: the effect, its interval at CONFIDENCE and its one-sided p-values. */
struct effect {
	double delta;
	struct interval ci;
	double se;		/* from the width of ci, for "needs" */
	double p_above, p_below;	/* of "not above the margin", "not below minus it" */
	size_t left_out;		/* units without a level */
};
int find_effect(struct comparison *c, double confidence, struct effect *out);

/* diagnose.c: drift, order, two states, ties. */
int find_doubts(struct comparison *c);

/* verdict.c: intervals from standard errors, worst, verdict, needs. */
int find_verdict(struct comparison *c, const struct effect *e, struct interval band);

/* parallel.c: fn(arg, i) for i in 0..n-1 on THREADS threads; the first error or 0. */
int parallel_for(int threads, size_t n, int (*fn)(void *arg, size_t i), void *arg);

#endif
