/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a picture shows, in words, and why there is none. */
#include "config.h"
#include <math.h>
#include <string.h>
#include "base/clean-text.h"
#include "report/compare/format.h"
#include "report/plot/plot-priv.h"
#include "text/units.h"

static void add_verdict(char *buf, size_t size, const struct plot_data *c, double margin)
{
	const struct compare_result *r = c->table;
	struct interval band = r->worst.band;
	static const char *const phrase[] = {
		[COMPARE_INCONCLUSIVE] = "inconclusive, margin",
		[COMPARE_REGRESSION] = "a regression beyond",
		[COMPARE_IMPROVEMENT] = "an improvement beyond",
		[COMPARE_EQUIVALENT] = "equivalent within",
	};

	text_add(buf, size, ", %s %g%%", phrase[r->verdict], margin * 100);
	if (r->verdict != COMPARE_REGRESSION || isnan(r->worst.p))
		return;
	text_add(buf, size, "; worst at p%g: ", r->worst.p);
	if (c->metric == METRIC_THROUGHPUT)	/* the change itself, as in the picture */
		text_add_change(buf, size, -r->worst.worse, (struct interval){ -band.hi, -band.lo });
	else
		text_add_change(buf, size, r->worst.worse, band);
}

static void add_value(char *buf, size_t size, const struct plot_source *s,
	const struct plot_data *c, double v)
{
	const char *unit = dataset_cell(s->d, c->cell)->unit;
	char value[FORMAT_VALUE], clean[64];

	text_add(buf, size, "%s", format_value(c->metric, unit, v, value, sizeof(value)));
	if (c->metric != METRIC_THROUGHPUT && strcmp(unit, "ns"))
		text_add(buf, size, " %s", text_clean(unit, 16, clean, sizeof(clean)));
}

/* What one side alone says: its median and p99. */
static void add_alone(char *buf, size_t size, const struct plot_source *s,
	const struct plot_data *c, int side)
{
	const char *between = "";

	for (size_t i = 0; i < c->n; i++) {
		if (c->point[i].p != 50 && c->point[i].p != 99)
			continue;
		text_add(buf, size, "%sp%g ", between, c->point[i].p);
		add_value(buf, size, s, c, c->point[i].value[side]);
		between = ", ";
	}
}

static void effect(char *buf, size_t size, const struct plot_source *s, const struct plot_data *c)
{
	if (s->alone) {
		add_alone(buf, size, s, c, 0);
	} else if (!c->has[0] || !c->has[1]) {
		text_add(buf, size, "%s only, ", c->has[0] ? "before" : "after");
		add_alone(buf, size, s, c, c->has[1]);
	} else {
		text_add_change(buf, size, c->table->effect.delta, c->table->effect.ci);
		add_verdict(buf, size, c, s->margin);
	}
}

/* VALUES of the sides that there are: "A before, B after". */
static void add_sides(char *buf, size_t size, const struct plot_source *s,
	const struct plot_data *c, const double v[2])
{
	bool both = c->has[0] && c->has[1] && !s->alone;

	for (int side = 0; side < 2; side++) {
		if (!c->has[side])
			continue;
		add_value(buf, size, s, c, v[side]);
		if (!s->alone)
			text_add(buf, size, "%s%s", side ? " after" : " before",
				both && !side ? ", " : "");
	}
}

void plot_values(const struct plot_source *s, const struct plot_data *c, char *buf, size_t size)
{
	const char *between = "";

	*buf = '\0';
	for (size_t i = 0; i < c->n; i++) {
		if (c->point[i].p != 50 && c->point[i].p != 99)
			continue;
		text_add(buf, size, "%sp%g ", between, c->point[i].p);
		add_sides(buf, size, s, c, c->point[i].value);
		between = "; ";
	}
}

static void ecdf(char *buf, size_t size, const struct plot_source *s, const struct plot_data *c)
{
	double median[2] = { NAN, NAN };
	const struct plot_distribution *d = &c->distribution;

	for (size_t i = 0; i < d->nquantiles; i++)
		if (fabs(d->quantile[i].share - 0.5) < 0.005 ||
		    (isnan(median[c->has[1] && !c->has[0]]) && d->quantile[i].share > 0.5))
			memcpy(median, d->quantile[i].value, sizeof(median));
	text_add(buf, size, "half of all %s ",
		c->metric == METRIC_THROUGHPUT ? "blocks reach at most" : "operations take at most");
	add_sides(buf, size, s, c, median);
	if (isnan(d->gap) || s->alone)
		return;
	if (d->gap < 0.0005) {
		text_add(buf, size, "; the curves coincide");
		return;
	}
	text_add(buf, size, "; the curves are furthest apart at ");
	add_value(buf, size, s, c, d->gap_at);
	text_add(buf, size, ", by %.2g points", d->gap * 100);
}

static void histogram(char *buf, size_t size, const struct plot_source *s,
	const struct plot_data *c)
{
	const struct compare_result *r = c->table;
	const struct plot_distribution *d = &c->distribution;

	for (size_t i = 0; i < r->nwarnings; i++)
		if (r->warnings[i].code == COMPARE_WARN_BIMODAL)
			text_add(buf, size, "two states %.0f%% apart, %.0f%% of the blocks in the "
				"upper; ", r->warnings[i].a, r->warnings[i].b);
	text_add(buf, size, "nine in ten %s are between ",
		c->metric == METRIC_THROUGHPUT ? "blocks" : "operations");
	for (int side = 0; side < 2; side++) {
		if (!c->has[side])
			continue;
		add_value(buf, size, s, c, d->middle[side][0]);
		text_add(buf, size, " and ");
		add_value(buf, size, s, c, d->middle[side][1]);
		if (!s->alone)
			text_add(buf, size, " %s%s", side ? "after" : "before",
				!side && c->has[1] ? ", " : "");
	}
}

static void over_time(char *buf, size_t size, const struct plot_source *s,
	const struct plot_data *c)
{
	const struct plot_time *t = &c->time;
	char pct[FORMAT_PCT];

	if (t->units < 2) {
		text_add(buf, size, "a single block%s", s->alone ? "" : " a side");
		return;
	}
	if (t->paired && !isnan(t->first) && !isnan(t->last)) {
		text_add(buf, size, "change %s%% in the first third, ",
			format_pct(t->first, pct, sizeof(pct)));
		text_add(buf, size, "%s%% in the last; ", format_pct(t->last, pct, sizeof(pct)));
	}
	text_add(buf, size, "the level moved by %.*f%%", compare_pct(t->drift) < 10 ? 1 : 0,
		compare_pct(t->drift));
	if (!t->paired && !s->alone && c->has[0] && c->has[1])
		text_add(buf, size, "; the sides did not take turns, so drift is in the change");
}

void plot_finding(const struct plot_source *s, const struct plot_data *c, enum plot_kind kind,
	char *buf, size_t size)
{
	*buf = '\0';
	if (!c->has[0] && !c->has[1])
		text_add(buf, size, "no samples");
	else if (kind == PLOT_ECDF)
		ecdf(buf, size, s, c);
	else if (kind == PLOT_HISTOGRAM)
		histogram(buf, size, s, c);
	else if (kind == PLOT_TIME)
		over_time(buf, size, s, c);
	else
		effect(buf, size, s, c);
}

bool plot_any_cores(const struct plot_cores *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (isfinite(c->point[i].value[0]) || isfinite(c->point[i].value[1]))
			return true;
	return false;
}

void plot_finding_cores(const struct plot_source *s, const struct plot_cores *c, char *buf,
	size_t size)
{
	const struct plot_cores_point *first = &c->point[0], *last = &c->point[c->n - 1];
	const char *between = "";

	*buf = '\0';
	for (int side = 0; side < (s->alone ? 1 : 2); side++) {
		double ratio = last->value[side] / first->value[side];

		if (!isfinite(ratio))
			continue;
		text_add(buf, size, "%s%d cores do %.3g times as much as %d%s (efficiency %.0f%%)",
			between, last->cores, ratio, first->cores,
			s->alone ? "" : side ? " after" : " before", last->efficiency[side] * 100);
		between = ", ";
	}
	if (!*buf)
		text_add(buf, size, "no throughput");
}

void plot_finding_calibration(const struct plot_calibration *c, char *buf, size_t size)
{
	double xy = 0, xx = 0;
	char time[32];

	*buf = '\0';
	for (size_t i = 0; i < c->ndoses; i++) {
		xy += c->dose[i].injected_pct * c->dose[i].recovered_pct;
		xx += c->dose[i].injected_pct * c->dose[i].injected_pct;
	}
	if (xx > 0)
		text_add(buf, size, "recovered is %.3g times what was injected", xy / xx);
	if (c->ndetectable)
		text_add(buf, size, "%sthe smallest detectable change after %s is %.2g%%",
			*buf ? "; " : "", format_duration(c->detectable[c->ndetectable - 1].time_s,
				time, sizeof(time)),
			c->detectable[c->ndetectable - 1].detectable_pct);
	if (!*buf)
		text_add(buf, size, "nothing");
}

static void no_change(const struct plot_source *s, const struct plot_data *c, char *buf,
	size_t size)
{
	const char *metric = metric_names[c->metric];
	bool any = false;

	for (size_t i = 0; i < c->n; i++)
		any |= isfinite(c->point[i].change);
	if (s->alone)
		text_add(buf, size, "One arm alone: there is no change to draw.");
	else if (!c->has[0] || !c->has[1])
		text_add(buf, size, "%s was measured %s only: there is no change to draw.", metric,
			c->has[0] ? "before" : "after");
	else if (!any)
		text_add(buf, size, "No percentile is above zero on both sides: there is no ratio "
			"to draw.");
}

void plot_emptiness(const struct plot_source *s, const struct plot_data *c, enum plot_kind kind,
	char *buf, size_t size)
{
	*buf = '\0';
	if (!c->has[0] && !c->has[1])
		text_add(buf, size, "No samples of %s here%s", metric_names[c->metric],
			c->metric != METRIC_EXIT ? "." :
			": it was measured without stamps, or imported without.");
	else if (kind == PLOT_SHIFT)
		no_change(s, c, buf, size);
	else if (kind == PLOT_TIME && c->time.units < 2)
		text_add(buf, size, "One block a side: there is nothing over time to draw.");
}
