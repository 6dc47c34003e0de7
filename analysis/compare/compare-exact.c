/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The comparison of one cell of two deterministic sides. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_sort.h>
#include "analysis/compare/compare-exact.h"
#include "analysis/compare/compare-priv.h"

struct pairs {
	double *before, *after;		/* of pairs without a tick */
	double *difference;
	size_t n;
	size_t ops, ticked;		/* all, and those with a tick */
	double sum;			/* of all differences */
	double *all[2];			/* every sample of each side */
	size_t nall[2];
};

/* The most frequent of V, which is sorted here; of equally frequent ones the smallest. */
static double mode(double *v, size_t n, size_t *times)
{
	double best = NAN;

	*times = 0;
	gsl_sort(v, 1, n);
	for (size_t i = 0, run; i < n; i += run) {
		for (run = 1; i + run < n && v[i + run] == v[i]; run++)
			;
		if (run > *times || (run == *times && fabs(v[i]) < fabs(best))) {
			*times = run;
			best = v[i];
		}
	}
	return best;
}

static const struct compare_exact_block *partner(const struct compare_exact_block *of,
	const struct compare_exact_block *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (b[i].side == COMPARE_AFTER && b[i].round == of->round)
			return &b[i];
	return NULL;
}

/* Those without a tick, or (WITH) all of them. */
static void add_pairs(struct pairs *p, const struct compare_exact_block *b,
	const struct compare_exact_block *a, bool with)
{
	size_t n = b->n < a->n ? b->n : a->n;

	for (size_t i = 0; i < n; i++) {
		bool tick = (b->tick && b->tick[i]) || (a->tick && a->tick[i]);

		p->ops++;
		p->ticked += tick;
		p->sum += a->v[i] - b->v[i];
		if (tick && !with)
			continue;
		p->before[p->n] = b->v[i];
		p->after[p->n] = a->v[i];
		p->difference[p->n++] = a->v[i] - b->v[i];
	}
}

static void add_all_pairs(struct pairs *p, const struct compare_exact_block *blocks, size_t n,
	bool with)
{
	p->n = p->ops = p->ticked = 0;
	p->sum = 0;
	for (size_t i = 0; i < n; i++) {
		const struct compare_exact_block *after = partner(&blocks[i], blocks, n);

		if (blocks[i].side == COMPARE_BEFORE && after)
			add_pairs(p, &blocks[i], after, with);
	}
}

static int collect(struct pairs *p, const struct compare_exact_block *blocks, size_t n)
{
	size_t room[2] = { 1, 1 };

	for (size_t i = 0; i < n; i++) {
		if (blocks[i].side != 0 && blocks[i].side != 1)
			return -EINVAL;
		room[blocks[i].side] += blocks[i].n;
	}
	p->before = malloc(room[0] * sizeof(double));
	p->after = malloc(room[0] * sizeof(double));
	p->difference = malloc(room[0] * sizeof(double));
	p->all[0] = malloc(room[0] * sizeof(double));
	p->all[1] = malloc(room[1] * sizeof(double));
	if (!p->before || !p->after || !p->difference || !p->all[0] || !p->all[1])
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct compare_exact_block *b = &blocks[i];

		memcpy(p->all[b->side] + p->nall[b->side], b->v, b->n * sizeof(double));
		p->nall[b->side] += b->n;
	}
	add_all_pairs(p, blocks, n, false);
	/* Operations longer than from tick to tick all have one, and about as many. */
	if (!p->n)
		add_all_pairs(p, blocks, n, true);
	return p->n ? 0 : -EINVAL;
}

static struct interval no_width(double v)
{
	return (struct interval){ v, v };
}

/* The sample quantile that is a sample: instructions are whole. */
static double sample_at(const double *sorted, size_t n, double p)
{
	size_t i = (size_t)ceil(p / 100 * (double)n);

	return sorted[i ? (i > n ? n - 1 : i - 1) : 0];
}

static int describe(struct compare_exact_result *r, struct pairs *p,
	const struct compare_options *o)
{
	struct compare_result *c = r->compare = comparison_result(o);
	double least, log_margin = log1p(o->margin), worst = -INFINITY;

	if (!c)
		return -ENOMEM;
	c->worst.p = NAN;
	for (int s = 0; s < 2; s++) {
		gsl_sort(p->all[s], 1, p->nall[s]);
		c->side[s] = (struct compare_side){ .boots = 1, .blocks = 1,
			.samples = p->nall[s] };
	}
	for (size_t i = 0; i < o->npercentiles; i++) {
		struct compare_percentile *q = &c->percentiles[i];

		q->before = sample_at(p->all[0], p->nall[0], q->p);
		q->after = sample_at(p->all[1], p->nall[1], q->p);
		q->delta = log_change(q->before, q->after);
		q->ci = q->band = no_width(q->delta);
		if (q->judged && q->delta > worst) {
			worst = c->worst.worse = q->delta;
			c->worst.p = q->p;
			c->worst.band = q->band;
		}
	}
	least = sample_at(p->all[0], p->nall[0], o->percentiles[0]);
	c->effect.delta = log_change(least, least + r->change);
	c->effect.ci = c->effect.band = no_width(c->effect.delta);
	c->verdict = c->effect.delta > log_margin ? COMPARE_REGRESSION :
		c->effect.delta < -log_margin	  ? COMPARE_IMPROVEMENT :
						    COMPARE_EQUIVALENT;
	c->p_regression = c->verdict == COMPARE_REGRESSION ? 0 : 1;
	c->needs.p = NAN;
	c->pairs = 1;
	return 0;
}

int compare_exact_cell(const struct compare_options *o, const struct compare_exact_block *blocks,
	size_t n, struct compare_exact_result **out)
{
	struct compare_exact_result *r = calloc(1, sizeof(*r));
	struct pairs p = { 0 };
	size_t times;
	int err = r ? collect(&p, blocks, n) : -ENOMEM;

	if (!err) {
		r->change = mode(p.difference, p.n, &r->same);
		r->typical[0] = mode(p.before, p.n, &times);
		r->typical[1] = mode(p.after, p.n, &times);
		r->ops = p.ops;
		r->ticked = p.ticked;
		r->mean_change = p.sum / (double)p.ops;
		err = describe(r, &p, o);
	}
	free(p.before);
	free(p.after);
	free(p.difference);
	free(p.all[0]);
	free(p.all[1]);
	if (err)
		compare_exact_free(r);
	else
		*out = r;
	return err;
}

void compare_exact_free(struct compare_exact_result *r)
{
	if (r && r->compare)
		compare_free(r->compare);
	free(r);
}
