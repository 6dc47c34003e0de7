/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For calibrations: recovered against injected, and the smallest effect that shows. */
#ifndef EXITBENCH_LINE_FIT_H
#define EXITBENCH_LINE_FIT_H

#include <stddef.h>

struct line_fit {
	double slope, slope_se;
	double intercept;		/* in the unit of y */
};

/*
 * The straight line through N points (x, y) by weighted least squares, weights 1 / se^2,
 * standard errors from the given ones (GSL's gsl_fit_wlinear; Bevington & Robinson,
 * section 6). An error that all y share, such as that of a common reference, goes into the
 * intercept and leaves the slope alone. 0, or -EINVAL: fewer than two different x, an se
 * that is not positive, a value that is not finite.
 */
int fit_line(const double *x, const double *y, const double *se, size_t n, struct line_fit *out);

/*
 * The effect that a test at CONFIDENCE finds with probability POWER, given the half-width
 * of its interval: half-width * (1 + z_power / z_confidence), normal approximation. In the
 * unit of HALF_WIDTH; both probabilities are within (0, 1), else NAN.
 */
double detectable_effect(double half_width, double confidence, double power);

#endif
