/* SPDX-License-Identifier: GPL-2.0-or-later */
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
#include <gsl/gsl_rng.h>
#include "analysis/compare/compare-priv.h"
#include "tests/statistics/simulated-data.h"

#define FULL_EXPERIMENTS 2000
#define SHORT_EXPERIMENTS 16
#define REPLICATES 400
#define MOST_CELLS 64

static const char *const shift_name[] = { "none", "+3%", "+1% (margin)", "tail only" };

static const struct scenario scenarios[] = {
	{ "paired normal", PAIRED, NORMAL, 1, 160, 50, 0, 0 },
	{ "paired lognormal", PAIRED, LOGNORMAL, 1, 160, 50, 0, 0 },
	{ "paired bimodal", PAIRED, BIMODAL, 1, 240, 50, 0, 0 },
	{ "paired drifting", PAIRED, DRIFTING, 1, 160, 50, 0, 0 },
	{ "paired autocorrelated", PAIRED, AUTOCORRELATED, 1, 160, 50, 0, 0 },
	{ "paired few rounds", PAIRED, LOGNORMAL, 1, 20, 200, 0, 0 },
	{ "paired unit samples", PAIRED, LOGNORMAL, 1, 300, 1, 0, 0 },
	{ "unpaired normal", UNPAIRED, NORMAL, 1, 160, 50, 0, 0 },
	{ "unpaired lognormal", UNPAIRED, LOGNORMAL, 1, 160, 50, 0, 0 },
	{ "unpaired bimodal", UNPAIRED, BIMODAL, 1, 240, 50, 0, 0 },
	{ "unpaired drifting", UNPAIRED, DRIFTING, 1, 160, 50, 0, 0 },
	{ "unpaired autocorrelated", UNPAIRED, AUTOCORRELATED, 1, 400, 30, 0, 0 },
	{ "3 boots a side", BOOTS, LOGNORMAL, 3, 30, 50, 0, 0 },
	{ "5 boots a side", BOOTS, LOGNORMAL, 5, 30, 50, 0, 0 },
	{ "10 boots a side", BOOTS, LOGNORMAL, 10, 20, 50, 0, 0 },
	{ "5 boots a side, bimodal", BOOTS, BIMODAL, 5, 30, 50, 0, 0 },
	{ "5 guest pairs", GUESTS, LOGNORMAL, 5, 30, 50, 0, 0 },
	{ "sequential normal", SEQUENTIAL, NORMAL, 1, 300, 20, 0, 0 },
	{ "sequential lognormal", SEQUENTIAL, LOGNORMAL, 1, 300, 20, 0, 0 },
	{ "sequential bimodal", SEQUENTIAL, BIMODAL, 1, 300, 20, 0, 0 },
	{ "sequential drifting", SEQUENTIAL, DRIFTING, 1, 300, 20, 0, 0 },
	{ "sequential autocorrelated", SEQUENTIAL, AUTOCORRELATED, 1, 300, 20, 0, 0 },
	{ "paired spells, 5% slow", PAIRED, SPELLS, 1, 300, 50, 0.05, 0 },
	{ "paired spells, 10% slow", PAIRED, SPELLS, 1, 300, 50, 0.10, 0 },
	{ "paired spells, 25% slow", PAIRED, SPELLS, 1, 300, 50, 0.25, 0 },
	{ "paired mixture, 5% slow", PAIRED, MIXTURE, 1, 160, 50, 0.05, 0 },
	{ "paired mixture, 10% slow", PAIRED, MIXTURE, 1, 160, 50, 0.10, 0 },
	{ "unpaired mixture, 5% slow", UNPAIRED, MIXTURE, 1, 160, 50, 0.05, 0 },
	{ "sequential spells, 5% slow", SEQUENTIAL, SPELLS, 1, 300, 50, 0.05, 0 },
	{ "50 cells at once", PAIRED, LOGNORMAL, 1, 20, 200, 0, 50 },
};

#define SCENARIOS (sizeof(scenarios) / sizeof(*scenarios))

/* What happened, counted over experiments. */
struct tally {
	atomic_int experiments, compared, effect, ci, ci_of, band, nonzero, alarm, found;
	atomic_int equivalent;
};

struct job {
	const struct scenario *s;
	enum shift shift;
	uint64_t seed;
	double truth[10];	/* log ratio at each percentile */
	double slack;		/* how far it may be off */
	struct tally *t;
};

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
	j->t->compared++;
	j->t->effect += covers(r->effect.ci, effect);
	j->t->nonzero += !covers(r->effect.ci, 0);
	j->t->band += band;
	j->t->found += found;
	j->t->equivalent += r->verdict == COMPARE_EQUIVALENT;
}

static bool decided(const struct compare_result *r)
{
	return r->verdict == COMPARE_REGRESSION || r->verdict == COMPARE_IMPROVEMENT;
}

/* Looks after every round; wrong once is wrong. Then the comparison, at the end. */
static int look_every_round(struct job *j, const struct compare_block *b, size_t n,
	const struct compare_result *r)
{
	double room[2][64], effect = j->shift == TAIL ? 0 : j->truth[0];
	bool right = true, zero = true, quiet = true;
	struct sequential s;
	int err = 0;

	sequential_init(&s, 0.95);
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
	j->t->alarm += decided(r) || !quiet;
	return err;
}

/* What an experiment needs room for. */
struct room {
	struct compare_block *b;
	double *v;
	gsl_rng *rng;
};

static int room_make(const struct scenario *s, struct room *r)
{
	size_t blocks = simulated_blocks(s);

	r->b = malloc(blocks * sizeof(*r->b));
	r->v = malloc(blocks * (size_t)s->samples * sizeof(*r->v));
	r->rng = gsl_rng_alloc(gsl_rng_mt19937);
	return r->b && r->v && r->rng ? 0 : -ENOMEM;
}

static void room_free(struct room *r)
{
	free(r->b);
	free(r->v);
	if (r->rng)
		gsl_rng_free(r->rng);
}

static int compare_once(const struct job *j, const struct room *room, uint64_t seed, size_t *n,
	struct compare_result **r)
{
	const struct scenario *s = j->s;
	struct compare_options o;

	*n = simulate(s, j->shift, room->rng, room->b, room->v);
	compare_defaults(&o);
	o.switch_level = s->design == BOOTS ? COMPARE_BOOT : s->design == GUESTS ? COMPARE_VM :
		s->design == UNPAIRED ? COMPARE_FILE : COMPARE_BLOCK;
	o.replicates = REPLICATES;
	o.threads = 1;
	o.seed = seed;
	o.sequential = s->design == SEQUENTIAL;
	return compare_cell(&o, room->b, *n, r);
}

static int one_cell(struct job *j, const struct room *room, size_t i)
{
	struct compare_result *r;
	size_t n;
	int err = compare_once(j, room, i, &n, &r);

	if (err)
		return err;
	if (j->s->design == SEQUENTIAL) {
		err = look_every_round(j, room->b, n, r);
	} else {
		count(j, r);
		j->t->alarm += decided(r);
	}
	compare_free(r);
	return err;
}

/* Many cells of one file; what counts as an alarm is what the exit status goes by. */
static int many_cells(struct job *j, const struct room *room, size_t i)
{
	double p[MOST_CELLS] = { 0 };
	size_t cells = (size_t)j->s->cells, n;
	bool alarm = false;
	int err = 0;

	for (size_t k = 0; k < cells && !err; k++) {
		struct compare_result *r;

		err = compare_once(j, room, i * MOST_CELLS + k, &n, &r);
		if (err)
			return err;
		count(j, r);
		p[k] = r->p_regression;
		compare_free(r);
	}
	err = holm_adjust(p, cells, p);
	for (size_t k = 0; k < cells; k++)
		alarm |= p[k] <= 0.05;
	j->t->alarm += alarm;
	return err;
}

static int experiment(void *arg, size_t i)
{
	struct job *j = arg;
	struct room room;
	int err = room_make(j->s, &room);

	if (err)
		goto out;
	gsl_rng_set(room.rng, (unsigned long)(j->seed * 1000003 + i));
	j->t->experiments++;
	if (j->s->cells)
		err = many_cells(j, &room, i);
	else
		err = one_cell(j, &room, i);
out:
	room_free(&room);
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
	int n = t->compared;

	if (!enough(t->effect, n, 0.93, full))
		return "the effect's interval";
	if (!enough(t->ci, t->ci_of, 0.93, true) && full)
		return "the percentiles' intervals";
	if (!enough(t->band, n, 0.93, full))
		return "the band";
	if (j->shift == NONE && !seldom(t->nonzero, n, 0.065, full))
		return "effects seen that are not there";
	if ((j->shift == NONE || j->shift == AT_MARGIN) &&
		!seldom(t->alarm, t->experiments, 0.065, full))
		return "false alarms";
	if (j->shift == TAIL && t->equivalent)
		return "a change in the tail called equivalent";
	return NULL;
}

static void report(const struct job *j, int number, bool table, const char *bad)
{
	const struct tally *t = j->t;
	int n = t->compared;

	if (table)
		printf("| %s | %s | %d | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f |\n",
			j->s->name, shift_name[j->shift], t->experiments, percent(t->effect, n),
			percent(t->ci, t->ci_of), percent(t->band, n), percent(t->nonzero, n),
			percent(t->alarm, t->experiments), percent(t->equivalent, n),
			percent(t->found, n));
	else
		printf("%sok %d - %s, shift %s: effect %.1f%%, ci %.1f%%, band %.1f%%, "
			"verdicts %.1f%%, equivalent %.1f%%%s%s\n", bad ? "not " : "", number,
			j->s->name, shift_name[j->shift], percent(t->effect, n),
			percent(t->ci, t->ci_of), percent(t->band, n),
			percent(t->alarm, t->experiments), percent(t->equivalent, n),
			bad ? "; too bad: " : "", bad ? bad : "");
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
			.seed = set->seed + i, .slack = set->full ? 1e-3 : 3e-3, .t = &t };
		struct compare_options o;
		const char *bad;
		char row[80];

		snprintf(row, sizeof(row), "%s, shift %s", j.s->name, shift_name[j.shift]);
		/* of a single sample the lower quartile is the sample: no tail apart */
		if (j.shift == TAIL && j.s->samples < 10)
			continue;
		/* of many cells: how often there is an alarm in any of them */
		if (j.s->cells && j.shift != NONE && j.shift != AT_MARGIN)
			continue;
		if (set->only && strncmp(row, set->only, strlen(set->only)))
			continue;
		/* the short version takes one shift of each scenario in turn, and most tails */
		if (!set->full && (j.shift != TAIL || j.s->slow > 0) &&
			i % SHIFTS != i / SHIFTS % 3)
			continue;
		compare_defaults(&o);
		if (simulated_truth(j.s, j.shift, o.percentiles, o.npercentiles, set->full,
			j.truth) ||
			parallel_for(set->threads, set->experiments, experiment, &j)) {
			printf("Bail out! out of memory\n");
			return 99;
		}
		bad = judge(&j, set->full);
		failed += bad != NULL;
		report(&j, ++number, set->table, bad);
		if (bad && set->table)
			fprintf(stderr, "%s: too bad: %s\n", row, bad);
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
