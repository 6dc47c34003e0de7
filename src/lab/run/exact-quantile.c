/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Quantiles of what a guest measured. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <gsl/gsl_sort.h>
#include "base/fail.h"
#include "lab/run/exact-priv.h"

int exact_quantile(const struct operation *ops, uint64_t n, enum metric metric, double p,
	double *out)
{
	double *v = malloc((n ? n : 1) * sizeof(*v));

	*out = NAN;
	if (!v)
		return fail_nomem();
	for (uint64_t i = 0; i < n; i++)
		v[i] = (double)ops[i].metric[metric];
	gsl_sort(v, 1, n);
	if (n)
		*out = v[(uint64_t)(p * (double)(n - 1))];
	free(v);
	return 0;
}
