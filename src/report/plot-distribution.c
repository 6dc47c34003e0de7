/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How samples are distributed: quantiles for a curve, and a histogram. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "plot.h"

#define FINE_BINS 120
#define COARSE_BINS 36
#define FINE_QUANTILES 100	/* steps between 0 and 1 */
#define COARSE_QUANTILES 20
#define BINS_FROM 0.001		/* quantiles of both sides together */
#define BINS_TO 0.995
#define LOG_FROM 3.0		/* highest over lowest that asks for bins of equal ratio */

/* Ascending samples. */
struct sorted {
	double *v;
	size_t n;
};

static int sort_side(const struct dataset_blocks *b, int side, struct sorted *out)
{
	size_t room = 0;

	for (size_t i = 0; i < b->n; i++)
		room += side < 0 || b->v[i].side == side ? b->v[i].n : 0;
	out->n = 0;
	out->v = malloc((room ? room : 1) * sizeof(*out->v));
	if (!out->v)
		return fail_nomem();
	for (size_t i = 0; i < b->n; i++)
		for (size_t k = 0; k < b->v[i].n && (side < 0 || b->v[i].side == side); k++)
			if (isfinite(b->v[i].v[k]))
				out->v[out->n++] = b->v[i].v[k];
	return sort_doubles(out->v, out->n) ? fail_nomem() : 0;
}

/* How many are at most V. */
static size_t rank(const struct sorted *s, double v)
{
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;

		if (s->v[middle] <= v)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

static double share(const struct sorted *s, double v)
{
	return s->n ? (double)rank(s, v) / (double)s->n : NAN;
}

/* The smallest step between neighbours: a clock's, or a counter's. */
static double smallest_step(const struct sorted *s)
{
	double step = INFINITY;

	for (size_t i = 1; i < s->n; i++)
		if (s->v[i] > s->v[i - 1] && s->v[i] - s->v[i - 1] < step)
			step = s->v[i] - s->v[i - 1];
	return step;
}

/* Evenly from 0 to 1, and more of them in the tails. */
static int make_quantiles(const struct sorted side[2], bool coarse, struct plot_distribution *d)
{
	static const double tail[] = { 0.001, 0.0025, 0.005, 0.9925, 0.995, 0.9975, 0.999 };
	int steps = coarse ? COARSE_QUANTILES : FINE_QUANTILES, ntail = sizeof(tail) / sizeof(*tail);

	d->quantile = calloc((size_t)(steps - 1 + ntail), sizeof(*d->quantile));
	if (!d->quantile)
		return fail_nomem();
	for (int i = 0, k = 0; i < ntail || k < steps - 1;) {
		double even = k < steps - 1 ? (k + 1.0) / steps : 2;
		double q = i < ntail && tail[i] < even ? tail[i++] : (k++, even);

		d->quantile[d->nquantiles].share = q;
		for (int s = 0; s < 2; s++)
			d->quantile[d->nquantiles].value[s] =
				quantile_sorted(QUANTILE_TYPE8, side[s].v, side[s].n, q);
		d->nquantiles++;
	}
	return 0;
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

static int make_bins(const struct sorted side[2], const struct sorted *all, bool coarse,
	struct plot_distribution *d)
{
	double lo = quantile_sorted(QUANTILE_TYPE7, all->v, all->n, BINS_FROM);
	double hi = quantile_sorted(QUANTILE_TYPE7, all->v, all->n, BINS_TO);
	double step = smallest_step(all);
	size_t n = choose_bins(lo, hi, step, coarse ? COARSE_BINS : FINE_BINS, &d->log);
	bool steps = !d->log && isfinite(step) && (hi - lo) / (double)n < 1.5 * step;

	d->bin = calloc(n, sizeof(*d->bin));
	if (!d->bin)
		return fail_nomem();
	if (lo == hi || steps) {	/* a bar about each value */
		double half = isfinite(step) ? step / 2 : lo != 0 ? fabs(lo) * 0.005 : 0.5;

		lo -= half;
		hi = steps ? lo + (double)n * step : hi + half;
	}
	d->nbins = n;
	for (size_t i = 0; i < n; i++) {
		struct plot_bin *b = &d->bin[i];

		b->from = edge(lo, hi, i, n, d->log);
		b->to = i + 1 == n ? hi : edge(lo, hi, i + 1, n, d->log);
		for (int s = 0; s < 2; s++)
			b->share[s] = share(&side[s], b->to) - (i || lo != all->v[0] ?
				share(&side[s], b->from) : 0);
	}
	d->below = lo == all->v[0] ? 0 : share(all, lo);
	d->above = 1 - share(all, hi);
	return 0;
}

/* Kolmogorov and Smirnov's distance. */
static void find_gap(const struct sorted side[2], struct plot_distribution *d)
{
	d->gap = d->gap_at = NAN;
	for (size_t i = 0, k = 0; i < side[0].n && k < side[1].n;) {
		double v = side[0].v[i] < side[1].v[k] ? side[0].v[i] : side[1].v[k], gap;

		while (i < side[0].n && side[0].v[i] <= v)
			i++;
		while (k < side[1].n && side[1].v[k] <= v)
			k++;
		gap = fabs((double)i / (double)side[0].n - (double)k / (double)side[1].n);
		if (isnan(d->gap) || gap > d->gap) {
			d->gap = gap;
			d->gap_at = v;
		}
	}
}

int plot_distribution_make(const struct dataset_blocks *b, bool coarse,
	struct plot_distribution *out)
{
	struct sorted side[2] = { 0 }, all = { 0 };
	int err = sort_side(b, 0, &side[0]);

	*out = (struct plot_distribution){ 0 };
	if (!err)
		err = sort_side(b, 1, &side[1]);
	if (!err)
		err = sort_side(b, -1, &all);
	if (!err)
		err = make_quantiles(side, coarse, out);
	if (!err && all.n)
		err = make_bins(side, &all, coarse, out);
	if (!err)
		find_gap(side, out);
	for (int s = 0; s < 2; s++) {
		out->middle[s][0] = quantile_sorted(QUANTILE_TYPE8, side[s].v, side[s].n, 0.05);
		out->middle[s][1] = quantile_sorted(QUANTILE_TYPE8, side[s].v, side[s].n, 0.95);
		free(side[s].v);
	}
	free(all.v);
	return err;
}

void plot_distribution_free(struct plot_distribution *d)
{
	free(d->quantile);
	free(d->bin);
	*d = (struct plot_distribution){ 0 };
}
