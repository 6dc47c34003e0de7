/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Published figures, judged. Pure computation: no I/O. Changes are relative, after / before
 * - 1 (0.01: 1%); what there is no answer to is NAN.
 */
#ifndef EXITBENCH_HISTORY_H
#define EXITBENCH_HISTORY_H

#include "analysis/compare/compare.h"

#define HISTORY_CONFIDENCE 0.95
#define HISTORY_POWER 0.8

enum history_scale {
	HISTORY_LINEAR,		/* summaries in the unit; a ratio of means */
	HISTORY_LOG,		/* summaries of logarithms; a ratio of geometric means */
};

struct history_test {
	double change;
	double se;		/* one standard error of CHANGE, by the delta method */
	double t, df, p;
	struct interval ci;	/* 95%, of CHANGE */
	enum compare_verdict verdict;
	double detectable;	/* true slowdown that such runs show in 80% of all tries */
	double runs;		/* a side, to show one of the margin in 80%; NAN: over 1e9 */
};

/*
 * Welch's t of two summaries of runs. On the linear scale the interval is that of the
 * difference, in parts of the mean before.
 */
struct history_test history_welch(struct summary before, struct summary after,
	enum history_scale scale, double margin);

/*
 * The scatter between runs, all of them around their side's mean, of summaries of logs:
 * a relative standard deviation, with n - 1 its degrees of freedom. mean is 0.
 */
struct summary history_scatter(struct summary before, struct summary after);

/* One run a side, RATIO apart, if runs scattered by as much as SCATTER says. */
struct history_test history_borrowed(double ratio, struct summary scatter, double margin);

/*
 * What perf stat -r prints: the mean of RUNS and "+- x%", which is the standard error of
 * that mean (util/stat.c: sqrt(variance / n)), not the standard deviation of the runs.
 */
struct summary history_perf_stat(double mean, double sem_pct, size_t runs);

/*
 * The power of the two-sided 5% t test with DF degrees of freedom when the true value is
 * NCP standard errors from 0: noncentral t, integrated over the scale.
 */
double history_power(double ncp, double df);

/* The verdict that an interval of CHANGE gives; the margin is the same both ways in logs. */
enum compare_verdict history_verdict(struct interval ci, double margin);

#endif
