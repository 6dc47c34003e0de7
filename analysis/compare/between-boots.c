/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between boots. There are few of them, so the interval is Welch's t on the boots' log
 * percentiles (one-sample t on the differences where guests ran side by side), and the
 * band's critical value is that of the largest such t under a normal model with the
 * covariance between percentiles that the boots show, found by simulation with the
 * studentisation repeated (the parametric bootstrap of Westfall & Young 1993, 2.5).
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include "analysis/compare/compare-priv.h"

/* Log percentiles by boot: groups rows, n[g] x np; one group if boots are paired. */
struct boot_data {
	int groups;
	size_t n[2], np;
	double *y[2];
};

static struct welch test_column(const struct boot_data *d, size_t i, double *room)
{
	struct summary s[2] = { { 0, 0, 0 }, { 0, 0, 0 } };
	struct welch w = { NAN, NAN, NAN, NAN, NAN, { NAN, NAN } };

	for (int g = 0; g < d->groups; g++) {
		for (size_t u = 0; u < d->n[g]; u++)
			room[u] = d->y[g][u * d->np + i];
		s[g] = summarise(room, d->n[g]);
	}
	if (d->groups == 2)
		return welch_summary(s[0], s[1], 0.95);
	w.difference = s[0].mean;
	w.se = s[0].sd / sqrt((double)s[0].n);
	w.df = (double)s[0].n - 1;
	return w;
}

/* New boots: independent normal combinations of the residuals have their covariance. */
static void simulate(gsl_rng *rng, const struct boot_data *residual, struct boot_data *out)
{
	for (int g = 0; g < residual->groups; g++) {
		size_t n = residual->n[g], np = residual->np;
		double scale = 1 / sqrt((double)n - 1);

		for (size_t u = 0; u < n; u++) {
			for (size_t i = 0; i < np; i++)
				out->y[g][u * np + i] = 0;
			for (size_t k = 0; k < n; k++) {
				double z = gsl_ran_gaussian_ziggurat(rng, scale);

				for (size_t i = 0; i < np; i++)
					out->y[g][u * np + i] +=
						z * residual->y[g][k * np + i];
			}
		}
	}
}

static void centre(struct boot_data *d)
{
	for (int g = 0; g < d->groups; g++) {
		for (size_t i = 0; i < d->np; i++) {
			double mean = 0;

			for (size_t u = 0; u < d->n[g]; u++)
				mean += d->y[g][u * d->np + i] / (double)d->n[g];
			for (size_t u = 0; u < d->n[g]; u++)
				d->y[g][u * d->np + i] -= mean;
		}
	}
}

/* The smallest of the percentiles' p-values in one simulated experiment. */
static double smallest_p(const struct boot_data *d, double *room)
{
	double p = 1;

	for (size_t i = 0; i < d->np; i++) {
		struct welch w = test_column(d, i, room);

		if (w.se > 0)
			p = fmin(p, 2 * gsl_cdf_tdist_Q(fabs(w.difference / w.se), w.df));
	}
	return p;
}

static void free_data(struct boot_data *d)
{
	free(d->y[0]);
	free(d->y[1]);
}

static int alloc_data(struct boot_data *d, const struct boot_data *like)
{
	*d = *like;
	d->y[0] = d->y[1] = NULL;
	for (int g = 0; g < d->groups; g++) {
		d->y[g] = malloc((d->n[g] * d->np + 1) * sizeof(double));
		if (!d->y[g])
			return -ENOMEM;
	}
	return 0;
}

/* The two-sided error each percentile may spend so that the band has the confidence. */
static int band_error(struct comparison *c, struct boot_data *d, double *room)
{
	size_t nr = (size_t)c->o->replicates;
	double *p = malloc(nr * sizeof(*p)), alpha = 1 - c->o->confidence;
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	struct boot_data sim = { .groups = 0 };
	int err = -ENOMEM;

	if (!p || !rng || alloc_data(&sim, d))
		goto out;
	gsl_rng_set(rng, (unsigned long)(c->o->seed ^ c->o->seed >> 32));
	centre(d);
	for (size_t r = 0; r < nr; r++) {
		simulate(rng, d, &sim);
		p[r] = smallest_p(&sim, room);
	}
	gsl_sort(p, 1, nr);
	c->alpha_band = fmin(alpha, quantile_sorted(p, nr, alpha));
	c->alpha_band = fmax(c->alpha_band, alpha / (double)(d->np ? d->np : 1));
	err = 0;
out:
	free_data(&sim);
	free(p);
	if (rng)
		gsl_rng_free(rng);
	return err;
}

/* Copies the columns that can have an interval; the others' se becomes NAN. */
static void fill(struct comparison *c, struct boot_data *d)
{
	size_t all = c->r->npercentiles;
	bool paired = d->groups == 1;

	for (size_t i = 0; i < all; i++) {
		c->se[i] = percentile_thin(c, i) || isnan(c->quantile[0][i]) ||
			isnan(c->quantile[1][i]) ? NAN : 0;
		if (isnan(c->se[i]))
			continue;
		for (int g = 0; g < d->groups; g++)
			for (size_t u = 0; u < d->n[g]; u++) {
				double y = c->unit_quantile[paired ? 1 : g][u * all + i];

				if (paired)
					y -= c->unit_quantile[0][u * all + i];
				d->y[g][u * all + d->np] = y;
			}
		d->np++;
	}
}

/* Rows were filled with stride ALL; closes them up to np. */
static void close_up(struct boot_data *d, size_t all)
{
	for (int g = 0; g < d->groups; g++)
		for (size_t u = 0; u < d->n[g]; u++)
			for (size_t i = 0; i < d->np; i++)
				d->y[g][u * d->np + i] = d->y[g][u * all + i];
}

int between_boots_spread(struct comparison *c)
{
	struct boot_data like = { .groups = c->regime == REGIME_BOOTS ? 2 : 1,
		.n = { c->nunits[0], c->nunits[1] }, .np = c->r->npercentiles }, d;
	size_t most = like.n[0] > like.n[1] ? like.n[0] : like.n[1];
	double *room = malloc(most * sizeof(*room));
	int err = alloc_data(&d, &like);

	if (!room)
		err = -ENOMEM;
	if (err)
		goto out;
	d.np = 0;
	fill(c, &d);
	close_up(&d, c->r->npercentiles);
	for (size_t i = 0, k = 0; i < c->r->npercentiles; i++) {
		struct welch w;

		if (isnan(c->se[i]))
			continue;
		w = test_column(&d, k++, room);
		c->se[i] = w.se;
		c->df[i] = w.df;
	}
	c->nsequential = (double)fewest_units(c);
	err = band_error(c, &d, room);
out:
	free_data(&d);
	free(room);
	return err;
}
