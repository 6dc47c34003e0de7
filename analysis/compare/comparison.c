/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every step of a comparison needs: samples, warnings, and the critical values of the
 * regime.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_cdf.h>
#include "analysis/compare/compare-priv.h"

double compare_pct(double log_ratio)
{
	return 100 * expm1(log_ratio);
}

int compare_samples(const struct compare_block *b, double *v)
{
	if (!b->v && b->n)
		return b->source->read(b->source->arg, b->at, v);
	if (b->n)
		memcpy(v, b->v, b->n * sizeof(*v));
	return 0;
}

double *comparison_scratch(const struct comparison *c)
{
	size_t longest = 1;

	for (size_t i = 0; i < c->nb; i++)
		if (!c->b[i].from.v && c->b[i].n > longest)
			longest = c->b[i].n;
	return malloc(longest * sizeof(double));
}

const double *comparison_samples(const struct comparison *c, size_t i, double *v, int *err)
{
	const struct compare_block *b = &c->b[i].from;

	if (b->v)
		return b->v;
	*err = compare_samples(b, v);
	return *err ? NULL : v;
}

int comparison_warn(struct comparison *c, enum compare_warning_code code, double a, double b)
{
	size_t n = c->r->nwarnings;
	struct compare_warning *w = realloc(c->r->warnings, (n + 1) * sizeof(*w));

	if (!w)
		return -ENOMEM;
	w[n] = (struct compare_warning){ code, a, b };
	c->r->warnings = w;
	c->r->nwarnings++;
	return 0;
}

int comparison_force(struct comparison *c, enum compare_warning_code code, double a, double b)
{
	c->forced = true;
	return comparison_warn(c, code, a, b);
}

double *comparison_levels(const struct comparison *c, int side, size_t *n)
{
	size_t all = c->nunits[side == 1];
	double *x = malloc((all + 1) * sizeof(*x));

	*n = 0;
	for (size_t u = 0; x && u < all; u++) {
		x[*n] = side < 2 ? c->level[side][u] : c->level[1][u] - c->level[0][u];
		*n += !isnan(x[*n]);
	}
	return x;
}

struct compare_result *comparison_result(const struct compare_options *o)
{
	struct compare_result *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->percentiles = calloc(o->npercentiles, sizeof(*r->percentiles));
	if (!r->percentiles) {
		free(r);
		return NULL;
	}
	r->npercentiles = o->npercentiles;
	for (size_t i = 0; i < o->npercentiles; i++) {
		double p = o->percentiles[i];

		r->percentiles[i].p = p;
		r->percentiles[i].judged = p >= o->judged_lo && p <= o->judged_hi;
	}
	r->block_length = NAN;
	return r;
}

double comparison_critical(const struct comparison *c, double alpha, double df)
{
	double n = c->nsequential, t = student_critical(alpha, df);

	if (!c->o->sequential)
		return t;
	/* Boots: the error is spent as 1/(B(B-1)), which sums to 1 over B = 2, 3, ... */
	if (units_are_boots(c))
		return student_critical(alpha / (n * (n - 1)), df);
	return sequential_critical(n, alpha) * t / gsl_cdf_ugaussian_Qinv(alpha / 2);
}

double comparison_p(const struct comparison *c, double alpha, double t, double df)
{
	double n = c->nsequential, p = 2 * gsl_cdf_tdist_Q(fabs(t), df);

	if (!c->o->sequential)
		return fmin(1, p);
	if (units_are_boots(c))
		return fmin(1, p * n * (n - 1));
	t *= gsl_cdf_ugaussian_Qinv(alpha / 2) / student_critical(alpha, df);
	return sequential_critical_p(n, alpha, t);
}
