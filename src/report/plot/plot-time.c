/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The measurement in the order of time: level of each side, effect, disturbed operations. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_sort.h>
#include "base/fail.h"
#include "report/plot/plot.h"

#define FINE_MOMENTS 80
#define COARSE_MOMENTS 20
#define ROUNDS_EACH 6		/* at least, that an interval takes, where there are more than */
#define SINGLE_ROUNDS 40	/* so many, which are drawn one by one */
#define MOST_BOOTS 30		/* whose beginning is marked */
#define LONGEST_STEP 5.0	/* times the median: pauses are shortened to this */

/* A round of both sides, or a block of one: what one point could be drawn of. */
struct unit {
	double start, t;
	int boot;
	int64_t pair;
	double level[2];	/* log; NAN: none */
	unsigned int sides;	/* 1: before, 2: after */
	double ops, disturbed;	/* NAN: not known */
};

static int by_pair(const void *a, const void *b)
{
	const struct unit *x = a, *y = b;

	if (x->boot != y->boot)
		return x->boot < y->boot ? -1 : 1;
	return (x->pair > y->pair) - (x->pair < y->pair);
}

static int by_start(const void *a, const void *b)
{
	const struct unit *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

static int block_level(const struct compare_block *b, double *level)
{
	double *copy = malloc((b->n ? b->n : 1) * sizeof(*copy));
	int err = copy ? compare_samples(b, copy) : fail_nomem();

	*level = err ? NAN : compare_block_level(copy, b->n);
	free(copy);
	return err;
}

static int make_units(const struct dataset_blocks *b, struct unit *u)
{
	int err = 0;

	for (size_t i = 0; i < b->n && !err; i++) {
		const struct compare_block *v = &b->v[i];

		u[i] = (struct unit){ .start = v->start, .boot = v->boot, .pair = v->pair,
			.level = { NAN, NAN }, .sides = 1U << v->side, .ops = b->facts[i].ops,
			.disturbed = b->facts[i].disturbed };
		err = block_level(v, &u[i].level[v->side]);
	}
	return err;
}

/* Makes one of the blocks of a round; what has no partner stays. */
static size_t join_pairs(struct unit *u, size_t n)
{
	size_t kept = 0;

	qsort(u, n, sizeof(*u), by_pair);
	for (size_t i = 0; i < n; i++) {
		struct unit *last = kept ? &u[kept - 1] : NULL;
		int side = u[i].sides >> 1;

		if (!last || u[i].pair < 0 || by_pair(last, &u[i]) || last->sides & u[i].sides) {
			u[kept++] = u[i];
			continue;
		}
		last->level[side] = u[i].level[side];
		last->sides = 3;
		last->ops += u[i].ops;
		last->disturbed += u[i].disturbed;
		if (u[i].start < last->start)
			last->start = u[i].start;
	}
	return kept;
}

static int median_step(const struct unit *u, size_t n, double *median)
{
	double *step = calloc(n ? n : 1, sizeof(*step));
	size_t have = 0;

	*median = 1;
	if (!step)
		return fail_nomem();
	for (size_t i = 1; i < n; i++)
		if (u[i].start > u[i - 1].start)
			step[have++] = u[i].start - u[i - 1].start;
	gsl_sort(step, 1, have);
	if (have)
		*median = step[have / 2];
	free(step);
	return 0;
}

/* Time spent on this cell: without the visits to others and the time between boots. */
static int lay_out(struct unit *u, size_t n, struct plot_time *out)
{
	double most, t = 0;
	int err = median_step(u, n, &most);

	if (err)
		return err;
	most *= LONGEST_STEP;
	out->boot = calloc(MOST_BOOTS, sizeof(*out->boot));
	if (!out->boot)
		return fail_nomem();
	for (size_t i = 0; i < n; i++) {
		double step = i ? u[i].start - u[i - 1].start : 0;

		if (!(step <= most))	/* or one of them is not known */
			step = most;
		t += step;
		u[i].t = t;
		if (i && u[i].boot != u[i - 1].boot && out->nboots < MOST_BOOTS)
			out->boot[out->nboots++] = t - step / 2;
	}
	return 0;
}

static double mean_level(const struct unit *u, size_t n, int side)
{
	double sum = 0;
	size_t have = 0;

	for (size_t i = 0; i < n; i++)
		if (!isnan(u[i].level[side])) {
			sum += u[i].level[side];
			have++;
		}
	return have ? sum / (double)have : NAN;
}

/* The mean change of N rounds, with Student's interval. */
static double mean_change(const struct unit *u, size_t n, struct interval *ci)
{
	double *change = calloc(n ? n : 1, sizeof(*change));
	struct summary s, zero = { 0, 0, 2 };
	size_t have = 0;

	*ci = (struct interval){ NAN, NAN };
	if (!change)
		return NAN;
	for (size_t i = 0; i < n; i++)
		if (!isnan(u[i].level[0]) && !isnan(u[i].level[1]))
			change[have++] = u[i].level[1] - u[i].level[0];
	s = summarise(change, have);
	free(change);
	if (have >= ROUNDS_EACH)
		*ci = welch_summary(zero, s, 0.95).ci;
	return have ? s.mean : NAN;
}

static struct plot_moment make_moment(const struct unit *u, size_t n)
{
	struct plot_moment m = { 0 };
	double ops = 0, disturbed = 0;

	for (size_t i = 0; i < n; i++) {
		m.t += u[i].t / (double)n;
		ops += u[i].ops;
		disturbed += u[i].disturbed;
	}
	for (int side = 0; side < 2; side++)
		m.level[side] = exp(mean_level(u, n, side));
	m.change = mean_change(u, n, &m.ci);
	m.disturbed = ops > 0 ? disturbed / ops : NAN;
	return m;
}

/* Of the side whose level moved further. */
static double find_drift(const struct plot_time *t)
{
	double most = NAN;

	for (int side = 0; side < 2; side++) {
		double low = INFINITY, high = 0;

		for (size_t i = 0; i < t->n; i++) {
			double level = t->moment[i].level[side];

			low = level < low ? level : low;
			high = level > high ? level : high;
		}
		if (high > 0 && !(log(high / low) <= most))
			most = log(high / low);
	}
	return most;
}

static int make_moments(struct unit *u, size_t n, bool coarse, struct plot_time *out)
{
	size_t most = coarse ? COARSE_MOMENTS : FINE_MOMENTS, k = n;
	struct interval ci;

	if (n > SINGLE_ROUNDS || n > most)
		k = n / ROUNDS_EACH < most ? n / ROUNDS_EACH : most;
	out->moment = calloc(k ? k : 1, sizeof(*out->moment));
	if (!out->moment)
		return fail_nomem();
	for (size_t i = 0; i < k; i++)
		out->moment[i] = make_moment(u + n * i / k, n * (i + 1) / k - n * i / k);
	out->n = k;
	out->units = n;
	out->first = mean_change(u, n / 3, &ci);
	out->last = mean_change(u + n - n / 3, n / 3, &ci);
	out->drift = find_drift(out);
	return 0;
}

int plot_time_make(const struct dataset_blocks *b, bool coarse, struct plot_time *out)
{
	struct unit *u = calloc(b->n ? b->n : 1, sizeof(*u));
	size_t n = b->n;
	int err = u ? make_units(b, u) : fail_nomem();

	*out = (struct plot_time){ 0 };
	if (!err)
		n = join_pairs(u, n);
	for (size_t i = 0; i < n && !err; i++)
		out->paired |= u[i].sides == 3;
	if (!err) {
		qsort(u, n, sizeof(*u), by_start);
		err = lay_out(u, n, out);
	}
	if (!err)
		err = make_moments(u, n, coarse, out);
	free(u);
	return err;
}

void plot_time_free(struct plot_time *t)
{
	free(t->moment);
	free(t->boot);
	*t = (struct plot_time){ 0 };
}
