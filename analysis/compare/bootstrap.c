/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Within boots: the stationary bootstrap (Politis & Romano 1994) of rounds, both blocks of
 * a round together, or of each side's blocks where they are unpaired. A replicate is a
 * weight for each batch of units; percentiles come from the counts, not from samples.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include "analysis/compare/compare-priv.h"
#include "analysis/statistics/splitmix.h"

#define CHUNK 16		/* replicates that a thread takes at once */

struct resampling {
	struct comparison *c;
	bool paired;
	double length[2];	/* mean block of the resampling, in batches */
	size_t *near[2];	/* the cut above each percentile, with every weight 1 */
	double *base;		/* the same estimate with every weight 1 */
	double *deviation;	/* [i * replicates + r] */
	double bias;		/* by which standard errors were raised */
};

static uint64_t replicate_seed(uint64_t seed, uint64_t replicate)
{
	seed ^= splitmix_next(&replicate);
	return splitmix_next(&seed);
}

static void draw_weights(gsl_rng *rng, double length, float *weight, size_t n)
{
	size_t at = 0;

	for (size_t k = 0; k < n; k++)
		weight[k] = 0;
	for (size_t k = 0; k < n; k++) {
		if (!k || gsl_rng_uniform(rng) * length < 1)
			at = gsl_rng_uniform_int(rng, n);
		else
			at = at + 1 < n ? at + 1 : 0;
		weight[at]++;
	}
}

/*
 * The change at each percentile that batches have with these weights, as the caller stores
 * it: OUT[i * stride]; NAN where there is no interval (se). NEAR is where to look first, and
 * is left alone unless LEARN.
 */
static void log_ratios(const struct resampling *j, float *const weight[2], bool learn, double *out,
	size_t stride)
{
	const struct comparison *c = j->c;
	double total[2];

	for (int side = 0; side < 2; side++)
		total[side] = grid_total(&c->grid[side], weight[side]);
	for (size_t i = 0; i < c->r->npercentiles; i++) {
		double at[2];

		out[i * stride] = NAN;
		if (isnan(c->se[i]))
			continue;
		for (int side = 0; side < 2; side++) {
			size_t near = j->near[side][i];

			at[side] = grid_quantile(&c->grid[side], weight[side],
				c->r->percentiles[i].p / 100 * total[side], &near);
			if (learn)
				j->near[side][i] = near;
		}
		out[i * stride] = log_change(at[0], at[1]);
	}
}

/* Replicates CHUNK * I and on; each has its own generator, whichever thread takes it. */
static int replicate_chunk(void *arg, size_t i)
{
	struct resampling *j = arg;
	struct comparison *c = j->c;
	size_t nr = (size_t)c->o->replicates, to = (i + 1) * CHUNK < nr ? (i + 1) * CHUNK : nr;
	size_t n0 = c->grid[0].nbatches, n1 = c->grid[1].nbatches;
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	size_t stride = c->grid[0].stride;
	float *room = calloc(stride + c->grid[1].stride, sizeof(*room)), *weight[2];

	if (!rng || !room) {
		if (rng)
			gsl_rng_free(rng);
		free(room);
		return -ENOMEM;
	}
	weight[0] = room;
	weight[1] = j->paired ? room : room + stride;
	for (size_t r = i * CHUNK; r < to; r++) {
		gsl_rng_set(rng, (unsigned long)replicate_seed(c->o->seed, r));
		draw_weights(rng, j->length[0], weight[0], n0);
		if (!j->paired)
			draw_weights(rng, j->length[1], weight[1], n1);
		log_ratios(j, weight, false, &j->deviation[r], nr);
		for (size_t p = 0; p < c->r->npercentiles; p++)
			j->deviation[p * nr + r] -= j->base[p];
	}
	gsl_rng_free(rng);
	free(room);
	return 0;
}

/* Share of a batch's samples below the side's percentile: what moves the percentile. */
static void shares(const struct comparison *c, int side, double at, double *out)
{
	const struct grid *g = &c->grid[side];
	size_t k = 0;

	while (k + 1 < g->ncuts && g->cut[k] < at)
		k++;
	for (size_t b = 0; b < g->nbatches; b++)
		out[b] = g->size[b] > 0 ? (double)(g->count[k * g->stride + b] / g->size[b]) : 0;
}

/*
 * Rounds: the dependence of what differs, and of what both blocks share as far as a
 * twentieth of the rounds. The latter cancels where the change is the same in every state
 * of the machine; where it is not, the share of each state matters.
 */
static double paired_length(double *s0, double *s1, size_t n)
{
	double shared, most = fmax(1, (double)n / 20);

	for (size_t b = 0; b < n; b++) {
		double sum = s1[b] + s0[b];

		s0[b] = s1[b] - s0[b];
		s1[b] = sum;
	}
	shared = stationary_block_length(s1, n, NULL);
	return fmax(stationary_block_length(s0, n, NULL), fmin(shared, most));
}

/* The longest of the block lengths that the judged percentiles ask for. */
static int choose_length(struct resampling *j)
{
	struct comparison *c = j->c;
	size_t n0 = c->grid[0].nbatches, n1 = c->grid[1].nbatches;
	double *room = malloc((n0 + n1) * sizeof(*room)), *s[2];

	if (!room)
		return -ENOMEM;
	s[0] = room;
	s[1] = room + n0;
	j->length[0] = j->length[1] = 1;
	for (size_t i = 0; i < c->r->npercentiles; i++) {
		if (!c->r->percentiles[i].judged || isnan(c->se[i]))
			continue;
		for (int side = 0; side < 2; side++)
			shares(c, side, c->quantile[side][i], s[side]);
		if (j->paired) {
			j->length[0] = fmax(j->length[0], paired_length(s[0], s[1], n0));
			j->length[1] = j->length[0];
			continue;
		}
		for (int side = 0; side < 2; side++)
			j->length[side] = fmax(j->length[side],
				stationary_block_length(s[side], side ? n1 : n0, NULL));
	}
	free(room);
	return 0;
}

/* The units' levels in their order, those of both sides together (TOGETHER) or one side's. */
static size_t copy_levels(const struct comparison *c, int side, bool together, double *const x[2])
{
	size_t n = 0;

	for (size_t u = 0; u < c->nunits[side]; u++) {
		x[0][n] = c->level[side][u];
		if (together)
			x[1][n] = c->level[!side][u];
		n += !isnan(x[0][n]) && !(together && isnan(x[1][n]));
	}
	return n;
}

/*
 * The mean block in units. The length that Politis & White 2004 find for batches of K units
 * is a Kth of the units' own: n, the variance of a mean and the sum of |lag| times
 * covariance become n/K, and a Kth and a K^2th of themselves, in (g^2 / S^2 n)^(1/3). But it
 * is at least 1: batches that do not depend on each other say only that dependence ends
 * within one, and the units' levels say where.
 */
static double length_in_units(const struct resampling *j, int side, double *const room[2])
{
	const struct comparison *c = j->c;
	double batch = (double)c->nunits[side] / (double)c->grid[side].nbatches;
	size_t n;

	if (batch == 1 || j->length[side] > 1)
		return j->length[side] * batch;
	n = copy_levels(c, side, j->paired, room);
	return fmin(batch, j->paired ? paired_length(room[0], room[1], n) :
		stationary_block_length(room[0], n, NULL));
}

/* What a sequential look goes by: as many units as would be worth as much if independent. */
static int count_independent(const struct resampling *j)
{
	struct comparison *c = j->c;
	size_t n0 = c->nunits[0], n1 = c->nunits[1], most = n0 > n1 ? n0 : n1;
	double *half[2] = { malloc(2 * most * sizeof(**half)) };

	if (!half[0])
		return -ENOMEM;
	half[1] = half[0] + most;
	c->r->block_length = fmax(length_in_units(j, 0, half), length_in_units(j, 1, half));
	c->nsequential = (double)fewest_units(c) / c->r->block_length;
	free(half[0]);
	return 0;
}

/*
 * Standard error from the middle 95% of the deviations. The factor corrects the bootstrap's
 * downward bias, 1 - b/K of the variance for K units in blocks of b; the degrees of freedom
 * are those of K/b independent blocks.
 */
static void standard_errors(struct resampling *j, double *sorted)
{
	struct comparison *c = j->c;
	size_t nr = (size_t)c->o->replicates;
	double loss = 0, df = 0, z = gsl_cdf_ugaussian_Pinv(0.975);

	for (int side = 0; side < 2; side++) {
		double share = j->length[side] / (double)c->grid[side].nbatches;

		loss = fmax(loss, share);
		df += j->paired && side ? 0 : 1 / share - 1;
	}
	j->bias = 1 / sqrt(1 - fmin(loss, 0.5));
	for (size_t i = 0; i < c->r->npercentiles; i++) {
		bool none = isnan(c->se[i]);

		for (size_t r = 0; r < nr; r++) {
			sorted[r] = j->deviation[i * nr + r];
			none = none || isnan(sorted[r]);
		}
		c->se[i] = NAN;
		if (none)
			continue;
		gsl_sort(sorted, 1, nr);
		c->se[i] = j->bias * (quantile_sorted(sorted, nr, 0.975) -
			quantile_sorted(sorted, nr, 0.025)) / (2 * z);
		c->df[i] = fmax(1, df);
	}
}

/*
 * Max-t: the quantile of the largest studentised deviation, as the two-sided error that
 * each percentile may spend (Romano & Wolf 2005; Montiel Olea & Plagborg-Moller 2019).
 */
static void band_error(struct resampling *j, double *largest)
{
	struct comparison *c = j->c;
	size_t nr = (size_t)c->o->replicates, used = 0;
	double alpha = 1 - c->o->confidence, critical;

	for (size_t r = 0; r < nr; r++)
		largest[r] = 0;
	for (size_t i = 0; i < c->r->npercentiles; i++) {
		if (isnan(c->se[i]))
			continue;
		used++;
		for (size_t r = 0; r < nr && c->se[i] > 0; r++)
			largest[r] = fmax(largest[r],
				fabs(j->deviation[i * nr + r]) / c->se[i]);
	}
	gsl_sort(largest, 1, nr);
	critical = quantile_sorted(largest, nr, c->o->confidence);
	c->alpha_band = 2 * gsl_cdf_ugaussian_Q(critical);
	c->alpha_band = fmin(c->alpha_band, alpha);
	c->alpha_band = fmax(c->alpha_band, alpha / (double)(used ? used : 1));
}

/*
 * What the intervals look at besides the standard error: the replicates themselves, not
 * shifted to the estimate. Between two states of the machine that may lie half the gap from
 * the same quantile read off the cut points.
 */
static void keep_replicates(struct resampling *j)
{
	struct comparison *c = j->c;
	size_t nr = (size_t)c->o->replicates;

	for (size_t i = 0; i < c->r->npercentiles; i++) {
		double *d = j->deviation + i * nr;

		for (size_t r = 0; r < nr; r++)
			d[r] = j->base[i] + j->bias * d[r];
		if (!isnan(c->se[i]))
			gsl_sort(d, 1, nr);
	}
	c->replicate = j->deviation;
	j->deviation = NULL;
}

static int set_base(struct resampling *j)
{
	struct comparison *c = j->c;
	size_t most = c->grid[0].stride > c->grid[1].stride ? c->grid[0].stride :
							      c->grid[1].stride;
	float *ones = malloc(most * sizeof(*ones)), *weight[2] = { ones, ones };

	if (!ones)
		return -ENOMEM;
	for (size_t k = 0; k < most; k++)
		ones[k] = 1;
	for (size_t i = 0; i < c->r->npercentiles; i++)
		c->se[i] = percentile_thin(c, i) || !(c->quantile[0][i] > 0) ||
			!(c->quantile[1][i] > 0) ? NAN : 0;
	log_ratios(j, weight, true, j->base, 1);
	for (size_t i = 0; i < c->r->npercentiles; i++)
		c->se[i] = isnan(j->base[i]) ? NAN : 0;
	free(ones);
	return 0;
}

int bootstrap_spread(struct comparison *c)
{
	struct resampling j = { .c = c, .paired = c->regime == REGIME_PAIRED };
	size_t nr = (size_t)c->o->replicates;
	double *room = malloc(nr * sizeof(*room));
	int err = -ENOMEM;

	j.base = malloc(c->r->npercentiles * sizeof(*j.base));
	j.deviation = malloc(c->r->npercentiles * nr * sizeof(*j.deviation));
	for (int side = 0; side < 2; side++)
		j.near[side] = calloc(c->r->npercentiles, sizeof(*j.near[side]));
	if (!room || !j.base || !j.deviation || !j.near[0] || !j.near[1])
		goto out;
	err = set_base(&j);
	if (!err)
		err = choose_length(&j);
	if (!err)
		err = parallel_for(c->threads, (nr + CHUNK - 1) / CHUNK, replicate_chunk, &j);
	if (err)
		goto out;
	standard_errors(&j, room);
	band_error(&j, room);
	keep_replicates(&j);
	err = count_independent(&j);
out:
	free(room);
	free(j.near[0]);
	free(j.near[1]);
	free(j.base);
	free(j.deviation);
	return err;
}
