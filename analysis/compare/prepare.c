/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the caller's blocks to usable ones in order, and what the units of variation are. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include "analysis/compare/compare-priv.h"

/* Copies the finite samples of a block that has others. */
static int clean(struct used_block *b, size_t *bad)
{
	const double *v = b->from.v;
	size_t finite = 0;

	if (!v)		/* a source gives no others */
		return 0;
	for (size_t i = 0; i < b->n; i++)
		finite += isfinite(v[i]);
	*bad += b->n - finite;
	if (finite == b->n)
		return 0;
	b->own = malloc((finite ? finite : 1) * sizeof(*b->own));
	if (!b->own)
		return -ENOMEM;
	for (size_t i = 0, k = 0; i < b->n; i++)
		if (isfinite(v[i]))
			b->own[k++] = v[i];
	b->from.v = b->own;
	b->from.n = b->n = finite;
	return 0;
}

static int take_blocks(struct comparison *c, const struct compare_block *in, size_t n)
{
	size_t bad = 0, empty = 0;
	int err;

	c->b = calloc(n ? n : 1, sizeof(*c->b));
	if (!c->b)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct used_block *b = &c->b[c->nb];

		*b = (struct used_block){ .from = in[i], .n = in[i].n, .side = in[i].side,
			.boot = in[i].boot, .pair = in[i].pair < 0 ? -1 : in[i].pair,
			.start = in[i].start, .input = i, .level = NAN };
		err = clean(b, &bad);
		if (err)
			return err;
		if (b->n) {
			c->nb++;
			continue;
		}
		free(b->own);
		b->own = NULL;
		empty++;
	}
	err = bad ? comparison_warn(c, COMPARE_WARN_NOT_FINITE, (double)bad, NAN) : 0;
	if (!err && empty)
		err = comparison_warn(c, COMPARE_WARN_EMPTY_BLOCKS, (double)empty, NAN);
	return err;
}

static int compare_start(double a, double b)
{
	if (isnan(a) || isnan(b))
		return isnan(a) - isnan(b);
	return (a > b) - (a < b);
}

/* By boot, then time; rounds are told apart later. The input order is the last resort. */
static int by_time(const void *p, const void *q)
{
	const struct used_block *a = p, *b = q;
	int order;

	if (a->boot != b->boot)
		return a->boot < b->boot ? -1 : 1;
	order = compare_start(a->start, b->start);
	if (order)
		return order;
	if (a->pair != b->pair)
		return a->pair < b->pair ? -1 : 1;
	return (a->input > b->input) - (a->input < b->input);
}

static int by_round(const void *p, const void *q)
{
	const struct used_block *a = p, *b = q;

	if (a->boot != b->boot)
		return a->boot < b->boot ? -1 : 1;
	if (a->pair != b->pair)
		return a->pair < b->pair ? -1 : 1;
	return by_time(p, q);
}

/* How many blocks of each side the boot (BY_PAIR: round) of block I has; where it ends. */
static size_t group_at(const struct comparison *c, size_t i, bool by_pair, size_t has[2])
{
	size_t j;

	has[0] = has[1] = 0;
	for (j = i; j < c->nb && c->b[j].boot == c->b[i].boot &&
		(!by_pair || c->b[j].pair == c->b[i].pair); j++)
		has[c->b[j].side]++;
	return j;
}

/* Boots of each side, and those that both have; C->b is sorted by boot. */
struct boots {
	size_t all, shared, side[2];
};

static struct boots count_boots(const struct comparison *c)
{
	struct boots n = { 0 };
	size_t has[2];

	for (size_t i = 0; i < c->nb; n.all++) {
		i = group_at(c, i, false, has);
		n.side[0] += has[0] > 0;
		n.side[1] += has[1] > 0;
		n.shared += has[0] && has[1];
	}
	return n;
}

/* Blocks in rounds (same boot and pair number) that have both sides. */
static size_t count_paired(const struct comparison *c)
{
	size_t paired = 0, has[2];

	for (size_t i = 0, j; i < c->nb; i = j) {
		j = group_at(c, i, true, has);
		if (c->b[i].pair >= 0 && has[0] && has[1])
			paired += has[0] + has[1];
	}
	return paired;
}

/* Drops the blocks whose boot (or round, if BY_ROUND) has one side only. */
static size_t drop_single(struct comparison *c, bool by_pair)
{
	size_t kept = 0, dropped = 0, has[2];

	for (size_t i = 0, j; i < c->nb; i = j) {
		j = group_at(c, i, by_pair, has);
		if (has[0] && has[1] && !(by_pair && c->b[i].pair < 0)) {
			for (size_t k = i; k < j; k++)
				c->b[kept++] = c->b[k];
			continue;
		}
		for (size_t k = i; k < j; k++) {
			free(c->b[k].own);
			dropped++;
		}
	}
	c->nb = kept;
	return dropped;
}

static int choose_within(struct comparison *c, struct boots n)
{
	size_t paired = count_paired(c), dropped;
	bool vm = c->o->switch_level == COMPARE_VM;

	if (vm && n.shared > 1) {
		c->regime = REGIME_PAIRED_BOOTS;
		return 0;
	}
	c->regime = 2 * paired >= c->nb ? REGIME_PAIRED : REGIME_UNPAIRED;
	if (c->regime == REGIME_PAIRED) {
		dropped = drop_single(c, true);
		if (dropped && comparison_warn(c, COMPARE_WARN_UNPAIRED, (double)dropped, NAN))
			return -ENOMEM;
	}
	return vm ? comparison_force(c, COMPARE_WARN_ONE_BOOT, 1, 1) : 0;
}

/* What the sides share decides, not what the caller calls it. */
static int choose_regime(struct comparison *c)
{
	struct boots n = count_boots(c);
	bool same_boot = c->o->switch_level == COMPARE_BLOCK || c->o->switch_level == COMPARE_VM;
	int err = 0;

	if (!n.side[0] || !n.side[1])
		return comparison_force(c, COMPARE_WARN_EMPTY_SIDE, n.side[0] ? 1 : 0, NAN);
	if (n.shared && n.shared < n.all) {
		err = comparison_warn(c, COMPARE_WARN_MIXED_BOOTS, (double)n.shared, (double)n.all);
		if (err)
			return err;
		if (same_boot || 2 * n.shared > n.all) {
			drop_single(c, false);
			n.all = n.side[0] = n.side[1] = n.shared;
		}
	}
	if (n.shared == n.all)
		return choose_within(c, n);
	if (n.side[0] > 1 && n.side[1] > 1) {
		c->regime = REGIME_BOOTS;
		if (n.side[0] < 3 || n.side[1] < 3)
			err = comparison_warn(c, COMPARE_WARN_FEW_BOOTS, (double)n.side[0],
				(double)n.side[1]);
		return err;
	}
	c->regime = REGIME_UNPAIRED;
	return comparison_force(c, COMPARE_WARN_ONE_BOOT, (double)n.side[0], (double)n.side[1]);
}

/* Orders rounds by their earliest block, and numbers them. */
struct round {
	size_t first, n;	/* in c->b, sorted by round */
	int boot;
	double start;
};

static int by_start(const void *p, const void *q)
{
	const struct round *a = p, *b = q;
	int order;

	if (a->boot != b->boot)
		return a->boot < b->boot ? -1 : 1;
	order = compare_start(a->start, b->start);
	return order ? order : (a->first > b->first) - (a->first < b->first);
}

static int number_rounds(struct comparison *c)
{
	struct round *rounds = calloc(c->nb, sizeof(*rounds));
	size_t n = 0, has[2];

	if (!rounds)
		return -ENOMEM;
	for (size_t i = 0, j; i < c->nb; i = j) {
		j = group_at(c, i, true, has);
		rounds[n++] = (struct round){ i, j - i, c->b[i].boot, c->b[i].start };
	}
	qsort(rounds, n, sizeof(*rounds), by_start);
	for (size_t u = 0; u < n; u++)
		for (size_t k = 0; k < rounds[u].n; k++)
			c->b[rounds[u].first + k].unit = u;
	c->nunits[0] = c->nunits[1] = n;
	free(rounds);
	return 0;
}

/* Units of boots: numbered on each side, or together where boots are pairs of guests. */
static void number_boots(struct comparison *c)
{
	bool together = c->regime == REGIME_PAIRED_BOOTS;
	size_t has[2];

	for (size_t i = 0, j; i < c->nb; i = j) {
		j = group_at(c, i, false, has);
		for (size_t k = i; k < j; k++)
			c->b[k].unit = c->nunits[c->b[k].side];
		c->nunits[0] += together || has[0];
		c->nunits[1] += together || has[1];
	}
}

static int number_units(struct comparison *c)
{
	switch (c->regime) {
	case REGIME_NONE:
	case REGIME_UNPAIRED:
		qsort(c->b, c->nb, sizeof(*c->b), by_time);
		for (size_t i = 0; i < c->nb; i++)
			c->b[i].unit = c->nunits[c->b[i].side]++;
		return 0;
	case REGIME_PAIRED:
		return number_rounds(c);
	case REGIME_BOOTS:
	case REGIME_PAIRED_BOOTS:
		number_boots(c);
		return 0;
	}
	return 0;
}

int prepare_blocks(struct comparison *c, const struct compare_block *in, size_t n)
{
	int err = take_blocks(c, in, n);

	if (err)
		return err;
	qsort(c->b, c->nb, sizeof(*c->b), by_round);
	err = choose_regime(c);
	if (!err)
		err = number_units(c);
	return err;
}
