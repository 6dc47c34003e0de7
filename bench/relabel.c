/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run of two equal arms, its rounds' sides exchanged at random, many times over: how
 * often does the comparison see something? There is nothing to see, so an interval that
 * says 95% should be wrong in 5% of them, on this machine's noise and not on simulated.
 *
 *   bench/relabel FILE.exb [TIMES [SEED]]
 */
#include "config.h"
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_rng.h>
#include "base/fail.h"
#include "dataset/dataset.h"

#define TIMES 1000
#define SEED 20211116
#define REPLICATES 400

struct counts {
	int effect;		/* its interval does not hold 0 */
	int band;		/* some judged percentile's band does not */
	int verdict;		/* regression or improvement */
	int times;
};

static bool holds_zero(struct interval i)
{
	return isnan(i.lo) || (i.lo <= 0 && i.hi >= 0);
}

static int by_round(const void *a, const void *b)
{
	const struct compare_block *x = a, *y = b;

	if (x->boot != y->boot)
		return x->boot < y->boot ? -1 : 1;
	return x->pair < y->pair ? -1 : x->pair > y->pair;
}

/* Blocks are sorted by round: one coin for all of a round. */
static void relabel(struct dataset_blocks *b, gsl_rng *rng)
{
	int swap = 0;

	for (size_t i = 0; i < b->n; i++) {
		if (!i || by_round(&b->v[i - 1], &b->v[i]))
			swap = (int)gsl_rng_uniform_int(rng, 2);
		b->v[i].side ^= swap;
	}
}

static int count(const struct compare_options *o, const struct dataset_blocks *b,
	struct counts *c)
{
	struct compare_result *r;
	bool band = false;

	if (compare_cell(o, b->v, b->n, &r))
		return fail_nomem();
	for (size_t i = 0; i < r->npercentiles; i++)
		band |= r->percentiles[i].judged && !holds_zero(r->percentiles[i].band);
	c->effect += !holds_zero(r->effect.ci);
	c->band += band;
	c->verdict += r->verdict == COMPARE_REGRESSION || r->verdict == COMPARE_IMPROVEMENT;
	c->times++;
	compare_free(r);
	return 0;
}

static void print(const char *what, int k, int n)
{
	/* Clopper & Pearson 1934. */
	double lo = k ? gsl_cdf_beta_Pinv(0.025, k, n - k + 1) : 0;
	double hi = k < n ? gsl_cdf_beta_Qinv(0.025, k + 1, n - k) : 1;

	printf("  %-36s %4d of %d, %.1f%% (95%% interval %.1f to %.1f)\n", what, k, n,
		100.0 * k / n, 100 * lo, 100 * hi);
}

static int relabel_cell(struct dataset *d, int cell, int times, unsigned long seed)
{
	struct dataset_blocks b;
	struct compare_options o;
	struct counts c = { 0 };
	char title[256];
	gsl_rng *rng;
	int err = dataset_load(d, cell, dataset_primary(d, cell), -1, &b);

	if (err)
		return err;
	compare_defaults(&o);
	o.replicates = REPLICATES;
	qsort(b.v, b.n, sizeof(*b.v), by_round);
	rng = gsl_rng_alloc(gsl_rng_mt19937);
	gsl_rng_set(rng, seed);
	while (c.times < times && !err) {
		relabel(&b, rng);
		o.seed = (uint64_t)c.times;
		err = count(&o, &b, &c);
	}
	gsl_rng_free(rng);
	if (!err) {
		printf("%s: %zu blocks, sides exchanged at random, seed %lu\n",
			dataset_cell_title(d, cell, metric_names[dataset_primary(d, cell)],
				title, sizeof(title)), b.n, seed);
		print("effect's 95% interval without 0", c.effect, times);
		print("band without 0 somewhere (10 to 99)", c.band, times);
		print("verdict beyond the margin of 1%", c.verdict, times);
	}
	dataset_blocks_free(&b);
	return err;
}

int main(int argc, char **argv)
{
	int times = argc > 2 ? atoi(argv[2]) : TIMES, err;
	unsigned long seed = argc > 3 ? strtoul(argv[3], NULL, 0) : SEED;
	struct dataset_options from = { .files = { argc > 1 ? argv[1] : NULL } };
	struct dataset *d;

	if (argc < 2 || times < 1) {
		fputs("usage: bench/relabel FILE.exb [TIMES [SEED]]\n", stderr);
		return STATUS_USAGE;
	}
	err = dataset_open(&from, &d);
	if (!err) {
		dataset_keep(d, SIZE_MAX);	/* they are compared a thousand times */
		for (int i = 0; i < dataset_cells(d) && !err; i++)
			err = relabel_cell(d, i, times, seed);
		dataset_close(d);
	}
	if (err)
		fprintf(stderr, "relabel: %s\n", fail_message());
	return err ? -err : 0;
}
