/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A straight line through points with known errors, and what a test of known width can see. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_fit.h>
#include "analysis/statistics/line-fit.h"

static int check_points(const double *x, const double *y, const double *se, size_t n)
{
	size_t different = 0;

	for (size_t i = 0; i < n; i++) {
		if (!isfinite(x[i]) || !isfinite(y[i]) || !isfinite(se[i]) || se[i] <= 0)
			return -EINVAL;
		different += x[i] != x[0];
	}
	return different ? 0 : -EINVAL;
}

int fit_line(const double *x, const double *y, const double *se, size_t n, struct line_fit *out)
{
	double cov00, cov01, cov11, chisq;
	double *w = malloc((n ? n : 1) * sizeof(*w));
	int err = w ? check_points(x, y, se, n) : -ENOMEM;

	if (!err) {
		for (size_t i = 0; i < n; i++)
			w[i] = 1 / (se[i] * se[i]);
		gsl_fit_wlinear(x, 1, w, 1, y, 1, n, &out->intercept, &out->slope, &cov00, &cov01,
			&cov11, &chisq);
		out->slope_se = sqrt(cov11);
	}
	free(w);
	return err;
}

double detectable_effect(double half_width, double confidence, double power)
{
	if (!(confidence > 0 && confidence < 1 && power > 0 && power < 1))
		return NAN;
	return half_width *
	       (1 + gsl_cdf_ugaussian_Pinv(power) / gsl_cdf_ugaussian_Qinv((1 - confidence) / 2));
}
