/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Estimators and tests by their published names. Pure computation: no I/O, no globals, no
 * memory kept. Arrays are borrowed and never changed unless a comment says so. Where there
 * is no answer (too little data, a NAN in the data) the answer is NAN, never a guess.
 */
#ifndef EXITBENCH_STATS_H
#define EXITBENCH_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct interval {
	double lo, hi;		/* both NAN: there is none */
};

/* The quantile estimators. */
enum quantile_type {
	QUANTILE_TYPE7,		/* Hyndman & Fan 1996, definition 7: R's default */
	QUANTILE_TYPE8,		/* their definition 8: nearly median unbiased */
	QUANTILE_HARRELL_DAVIS,	/* Harrell & Davis 1982: weights all order statistics */
};

/* The type 7 quantile Q (0..1) of N ascending values; NAN for n = 0. tally.h has the others. */
double quantile_sorted(const double *sorted, size_t n, double q);

/*
 * Where that is among N order statistics, from 0 and fractional (Hyndman & Fan 1996); not for
 * Harrell-Davis.
 */
double quantile_position(enum quantile_type type, size_t n, double q);

/*
 * The type 8 quantile of N values in any order; V is reordered (quickselect, Hoare 1961).
 * Linear in N. NAN for n = 0.
 */
double quantile_select(double *v, size_t n, double q);

/*
 * Sorts finite values ascending in place. LSD radix sort for long arrays, which needs a
 * second array of the same size for the while. Returns 0 or -ENOMEM.
 */
int sort_doubles(double *v, size_t n);

/* An estimate with its interval at the confidence asked for. */
struct location {
	double estimate;
	struct interval ci;
	double p;		/* two-sided p-value of "the location is mu0" */
};

/*
 * Hodges-Lehmann, one sample: the median of all Walsh averages, with the interval that
 * inverts the Wilcoxon signed-rank test (Hodges & Lehmann 1963; Hollander & Wolfe 1999,
 * sections 3.2 and 3.3), i.e. the sign-flip test on ranks. Exact null distribution up to
 * n = 49, normal approximation above. INFLATE multiplies the standard deviation of the
 * statistic (1: independent values). Below the n that can give this confidence (6 for
 * 0.95) ci is NAN. Returns 0 or -ENOMEM.
 */
int hodges_lehmann(const double *x, size_t n, double mu0, double confidence,
	double inflate, struct location *out);

/* Summary of a sample, e.g. as somebody published it. */
struct summary {
	double mean, sd;
	size_t n;
};

struct welch {
	double difference;	/* mean of b - mean of a */
	double se;		/* its standard error */
	double t, df, p;	/* p two-sided, for a difference of 0 */
	struct interval ci;	/* of the difference */
};

struct summary summarise(const double *x, size_t n);

/*
 * Welch's t (Welch 1947, degrees of freedom of Satterthwaite 1946). n < 2 on a side, or
 * a NAN: everything but the difference is NAN. Two zero sd: se 0, ci of no width, t and
 * p NAN if the means are equal, else p 0.
 */
struct welch welch_summary(struct summary a, struct summary b, double confidence);
struct welch welch_samples(const double *a, size_t na, const double *b, size_t nb,
	double confidence);

/*
 * Student's t: the value exceeded in absolute terms with probability ALPHA. Normal above
 * 1e6 degrees of freedom. NAN if alpha or df is not positive.
 */
double student_critical(double alpha, double df);

/*
 * Holm 1979: p-values adjusted for N tests, in the order given. NANs are left out of the
 * count and stay NAN. adjusted may be p itself. Returns 0 or -ENOMEM.
 */
int holm_adjust(const double *p, size_t n, double *adjusted);

/*
 * Sequential looks: a confidence sequence, valid at all times at once, so that one may
 * look after every round and stop when one likes.
 *
 * The values are round by round differences (log ratios) x_i whose distribution around
 * the shift is symmetric given the past, which random order within the round provides.
 * Then exp(l S - l^2 V / 2) with S the sum of odd scores psi(x_i - shift), V that of their
 * squares, is a supermartingale (de la Pena 1999, lemma 6.1), and mixing over l gives
 * |S| <= sqrt((V + r) log((V + r) / (r a^2))) for all times with probability 1 - a
 * (Robbins 1970; Howard et al. 2021, eq. 14). psi is Huber's (1964), its scale the MAD
 * of earlier rounds only; the interval is every shift that is not rejected.
 */
struct sequential {
	double *x, *scale;	/* owned */
	void *solver;		/* likewise; looks at one and the same take turns */
	size_t n, room;
	double confidence;
};

/* The interval is to be tightest at 500 rounds. */
void sequential_init(struct sequential *s, double confidence);
void sequential_free(struct sequential *s);
/* Adds a round; NAN is ignored. Returns 0 or -ENOMEM. */
int sequential_add(struct sequential *s, double x);
/* The interval now; NAN below 8 rounds. Linear in the rounds. */
struct interval sequential_interval(const struct sequential *s);
/* The middle: Huber's M-estimate, the shift at which S is 0. NAN without rounds. */
double sequential_estimate(const struct sequential *s);
/* The smallest error at which SHIFT is outside the confidence sequence, two-sided. */
double sequential_p(const struct sequential *s, double shift);

/*
 * The factor by which a fixed-time half-width grows into an asymptotic confidence
 * sequence at time N, tightest at 500 (Waudby-Smith et al. 2024, theorem 2.2), in
 * standard errors: use in place of the normal quantile for error ALPHA, two-sided.
 */
double sequential_critical(double n, double alpha);
/* Its inverse: the error at which T standard errors are crossed. */
double sequential_critical_p(double n, double alpha, double t);

/*
 * Automatic block length for the stationary bootstrap (Politis & White 2004, corrected
 * Patton, Politis & White 2009), at least 1. *inflate (if not NULL) is the long-run
 * variance over the plain variance with the same flat-top window, at least 1.
 */
double stationary_block_length(const double *x, size_t n, double *inflate);

#endif
