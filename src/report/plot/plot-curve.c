/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One side's values with their own intervals, without another side to compare with. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include "base/fail.h"
#include "report/plot/plot-priv.h"

#define REPLICATES 500	/* of a side's own intervals, which no verdict goes by */

/*
 * One side's blocks and, as the other side, blocks just as long in which all samples are
 * 1: the change between them is the value itself, and its interval the value's.
 */
static int pair_with_ones(const struct dataset_blocks *b, int side, struct dataset_blocks *out,
	double **ones)
{
	size_t longest = 1;

	for (size_t i = 0; i < b->n; i++)
		if (b->v[i].n > longest)
			longest = b->v[i].n;
	*out = (struct dataset_blocks){ 0 };
	out->v = calloc(b->n ? b->n : 1, 2 * sizeof(*out->v));
	*ones = malloc(longest * sizeof(**ones));
	if (!out->v || !*ones)
		return fail_nomem();
	for (size_t i = 0; i < longest; i++)
		(*ones)[i] = 1;
	for (size_t i = 0; i < b->n; i++) {
		struct compare_block *v = &out->v[out->n];

		if (b->v[i].side != side)
			continue;
		v[0] = v[1] = b->v[i];
		v[0].side = 0;
		v[1].side = 1;
		v[0].pair = v[1].pair = (int64_t)i;
		v[1].v = *ones;
		v[1].source = NULL;
		out->n += 2;
	}
	return 0;
}

int plot_curve(const struct dataset_blocks *b, int side, enum switch_level switch_level,
	const struct compare_options *o, double *value, struct interval *ci)
{
	struct compare_options options = *o;
	struct dataset_blocks with_ones;
	struct compare_result *r;
	double *ones;
	int err = pair_with_ones(b, side, &with_ones, &ones);

	options.switch_level = switch_level;
	options.replicates = REPLICATES;
	if (!err)
		err = dataset_failed(compare_cell(&options, with_ones.v, with_ones.n, &r));
	for (size_t i = 0; i < o->npercentiles && !err; i++) {
		const struct compare_percentile *p = &r->percentiles[i];

		value[i] = p->before;
		ci[i] = (struct interval){ p->before * exp(p->delta - p->ci.hi),
			p->before * exp(p->delta - p->ci.lo) };
	}
	if (!err)
		compare_free(r);
	free(with_ones.v);
	free(ones);
	return err;
}
