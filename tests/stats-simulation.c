// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Simulated experiments whose truth is known: do the intervals cover it as often as they
 * say, and is there an alarm where nothing changed? What each scenario and column means is
 * in doc/statistics.md. TAP on stdout; with --table the table of that page instead.
 *
 *   stats-simulation.t [--full] [--table] [--seed N] [--experiments N] [row]
 *
 * A row is "scenario, shift none", or the beginning of several.
 */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include "cell.h"

#define FULL_EXPERIMENTS 2000
#define SHORT_EXPERIMENTS 16
#define REPLICATES 400
#define MARGIN 0.01
#define TAIL_FROM 0.93		/* tail-only changes begin at this percentile */
#define TAIL_SLOPE 0.5		/* beyond it, logs are stretched by this much */
#define STATES_APART 2.0	/* slow samples over fast ones */
#define SLOW_ROUND (1 / 1.2)	/* share of a slow round's samples that are slow */
#define PERIOD 100		/* rounds from one slow spell to the next */

enum noise {
	NORMAL, LOGNORMAL, BIMODAL, DRIFTING, AUTOCORRELATED,
	SPELLS,			/* slow for many rounds on end, both sides alike */
	MIXTURE,		/* each sample is slow or not by itself */
};
enum design { PAIRED, UNPAIRED, BOOTS, GUESTS, SEQUENTIAL };
enum shift { NONE, CONSTANT, AT_MARGIN, TAIL, SHIFTS };

static const char *const shift_name[] = { "none", "+3%", "+1% (margin)", "tail only" };

struct scenario {
	const char *name;
	enum design design;
	enum noise noise;
	int boots;		/* a side; 1 unless between boots */
	int units;		/* rounds, or blocks a side, in each boot */
	int samples;		/* of a block */
	double slow;		/* share of slow samples; SPELLS, MIXTURE */
};

static const struct scenario scenarios[] = {
	{ "paired normal", PAIRED, NORMAL, 1, 160, 50, 0 },
	{ "paired lognormal", PAIRED, LOGNORMAL, 1, 160, 50, 0 },
	{ "paired bimodal", PAIRED, BIMODAL, 1, 240, 50, 0 },
	{ "paired drifting", PAIRED, DRIFTING, 1, 160, 50, 0 },
	{ "paired autocorrelated", PAIRED, AUTOCORRELATED, 1, 160, 50, 0 },
	{ "paired few rounds", PAIRED, LOGNORMAL, 1, 20, 200, 0 },
	{ "paired unit samples", PAIRED, LOGNORMAL, 1, 300, 1, 0 },
	{ "unpaired normal", UNPAIRED, NORMAL, 1, 160, 50, 0 },
	{ "unpaired lognormal", UNPAIRED, LOGNORMAL, 1, 160, 50, 0 },
	{ "unpaired bimodal", UNPAIRED, BIMODAL, 1, 240, 50, 0 },
	{ "unpaired drifting", UNPAIRED, DRIFTING, 1, 160, 50, 0 },
	{ "unpaired autocorrelated", UNPAIRED, AUTOCORRELATED, 1, 400, 30, 0 },
	{ "3 boots a side", BOOTS, LOGNORMAL, 3, 30, 50, 0 },
	{ "5 boots a side", BOOTS, LOGNORMAL, 5, 30, 50, 0 },
	{ "10 boots a side", BOOTS, LOGNORMAL, 10, 20, 50, 0 },
	{ "5 boots a side, bimodal", BOOTS, BIMODAL, 5, 30, 50, 0 },
	{ "5 guest pairs", GUESTS, LOGNORMAL, 5, 30, 50, 0 },
	{ "sequential normal", SEQUENTIAL, NORMAL, 1, 300, 20, 0 },
	{ "sequential lognormal", SEQUENTIAL, LOGNORMAL, 1, 300, 20, 0 },
	{ "sequential bimodal", SEQUENTIAL, BIMODAL, 1, 300, 20, 0 },
	{ "sequential drifting", SEQUENTIAL, DRIFTING, 1, 300, 20, 0 },
	{ "sequential autocorrelated", SEQUENTIAL, AUTOCORRELATED, 1, 300, 20, 0 },
	{ "paired spells, 5% slow", PAIRED, SPELLS, 1, 300, 50, 0.05 },
	{ "paired spells, 10% slow", PAIRED, SPELLS, 1, 300, 50, 0.10 },
	{ "paired spells, 25% slow", PAIRED, SPELLS, 1, 300, 50, 0.25 },
	{ "paired mixture, 5% slow", PAIRED, MIXTURE, 1, 160, 50, 0.05 },
	{ "paired mixture, 10% slow", PAIRED, MIXTURE, 1, 160, 50, 0.10 },
	{ "unpaired mixture, 5% slow", UNPAIRED, MIXTURE, 1, 160, 50, 0.05 },
	{ "sequential spells, 5% slow", SEQUENTIAL, SPELLS, 1, 300, 50, 0.05 },
};

#define SCENARIOS (sizeof(scenarios) / sizeof(*scenarios))

/* What happened, counted over experiments. */
struct tally {
	atomic_int experiments, effect, ci, ci_of, band, nonzero, alarm, found, equivalent;
};

struct job {
	const struct scenario *s;
	enum shift shift;
	uint64_t seed;
	double truth[10];	/* log ratio at each percentile */
	double slack;		/* how far it may be off */
	struct tally *t;
};

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

/* All blocks of an experiment; in each round (or of each two blocks) the order is random. */
static size_t simulate(const struct job *j, gsl_rng *rng, struct compare_block *b, double *v)
{
	const struct scenario *s = j->s;
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
					j->shift);
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

/*
 * The true change at each percentile. Constant: the same at all. Tail only: between boots
 * (whose percentiles are averaged as logs) it follows from the sample distribution;
 * within, the percentile is one of the mixture over levels, found from many samples.
 */
static int find_truth(struct job *j, const struct compare_options *o, bool full)
{
	size_t n = full ? 1 << 21 : 1 << 18;
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	double *v[2] = { malloc(n * sizeof(double)), malloc(n * sizeof(double)) };
	struct machine m;
	int err = 0;

	for (size_t i = 0; i < o->npercentiles; i++)
		j->truth[i] = j->shift == CONSTANT ? log(1.03) :
			j->shift == AT_MARGIN ? log1p(MARGIN) : 0;
	j->slack = full ? 1e-3 : 3e-3;
	if (j->shift != TAIL)
		goto out;
	for (int side = 0; side < 2; side++) {
		bool between = j->s->design == BOOTS || j->s->design == GUESTS;

		gsl_rng_set(rng, 1);
		start_boot(&m, j->s, rng);
		m.spread = 1;
		for (size_t i = 0; i < n; i++) {
			double level;

			if (!(i & 1023)) {
				m.slow = i >> 10 & 1;
				m.ar = gsl_ran_gaussian(rng, 1);
			}
			m.tick = (int)(i * (size_t)m.ticks / n);
			level = next_level(&m);
			v[side][i] = sample(&m, between && j->s->noise != BIMODAL ? 0 : level,
				side, TAIL);
		}
		err = sort_doubles(v[side], n);
	}
	for (size_t i = 0; i < o->npercentiles; i++)
		j->truth[i] = in_gap(j->s, o->percentiles[i]) ? NAN :
			log(quantile_sorted(QUANTILE_TYPE7, v[1], n, o->percentiles[i] / 100) /
			quantile_sorted(QUANTILE_TYPE7, v[0], n, o->percentiles[i] / 100));
out:
	free(v[0]);
	free(v[1]);
	gsl_rng_free(rng);
	return err;
}

static bool covers(struct interval i, double truth)
{
	return i.lo <= truth + 1e-12 && i.hi >= truth - 1e-12;
}

static void count(struct job *j, const struct compare_result *r)
{
	/* what Monte Carlo leaves uncertain about the truth of a tail is no fault of the band */
	double slack = j->shift == TAIL ? j->slack : 0, effect = j->shift == TAIL ? 0 : j->truth[0];
	bool band = true, found = false;

	for (size_t i = 0; i < r->npercentiles; i++) {
		const struct compare_percentile *p = &r->percentiles[i];

		if (isnan(p->band.lo) || isnan(j->truth[i]))
			continue;
		j->t->ci_of++;
		j->t->ci += p->ci.lo - slack <= j->truth[i] && p->ci.hi + slack >= j->truth[i];
		band = band && p->band.lo - slack <= j->truth[i] &&
			p->band.hi + slack >= j->truth[i];
		found = found || (p->p >= 95 && p->band.lo > 0);
	}
	j->t->experiments++;
	j->t->effect += covers(r->effect.ci, effect);
	j->t->nonzero += !covers(r->effect.ci, 0);
	j->t->band += band;
	j->t->found += found;
	j->t->equivalent += r->verdict == COMPARE_EQUIVALENT;
	j->t->alarm += r->verdict == COMPARE_REGRESSION ||
		r->verdict == COMPARE_IMPROVEMENT;
}

/* Looks after every round; wrong once is wrong. Then the comparison, at the end. */
static int look_every_round(struct job *j, const struct compare_block *b, size_t n,
	const struct compare_result *r)
{
	double room[2][64], effect = j->shift == TAIL ? 0 : j->truth[0];
	bool right = true, zero = true, quiet = true;
	struct sequential s;
	int err = 0;

	sequential_init(&s, 0.95, 0);
	for (size_t i = 0; i + 1 < n && !err; i += 2) {
		struct interval ci;

		for (int k = 0; k < 2; k++)
			memcpy(room[b[i + (size_t)k].side], b[i + (size_t)k].v,
				b[i].n * sizeof(double));
		err = sequential_add(&s, compare_round(room[0], b[i].n, room[1], b[i].n));
		ci = sequential_interval(&s);
		if (isnan(ci.lo))
			continue;
		right = right && covers(ci, effect);
		zero = zero && covers(ci, 0);
		quiet = quiet && ci.lo <= log1p(MARGIN) && ci.hi >= -log1p(MARGIN);
	}
	sequential_free(&s);
	count(j, r);
	j->t->effect += right - covers(r->effect.ci, effect);
	j->t->nonzero += !zero - !covers(r->effect.ci, 0);
	if (quiet)
		return err;
	j->t->alarm += r->verdict != COMPARE_REGRESSION && r->verdict != COMPARE_IMPROVEMENT;
	return err;
}

static int experiment(void *arg, size_t i)
{
	struct job *j = arg;
	const struct scenario *s = j->s;
	size_t blocks = 2 * (size_t)(s->boots * s->units), n;
	struct compare_block *b = malloc(blocks * sizeof(*b));
	double *v = malloc(blocks * (size_t)s->samples * sizeof(*v));
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	struct compare_result *r = NULL;
	struct compare_options o;
	int err = -ENOMEM;

	if (!b || !v || !rng)
		goto out;
	gsl_rng_set(rng, (unsigned long)(j->seed * 1000003 + i));
	n = simulate(j, rng, b, v);
	compare_defaults(&o);
	o.level = s->design == BOOTS ? COMPARE_BOOT : s->design == GUESTS ? COMPARE_VM :
		s->design == UNPAIRED ? COMPARE_FILE : COMPARE_BLOCK;
	o.replicates = REPLICATES;
	o.threads = 1;
	o.seed = i;
	o.sequential = s->design == SEQUENTIAL;
	err = compare_cell(&o, b, n, &r);
	if (!err && o.sequential)
		err = look_every_round(j, b, n, r);
	else if (!err)
		count(j, r);
out:
	compare_free(r);
	free(b);
	free(v);
	if (rng)
		gsl_rng_free(rng);
	return err;
}

static double percent(int k, int n)
{
	return n ? 100.0 * k / n : NAN;
}

/* True unless K of N is less than a probability of P explains (one chance in 10,000). */
static bool enough(int k, int n, double p, bool full)
{
	if (full)
		return k >= p * n;
	return gsl_cdf_binomial_P((unsigned int)k, p, (unsigned int)n) > 1e-4;
}

static bool seldom(int k, int n, double p, bool full)
{
	return enough(n - k, n, 1 - p, full);
}

static const char *judge(const struct job *j, bool full)
{
	const struct tally *t = j->t;
	int n = t->experiments;

	if (!enough(t->effect, n, 0.93, full))
		return "the effect's interval";
	if (!enough(t->ci, t->ci_of, 0.93, true) && full)
		return "the percentiles' intervals";
	if (!enough(t->band, n, 0.93, full))
		return "the band";
	if (j->shift == NONE && !seldom(t->nonzero, n, 0.065, full))
		return "effects seen that are not there";
	if ((j->shift == NONE || j->shift == AT_MARGIN) && !seldom(t->alarm, n, 0.065, full))
		return "false alarms";
	if (j->shift == TAIL && t->equivalent)
		return "a change in the tail called equivalent";
	return NULL;
}

static void report(const struct job *j, int number, bool table, const char *bad)
{
	const struct tally *t = j->t;
	int n = t->experiments;

	if (table)
		printf("| %s | %s | %d | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f |\n",
			j->s->name, shift_name[j->shift], n, percent(t->effect, n),
			percent(t->ci, t->ci_of), percent(t->band, n), percent(t->nonzero, n),
			percent(t->alarm, n), percent(t->equivalent, n), percent(t->found, n));
	else
		printf("%sok %d - %s, shift %s: effect %.1f%%, ci %.1f%%, band %.1f%%, "
			"verdicts %.1f%%, equivalent %.1f%%%s%s\n", bad ? "not " : "", number,
			j->s->name, shift_name[j->shift], percent(t->effect, n),
			percent(t->ci, t->ci_of), percent(t->band, n), percent(t->alarm, n),
			percent(t->equivalent, n), bad ? "; too bad: " : "", bad ? bad : "");
	fflush(stdout);
}

struct settings {
	bool full, table;
	uint64_t seed;
	size_t experiments;
	int threads;
	const char *only;
};

static int run(const struct settings *set)
{
	int number = 0, failed = 0;

	for (size_t i = 0; i < SCENARIOS * SHIFTS; i++) {
		struct tally t = { 0 };
		struct job j = { .s = &scenarios[i / SHIFTS], .shift = i % SHIFTS,
			.seed = set->seed + i, .t = &t };
		struct compare_options o;
		const char *bad;
		char row[80];

		snprintf(row, sizeof(row), "%s, shift %s", j.s->name, shift_name[j.shift]);
		/* of a single sample the lower quartile is the sample: no tail apart */
		if (j.shift == TAIL && j.s->samples < 10)
			continue;
		if (set->only && strncmp(row, set->only, strlen(set->only)))
			continue;
		/* the short version takes one shift of each scenario in turn, and most tails */
		if (!set->full && (j.shift != TAIL || j.s->slow > 0) &&
			i % SHIFTS != i / SHIFTS % 3)
			continue;
		compare_defaults(&o);
		if (find_truth(&j, &o, set->full) ||
			parallel_for(set->threads, set->experiments, experiment, &j)) {
			printf("Bail out! out of memory\n");
			return 99;
		}
		bad = judge(&j, set->full);
		failed += bad != NULL;
		report(&j, ++number, set->table, bad);
	}
	if (!set->table)
		printf("1..%d\n", number);
	return failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "full", no_argument, NULL, 'f' },
		{ "table", no_argument, NULL, 't' }, { "seed", required_argument, NULL, 's' },
		{ "experiments", required_argument, NULL, 'n' },
		{ "threads", required_argument, NULL, 'j' }, { NULL, 0, NULL, 0 } };
	struct settings set = { .seed = 20211116, .threads = 2 };
	int c;

	while ((c = getopt_long(argc, argv, "fts:n:j:", options, NULL)) != -1) {
		switch (c) {
		case 'f':
			set.full = true;
			break;
		case 't':
			set.table = true;
			break;
		case 's':
			set.seed = strtoull(optarg, NULL, 0);
			break;
		case 'n':
			set.experiments = strtoul(optarg, NULL, 0);
			break;
		case 'j':
			set.threads = atoi(optarg);
			break;
		default:
			return 2;
		}
	}
	if (!set.experiments)
		set.experiments = set.full ? FULL_EXPERIMENTS : SHORT_EXPERIMENTS;
	set.only = argv[optind];
	printf("# seed %llu, %zu experiments a scenario\n", (unsigned long long)set.seed,
		set.experiments);
	return run(&set);
}
