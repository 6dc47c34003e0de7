/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What only the comparison needs of the confidence sequences. */
#ifndef EXITBENCH_SEQUENTIAL_H
#define EXITBENCH_SEQUENTIAL_H

#include "analysis/statistics/stats.h"

/* The smallest error at which SHIFT is outside the confidence sequence, two-sided. */
double sequential_p(const struct sequential *s, double shift);

/* The inverse of sequential_critical(): the error at which T standard errors are crossed. */
double sequential_critical_p(double n, double best_at, double alpha, double t);

#endif
