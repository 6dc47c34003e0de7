/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many values counted by the distinct ones among them, added in pieces as they come. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_cdf.h>
#include "analysis/statistics/tally.h"

#define FEWEST_ROOM 65536	/* values that are kept apart before they are merged */

/* Writes runs of equal values among N ascending V to OUT. */
static int count_runs(const double *v, size_t n, struct tally *out)
{
	size_t distinct = 0;

	for (size_t i = 0; i < n; i++)
		distinct += !i || v[i] > v[i - 1];
	out->v = malloc((distinct + 1) * sizeof(*out->v));
	out->upto = malloc((distinct + 1) * sizeof(*out->upto));
	if (!out->v || !out->upto)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		if (!i || v[i] > v[i - 1])
			out->v[out->distinct++] = v[i];
		out->upto[out->distinct - 1] = i + 1;
	}
	out->n = n;
	return 0;
}

static size_t count_distinct(const struct tally *a, const struct tally *b)
{
	size_t n = 0;

	for (size_t i = 0, k = 0; i < a->distinct || k < b->distinct; n++) {
		double x = i < a->distinct ? a->v[i] : INFINITY;
		double y = k < b->distinct ? b->v[k] : INFINITY;

		i += x <= y;
		k += y <= x;
	}
	return n;
}

int tally_merge(const struct tally *a, const struct tally *b, struct tally *out)
{
	size_t n = count_distinct(a, b), i = 0, k = 0;

	out->v = malloc((n + 1) * sizeof(*out->v));
	out->upto = malloc((n + 1) * sizeof(*out->upto));
	if (!out->v || !out->upto) {
		tally_free(out);
		return -ENOMEM;
	}
	while (out->distinct < n) {
		double x = i < a->distinct ? a->v[i] : INFINITY;
		double y = k < b->distinct ? b->v[k] : INFINITY;

		i += x <= y;
		k += y <= x;
		out->v[out->distinct] = x <= y ? x : y;
		out->upto[out->distinct++] = (i ? a->upto[i - 1] : 0) + (k ? b->upto[k - 1] : 0);
	}
	out->n = a->n + b->n;
	return 0;
}

/* What is apart goes to the rest. */
static int take_in(struct tally *t)
{
	struct tally more = { 0 }, all = { 0 };
	int err = sort_doubles(t->more, t->nmore);

	if (!err)
		err = count_runs(t->more, t->nmore, &more);
	if (!err)
		err = tally_merge(t, &more, &all);
	tally_free(&more);
	if (err)
		return err;
	free(t->v);
	free(t->upto);
	t->v = all.v;
	t->upto = all.upto;
	t->distinct = all.distinct;
	t->n = all.n;
	t->nmore = 0;
	return 0;
}

/* As much room as there are distinct values makes merging linear in what is added. */
static int make_room(struct tally *t)
{
	size_t room = t->distinct > FEWEST_ROOM ? t->distinct : FEWEST_ROOM;
	double *grown;
	int err = t->nmore ? take_in(t) : 0;

	if (err || t->room >= room)
		return err;
	grown = realloc(t->more, room * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	t->more = grown;
	t->room = room;
	return 0;
}

int tally_add(struct tally *t, const double *v, size_t n)
{
	while (n) {
		int err = t->nmore == t->room ? make_room(t) : 0;
		size_t some = t->room - t->nmore < n ? t->room - t->nmore : n;

		if (err)
			return err;
		memcpy(t->more + t->nmore, v, some * sizeof(*v));
		t->nmore += some;
		v += some;
		n -= some;
	}
	return 0;
}

int tally_finish(struct tally *t)
{
	int err = take_in(t);

	free(t->more);
	t->more = NULL;
	t->room = 0;
	return err;
}

void tally_free(struct tally *t)
{
	free(t->v);
	free(t->upto);
	free(t->more);
	*t = (struct tally){ 0 };
}

size_t tally_index(const struct tally *t, size_t i)
{
	size_t lo = 0, hi = t->distinct - 1;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (t->upto[mid] > i)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

double tally_at(const struct tally *t, size_t i)
{
	return t->v[tally_index(t, i)];
}

size_t tally_rank(const struct tally *t, double v)
{
	size_t lo = 0, hi = t->distinct;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (t->v[mid] <= v)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? t->upto[lo - 1] : 0;
}

/* The weights of equal values added up. */
static double harrell_davis(const struct tally *t, double q)
{
	double n = (double)t->n, below = 0, sum = 0;

	for (size_t i = 0; i < t->distinct; i++) {
		double upto = gsl_cdf_beta_P((double)t->upto[i] / n, (n + 1) * q,
			(n + 1) * (1 - q));

		sum += (upto - below) * t->v[i];
		below = upto;
	}
	return sum;
}

double tally_quantile(enum quantile_type type, const struct tally *t, double q)
{
	double h, low, a;
	size_t i;

	if (!t->n || !(q >= 0 && q <= 1))
		return NAN;
	if (t->distinct == 1 || q == 0)
		return t->v[0];
	if (q == 1)
		return t->v[t->distinct - 1];
	if (type == QUANTILE_HARRELL_DAVIS)
		return harrell_davis(t, q);
	h = quantile_position(type, t->n, q);
	low = floor(h);
	i = (size_t)low;
	a = tally_at(t, i);
	if (i + 1 >= t->n || h == low)
		return a;
	return a + (h - low) * (tally_at(t, i + 1) - a);
}
