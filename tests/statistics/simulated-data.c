/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocks as a machine with drift, states and boots would give them, made from a seed. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include "tests/statistics/simulated-data.h"

#define TAIL_FROM 0.93		/* tail-only changes begin at this percentile */
#define TAIL_SLOPE 0.5		/* beyond it, logs are stretched by this much */
#define STATES_APART 2.0	/* slow samples over fast ones */
#define SLOW_ROUND (1 / 1.2)	/* share of a slow round's samples that are slow */
#define PERIOD 100		/* rounds from one slow spell to the next */

/* The state of a boot as time goes on. */
struct machine {
	const struct scenario *s;
	gsl_rng *rng;
	double boot, spread, ar;	/* logs; spread differs between boots */
	bool slow;
	int tick, ticks, start;
};

static double sigma(const struct scenario *s)
{
	return s->noise == NORMAL || s->slow > 0 ? 0.05 : s->noise == LOGNORMAL ? 0.3 : 0.1;
}

/* The log level of the next block. */
static double next_level(struct machine *m)
{
	double level = m->boot;

	m->ar = 0.9 * m->ar + gsl_ran_gaussian(m->rng, sqrt(1 - 0.81));
	if (gsl_rng_uniform(m->rng) < 1.0 / 30)
		m->slow = !m->slow;
	if (m->s->noise == SPELLS)
		m->slow = (m->tick / 2 + m->start) % PERIOD <
			(int)lround(PERIOD * m->s->slow / SLOW_ROUND);
	if (m->s->noise == BIMODAL && m->slow)
		level += log(1.3);
	if (m->s->noise == DRIFTING)
		level += 0.2 * m->tick / m->ticks;
	if (m->s->noise == AUTOCORRELATED)
		level += 0.03 * m->ar;
	m->tick++;
	return level + gsl_ran_gaussian(m->rng, 0.01);
}

/* One sample; tail-only changes stretch what lies above the sample distribution's p93. */
static double sample(const struct machine *m, double level, int side, enum shift shift)
{
	double sd = sigma(m->s) * m->spread, z = gsl_ran_gaussian_ziggurat(m->rng, 1), x;
	double from = gsl_cdf_ugaussian_Pinv(TAIL_FROM);

	x = m->s->noise == NORMAL ? log(fmax(0.01, 1 + sd * z)) : sd * z;
	if (side && shift == TAIL && z > from)
		x += TAIL_SLOPE * sd * (z - from) + TAIL_SLOPE * sd;
	if (m->s->slow > 0 && gsl_rng_uniform(m->rng) < (m->s->noise == MIXTURE ? m->s->slow :
			m->slow ? SLOW_ROUND : 0))
		x += log(STATES_APART);
	if (side && shift == CONSTANT)
		x += log(1.03);
	if (side && shift == AT_MARGIN)
		x += log1p(MARGIN);
	return 15000 * exp(level + x);
}

static void start_boot(struct machine *m, const struct scenario *s, gsl_rng *rng)
{
	bool between = s->design == BOOTS || s->design == GUESTS;

	*m = (struct machine){ .s = s, .rng = rng, .spread = 1, .ticks = 2 * s->units };
	m->slow = gsl_rng_uniform(rng) < 0.5;
	m->ar = gsl_ran_gaussian(rng, 1);
	if (s->noise == SPELLS)
		m->start = (int)gsl_rng_uniform_int(rng, PERIOD);
	if (between) {
		m->boot = gsl_ran_gaussian(rng, 0.02);
		m->spread = exp(gsl_ran_gaussian(rng, 0.05));
	}
}

static void fill_block(struct machine *m, struct compare_block *b, double *v, enum shift shift)
{
	double level = next_level(m);

	for (size_t i = 0; i < b->n; i++)
		v[i] = sample(m, level, b->side, shift);
	b->v = v;
	b->start = m->tick;
}

size_t simulate(const struct scenario *s, enum shift shift, gsl_rng *rng,
	struct compare_block *b, double *v)
{
	size_t n = 0, samples = (size_t)s->samples;

	for (int boot = 0; boot < s->boots; boot++) {
		struct machine m[2];

		start_boot(&m[0], s, rng);
		start_boot(&m[1], s, rng);
		for (int u = 0; u < s->units; u++) {
			int first = (int)gsl_rng_uniform_int(rng, 2);

			for (int k = 0; k < 2; k++, n++) {
				int side = first ^ k;
				bool own = s->design == BOOTS || s->design == GUESTS;

				b[n] = (struct compare_block){ .side = side,
					.boot = s->design == BOOTS ? 2 * boot + side : boot,
					.pair = s->design == UNPAIRED ? -1 : u,
					.n = samples };
				fill_block(&m[own ? side : 0], &b[n], v + n * samples,
					shift);
				if (s->design == BOOTS)	/* A B B A */
					b[n].start += 1e6 * (2 * boot + (side ^ (boot & 1)));
			}
		}
	}
	return n;
}

/* A percentile between two states, where a change in the tail of one has no single value. */
static bool in_gap(const struct scenario *s, double p)
{
	return s->slow > 0 && fabs(100 - 100 * s->slow - p) < 0.5;
}

/* N samples of SIDE over all that a boot goes through, sorted. */
static int many_samples(const struct scenario *s, int side, gsl_rng *rng, double *v, size_t n)
{
	bool between = s->design == BOOTS || s->design == GUESTS;
	struct machine m;

	gsl_rng_set(rng, 1);
	start_boot(&m, s, rng);
	m.spread = 1;
	for (size_t i = 0; i < n; i++) {
		double level;

		if (!(i & 1023)) {
			m.slow = i >> 10 & 1;
			m.ar = gsl_ran_gaussian(rng, 1);
		}
		m.tick = (int)(i * (size_t)m.ticks / n);
		level = next_level(&m);
		v[i] = sample(&m, between && s->noise != BIMODAL ? 0 : level, side, TAIL);
	}
	return sort_doubles(v, n);
}

static int tail_truth(const struct scenario *s, const double *percentiles, size_t np, bool full,
	double *truth)
{
	size_t n = full ? 1 << 21 : 1 << 18;
	double *v[2] = { malloc(n * sizeof(double)), malloc(n * sizeof(double)) };
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	int err = v[0] && v[1] && rng ? 0 : -ENOMEM;

	for (int side = 0; side < 2 && !err; side++)
		err = many_samples(s, side, rng, v[side], n);
	for (size_t i = 0; i < np && !err; i++)
		truth[i] = in_gap(s, percentiles[i]) ? NAN :
			log(quantile_sorted(v[1], n, percentiles[i] / 100) /
			quantile_sorted(v[0], n, percentiles[i] / 100));
	free(v[0]);
	free(v[1]);
	if (rng)
		gsl_rng_free(rng);
	return err;
}

int simulated_truth(const struct scenario *s, enum shift shift, const double *percentiles,
	size_t n, bool full, double *truth)
{
	if (shift == TAIL)
		return tail_truth(s, percentiles, n, full, truth);
	for (size_t i = 0; i < n; i++)
		truth[i] = shift == CONSTANT ? log(1.03) : shift == AT_MARGIN ? log1p(MARGIN) : 0;
	return 0;
}
