/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The comparison in one sentence. */
#include "config.h"
#include <math.h>
#include <string.h>
#include "base/clean-text.h"
#include "report/compare/format.h"
#include "report/compare/results.h"

/* The lower end of the effect's interval, worse as positive: what is surely lost at least. */
static double least_loss(const struct results_row *c)
{
	return c->metric == METRIC_THROUGHPUT ? -c->r->effect.ci.hi : c->r->effect.ci.lo;
}

/* How well a cell stands for the verdict of all; NAN where that cannot be told. */
static double stands_for(const struct results *r, const struct results_row *c)
{
	double change = fabs(c->r->effect.delta);

	if (r->verdict == COMPARE_REGRESSION)
		return c->regression ? c->r->worst.worse : -INFINITY;
	if (r->verdict == COMPARE_INCONCLUSIVE && c->r->verdict == COMPARE_REGRESSION)
		return 1e3 + c->r->worst.worse;
	if (r->verdict != COMPARE_EQUIVALENT && c->r->verdict != r->verdict)
		return -INFINITY;
	if (r->verdict == COMPARE_INCONCLUSIVE && !isnan(least_loss(c)))
		return least_loss(c);
	return isnan(change) ? 0 : change;
}

/* The same, and what cannot be told stands behind all that can. */
static double weight(const struct results *r, const struct results_row *c)
{
	double w = stands_for(r, c);

	return isnan(w) ? -INFINITY : w;
}

const struct results_row *results_leading(const struct results *r)
{
	const struct results_row *best = &r->v[0];

	for (int i = 0; i < r->n; i++) {
		const struct results_row *c = &r->v[i];

		if (c->primary > best->primary ||
		    (c->primary == best->primary && weight(r, c) > weight(r, best)))
			best = c;
	}
	return best;
}

static void add_worst(const struct results_row *c, char *buf, size_t size)
{
	if (isnan(c->r->worst.p))
		return;
	text_add(buf, size, "; at its worst percentile, p%g, ", c->r->worst.p);
	text_add_change(buf, size, c->r->worst.worse, c->r->worst.band);
	text_add(buf, size, " worse");
}

/* Of deterministic sides: no interval is needed. */
static void add_exact(const struct results_row *c, const char *unit, char *buf, size_t size)
{
	char pct[FORMAT_PCT], clean[64];

	text_add(buf, size, "%+.0f %s (%s%%), exactly", c->exact->change,
		text_clean(unit, 16, clean, sizeof(clean)),
		format_pct(c->r->effect.delta, pct, sizeof(pct)));
}

char *results_sentence(const struct results *r, char *buf, size_t size)
{
	static const char *const opening[] = {
		[COMPARE_INCONCLUSIVE] = "Inconclusive at a margin of",
		[COMPARE_REGRESSION] = "Regression beyond the margin of",
		[COMPARE_IMPROVEMENT] = "Improvement beyond the margin of",
		[COMPARE_EQUIVALENT] = "Equivalent within",
	};
	const struct results_row *c = results_leading(r);
	char title[512], clean[512], needs[256];

	dataset_cell_title(r->d, c->cell, metric_names[c->metric], title, sizeof(title));
	snprintf(buf, size, "%s %g%%: %s%s ", opening[r->verdict], r->margin * 100,
		r->verdict == COMPARE_EQUIVALENT && r->n > 1 ? "the largest change is that of " : "",
		text_clean(title, 120, clean, sizeof(clean)));
	if (c->exact)
		add_exact(c, dataset_cell(r->d, c->cell)->unit, buf, size);
	else if (isnan(c->r->effect.delta))
		text_add(buf, size, "has no change that can be told");
	else
		text_add_change(buf, size, c->r->effect.delta, c->r->effect.ci);
	if (r->verdict == COMPARE_REGRESSION || c->r->verdict == COMPARE_REGRESSION)
		add_worst(c, buf, size);
	if (r->verdict == COMPARE_INCONCLUSIVE && c->r->verdict == COMPARE_REGRESSION)
		text_add(buf, size, ", but that is not significant among %d cells", r->n);
	compare_needs_text(&c->r->needs, needs, sizeof(needs));
	if (r->verdict == COMPARE_INCONCLUSIVE && *needs)
		text_add(buf, size, "; to settle it takes %s", needs);
	return buf;
}

char *results_counts(const struct results *r, char *buf, size_t size)
{
	int count[4] = { 0 };
	const char *between = ": ";

	for (int i = 0; i < r->n; i++)
		count[r->v[i].r->verdict]++;
	snprintf(buf, size, "%d cell%s", r->n, r->n == 1 ? "" : "s");
	for (int v = 0; v < 4; v++) {
		static const enum compare_verdict order[] = { COMPARE_REGRESSION,
			COMPARE_IMPROVEMENT, COMPARE_INCONCLUSIVE, COMPARE_EQUIVALENT };

		if (!count[order[v]])
			continue;
		text_add(buf, size, "%s%d %s", between, count[order[v]],
			compare_verdict_name(order[v]));
		between = ", ";
	}
	return buf;
}
