/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How samples are distributed: quantiles for a curve, and a histogram. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "analysis/statistics/tally.h"
#include "base/fail.h"
#include "report/plot/plot-priv.h"

#define FINE_BINS 120
#define COARSE_BINS 36
#define FINE_QUANTILES 100	/* steps between 0 and 1 */
#define COARSE_QUANTILES 20
#define BINS_FROM 0.001		/* quantiles of both sides together */
#define BINS_TO 0.995
#define LOG_FROM 3.0		/* highest over lowest that asks for bins of equal ratio */

/* The samples of a block that are numbers, through V, which has room for all of them. */
static int tally_block(const struct compare_block *b, double *v, struct tally *out)
{
	int err = compare_samples(b, v);
	size_t n = 0;

	if (err)
		return err;
	for (size_t i = 0; i < b->n; i++)
		if (isfinite(v[i]))
			v[n++] = v[i];
	return tally_add(out, v, n) ? fail_nomem() : 0;
}

static int tally_side(const struct dataset_blocks *b, int side, struct tally *out)
{
	size_t longest = 1;
	double *v;
	int err;

	for (size_t i = 0; i < b->n; i++)
		if (b->v[i].n > longest)
			longest = b->v[i].n;
	v = malloc(longest * sizeof(*v));
	err = v ? 0 : fail_nomem();
	for (size_t i = 0; i < b->n && !err; i++)
		if (b->v[i].side == side)
			err = tally_block(&b->v[i], v, out);
	free(v);
	if (!err && tally_finish(out))
		err = fail_nomem();
	return err;
}

static double share(const struct tally *t, double v)
{
	return t->n ? (double)tally_rank(t, v) / (double)t->n : NAN;
}

/* The smallest step between neighbours: a clock's, or a counter's. */
static double smallest_step(const struct tally *t)
{
	double step = INFINITY;

	for (size_t i = 1; i < t->distinct; i++)
		if (t->v[i] - t->v[i - 1] < step)
			step = t->v[i] - t->v[i - 1];
	return step;
}

/* Evenly from 0 to 1, and more of them in the tails. */
static int make_quantiles(const struct tally side[2], bool coarse, struct plot_distribution *d)
{
	static const double tail[] = { 0.001, 0.0025, 0.005, 0.9925, 0.995, 0.9975, 0.999 };
	int steps = coarse ? COARSE_QUANTILES : FINE_QUANTILES, ntail = sizeof(tail) / sizeof(*tail);
	int err = plot_columns_new(&d->quantiles, 3, (size_t)(steps - 1 + ntail));

	for (int i = 0, k = 0; (i < ntail || k < steps - 1) && !err;) {
		double even = k < steps - 1 ? (k + 1.0) / steps : 2;
		double q = i < ntail && tail[i] < even ? tail[i++] : (k++, even);

		d->quantiles.v[0][i + k - 1] = q * 100;
		for (int s = 0; s < 2; s++)
			d->quantiles.v[1 + s][i + k - 1] =
				tally_quantile(QUANTILE_TYPE8, &side[s], q);
	}
	return err;
}

/* The edges: no bin narrower than the step of the values, which would leave gaps. */
static size_t choose_bins(double lo, double hi, double step, size_t most, bool *log_scale)
{
	size_t n = most;

	*log_scale = lo > 0 && hi / lo > LOG_FROM;
	if (!isfinite(step))
		return 1;
	if (*log_scale && lo * (exp(log(hi / lo) / (double)n) - 1) < step)
		*log_scale = false;
	if (!*log_scale && (hi - lo) / (double)n < step)
		n = (size_t)((hi - lo) / step + 1.5);
	return n < 1 ? 1 : n > most ? most : n;
}

static double edge(double lo, double hi, size_t i, size_t n, bool log_scale)
{
	double at = (double)i / (double)n;

	return log_scale ? lo * exp(log(hi / lo) * at) : lo + (hi - lo) * at;
}

static int make_bins(const struct tally side[2], const struct tally *all, bool coarse,
	struct plot_distribution *d)
{
	double lo = tally_quantile(QUANTILE_TYPE7, all, BINS_FROM);
	double hi = tally_quantile(QUANTILE_TYPE7, all, BINS_TO);
	double step = smallest_step(all);
	size_t n = choose_bins(lo, hi, step, coarse ? COARSE_BINS : FINE_BINS, &d->log);
	bool steps = !d->log && isfinite(step) && (hi - lo) / (double)n < 1.5 * step;
	int err = plot_columns_new(&d->bins, 4, n + 1);
	double **bin = d->bins.v;

	if (err)
		return err;
	if (lo == hi || steps) {	/* a bar about each value */
		double half = isfinite(step) ? step / 2 : lo != 0 ? fabs(lo) * 0.005 : 0.5;

		lo -= half;
		hi = steps ? lo + (double)n * step : hi + half;
	}
	for (size_t i = 0; i < n; i++) {
		bin[0][i] = edge(lo, hi, i, n, d->log);
		bin[1][i] = i + 1 == n ? hi : edge(lo, hi, i + 1, n, d->log);
		for (int s = 0; s < 2; s++)
			bin[2 + s][i] = (share(&side[s], bin[1][i]) - (i || lo != all->v[0] ?
				share(&side[s], bin[0][i]) : 0)) * 100;
	}
	bin[0][n] = hi;		/* where the last step ends */
	bin[2][n] = bin[3][n] = 0;
	d->below = lo == all->v[0] ? 0 : share(all, lo);
	d->above = 1 - share(all, hi);
	return 0;
}

/* Kolmogorov and Smirnov's distance. */
static void find_gap(const struct tally side[2], struct plot_distribution *d)
{
	d->gap = d->gap_at = NAN;
	for (size_t i = 0, k = 0; i < side[0].distinct && k < side[1].distinct;) {
		double v = fmin(side[0].v[i], side[1].v[k]), gap;

		i += side[0].v[i] <= v;
		k += side[1].v[k] <= v;
		gap = fabs((i ? (double)side[0].upto[i - 1] : 0) / (double)side[0].n -
			   (k ? (double)side[1].upto[k - 1] : 0) / (double)side[1].n);
		if (isnan(d->gap) || gap > d->gap) {
			d->gap = gap;
			d->gap_at = v;
		}
	}
}

int plot_distribution_make(const struct dataset_blocks *b, bool coarse,
	struct plot_distribution *out)
{
	struct tally side[2] = { 0 }, all = { 0 };
	int err = tally_side(b, 0, &side[0]);

	*out = (struct plot_distribution){ 0 };
	if (!err)
		err = tally_side(b, 1, &side[1]);
	if (!err && tally_merge(&side[0], &side[1], &all))
		err = fail_nomem();
	if (!err)
		err = make_quantiles(side, coarse, out);
	if (!err && all.n)
		err = make_bins(side, &all, coarse, out);
	if (!err)
		find_gap(side, out);
	for (int s = 0; s < 2; s++) {
		out->middle[s][0] = tally_quantile(QUANTILE_TYPE8, &side[s], 0.05);
		out->middle[s][1] = tally_quantile(QUANTILE_TYPE8, &side[s], 0.95);
		tally_free(&side[s]);
	}
	tally_free(&all);
	return err;
}

void plot_distribution_free(struct plot_distribution *d)
{
	plot_columns_free(&d->quantiles);
	plot_columns_free(&d->bins);
	*d = (struct plot_distribution){ 0 };
}
