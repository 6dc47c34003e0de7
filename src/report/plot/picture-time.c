/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Picture: level of each side, effect, disturbed operations in the order of time. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_sort.h>
#include "base/clean-text.h"
#include "base/fail.h"
#include "report/compare/format.h"
#include "report/plot/plot-priv.h"
#include "report/svg/chart.h"

#define FINE_MOMENTS 80
#define COARSE_MOMENTS 20
#define SINGLE_ROUNDS 40	/* up to so many rounds are drawn one by one */
#define ROUNDS_EACH 6		/* of more, each point has so many at least, for an interval */
#define MOST_BOOTS 30		/* whose beginning is marked */
#define LONGEST_STEP 5.0	/* times the median: pauses are shortened to this */

/*
 * The columns of the measurement in the order of time, some rounds (or blocks) at a time: s
 * spent on this cell so far; levels, in the metric's unit: geometric means of those of blocks
 * (LEVEL_QUANTILE); the rounds' mean change with its interval, in per cent, NAN unless paired
 * (the interval: fewer than ROUNDS_EACH rounds); disturbed operations in per cent, NAN: not known.
 */
enum {
	TIME_T, TIME_BEFORE, TIME_AFTER, TIME_CHANGE, TIME_LO, TIME_HI, TIME_DISTURBED, TIME_COLUMNS
};

struct plot_time {
	struct plot_columns moments;	/* TIME_COLUMNS */
	size_t units;			/* rounds, or blocks where sides are not paired */
	bool paired;
	double *boot;			/* owned; where another boot begins */
	size_t nboots;
	double first, last;		/* change in the first and last third; NAN */
	double drift;			/* log of highest to lowest level */
};

/* A round of both sides, or a block of one: what one point could be drawn of. */
struct unit {
	double start, t;
	int boot;
	int64_t pair;
	double level[2];	/* log; NAN: none */
	unsigned int sides;	/* 1: before, 2: after */
	double ops, disturbed;	/* NAN: not known */
};

static int by_pair(const void *a, const void *b)
{
	const struct unit *x = a, *y = b;

	if (x->boot != y->boot)
		return x->boot < y->boot ? -1 : 1;
	return (x->pair > y->pair) - (x->pair < y->pair);
}

static int by_start(const void *a, const void *b)
{
	const struct unit *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

static int block_level(const struct compare_block *b, double *level)
{
	double *copy = malloc((b->n ? b->n : 1) * sizeof(*copy));
	int err = copy ? compare_samples(b, copy) : fail_nomem();

	*level = err ? NAN : compare_block_level(copy, b->n);
	free(copy);
	return err;
}

static int make_units(const struct dataset_blocks *b, struct unit *u)
{
	int err = 0;

	for (size_t i = 0; i < b->n && !err; i++) {
		const struct compare_block *v = &b->v[i];

		u[i] = (struct unit){ .start = v->start, .boot = v->boot, .pair = v->pair,
			.level = { NAN, NAN }, .sides = 1U << v->side, .ops = b->facts[i].ops,
			.disturbed = b->facts[i].disturbed };
		err = block_level(v, &u[i].level[v->side]);
	}
	return err;
}

/* Makes one of the blocks of a round; what has no partner stays. */
static size_t join_pairs(struct unit *u, size_t n)
{
	size_t kept = 0;

	qsort(u, n, sizeof(*u), by_pair);
	for (size_t i = 0; i < n; i++) {
		struct unit *last = kept ? &u[kept - 1] : NULL;
		int side = u[i].sides >> 1;

		if (!last || u[i].pair < 0 || by_pair(last, &u[i]) || last->sides & u[i].sides) {
			u[kept++] = u[i];
			continue;
		}
		last->level[side] = u[i].level[side];
		last->sides = 3;
		last->ops += u[i].ops;
		last->disturbed += u[i].disturbed;
		if (u[i].start < last->start)
			last->start = u[i].start;
	}
	return kept;
}

static int median_step(const struct unit *u, size_t n, double *median)
{
	double *step = calloc(n ? n : 1, sizeof(*step));
	size_t have = 0;

	*median = 1;
	if (!step)
		return fail_nomem();
	for (size_t i = 1; i < n; i++)
		if (u[i].start > u[i - 1].start)
			step[have++] = u[i].start - u[i - 1].start;
	gsl_sort(step, 1, have);
	if (have)
		*median = step[have / 2];
	free(step);
	return 0;
}

/* Time spent on this cell: without the visits to others and the time between boots. */
static int lay_out(struct unit *u, size_t n, struct plot_time *out)
{
	double most, t = 0;
	int err = median_step(u, n, &most);

	if (err)
		return err;
	most *= LONGEST_STEP;
	out->boot = calloc(MOST_BOOTS, sizeof(*out->boot));
	if (!out->boot)
		return fail_nomem();
	for (size_t i = 0; i < n; i++) {
		double step = i ? u[i].start - u[i - 1].start : 0;

		if (!(step <= most))	/* or one of them is not known */
			step = most;
		t += step;
		u[i].t = t;
		if (i && u[i].boot != u[i - 1].boot && out->nboots < MOST_BOOTS)
			out->boot[out->nboots++] = t - step / 2;
	}
	return 0;
}

static double mean_level(const struct unit *u, size_t n, int side)
{
	double sum = 0;
	size_t have = 0;

	for (size_t i = 0; i < n; i++)
		if (!isnan(u[i].level[side])) {
			sum += u[i].level[side];
			have++;
		}
	return have ? sum / (double)have : NAN;
}

/* The mean change of N rounds, with Student's interval. */
static double mean_change(const struct unit *u, size_t n, struct interval *ci)
{
	double *change = calloc(n ? n : 1, sizeof(*change));
	struct summary s, zero = { 0, 0, 2 };
	size_t have = 0;

	*ci = (struct interval){ NAN, NAN };
	if (!change)
		return NAN;
	for (size_t i = 0; i < n; i++)
		if (!isnan(u[i].level[0]) && !isnan(u[i].level[1]))
			change[have++] = u[i].level[1] - u[i].level[0];
	s = summarise(change, have);
	free(change);
	if (have >= ROUNDS_EACH)
		*ci = welch_summary(zero, s, 0.95).ci;
	return have ? s.mean : NAN;
}

/* Row I of the moments, of N rounds. */
static void make_moment(const struct unit *u, size_t n, double *const *v, size_t i)
{
	struct interval ci;
	double t = 0, ops = 0, disturbed = 0;

	for (size_t k = 0; k < n; k++) {
		t += u[k].t / (double)n;
		ops += u[k].ops;
		disturbed += u[k].disturbed;
	}
	v[TIME_T][i] = t;
	for (int side = 0; side < 2; side++)
		v[TIME_BEFORE + side][i] = exp(mean_level(u, n, side));
	v[TIME_CHANGE][i] = compare_pct(mean_change(u, n, &ci));
	v[TIME_LO][i] = compare_pct(ci.lo);
	v[TIME_HI][i] = compare_pct(ci.hi);
	v[TIME_DISTURBED][i] = ops > 0 ? disturbed / ops * 100 : NAN;
}

/* Of the side whose level moved further. */
static double find_drift(const struct plot_time *t)
{
	double most = NAN;

	for (int side = 0; side < 2; side++) {
		double low = INFINITY, high = 0;

		chart_see_all(t->moments.v[TIME_BEFORE + side], t->moments.n, &low, &high);
		if (high > 0 && !(log(high / low) <= most))
			most = log(high / low);
	}
	return most;
}

static int make_moments(struct unit *u, size_t n, bool coarse, struct plot_time *out)
{
	size_t most = coarse ? COARSE_MOMENTS : FINE_MOMENTS, k = n;
	struct interval ci;
	int err;

	if (n > SINGLE_ROUNDS || n > most)
		k = n / ROUNDS_EACH < most ? n / ROUNDS_EACH : most;
	err = plot_columns_new(&out->moments, TIME_COLUMNS, k);
	if (err)
		return err;
	for (size_t i = 0; i < k; i++)
		make_moment(u + n * i / k, n * (i + 1) / k - n * i / k, out->moments.v, i);
	out->units = n;
	out->first = mean_change(u, n / 3, &ci);
	out->last = mean_change(u + n - n / 3, n / 3, &ci);
	out->drift = find_drift(out);
	return 0;
}

static int make(const struct dataset_blocks *b, bool coarse, void **made)
{
	struct unit *u = calloc(b->n ? b->n : 1, sizeof(*u));
	struct plot_time *out = calloc(1, sizeof(*out));
	size_t n = b->n;
	int err = u && out ? make_units(b, u) : fail_nomem();

	*made = out;
	if (!err)
		n = join_pairs(u, n);
	for (size_t i = 0; i < n && !err; i++)
		out->paired |= u[i].sides == 3;
	if (!err) {
		qsort(u, n, sizeof(*u), by_start);
		err = lay_out(u, n, out);
	}
	if (!err)
		err = make_moments(u, n, coarse, out);
	free(u);
	return err;
}

static void free_time(void *made)
{
	struct plot_time *t = made;

	if (t) {
		plot_columns_free(&t->moments);
		free(t->boot);
	}
	free(t);
}

static const struct plot_time *time_of(const struct plot_data *c)
{
	return c->made[PICTURE_time];
}

static void finding(const struct plot_subject *x, char *buf, size_t size)
{
	const struct plot_source *s = x->source;
	const struct plot_data *c = x->cell;
	const struct plot_time *t = time_of(c);
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
	if (!t->paired && plot_compared(s, c))
		text_add(buf, size, "; the sides did not take turns, so drift is in the change");
}

static void empty(const struct plot_subject *x, char *buf, size_t size)
{
	if (time_of(x->cell)->units < 2)
		text_add(buf, size, "One block a side: there is nothing over time to draw.");
}

static void comments(const struct plot_subject *x, FILE *out)
{
	const struct plot_time *t = time_of(x->cell);
	char text[512] = "";

	plot_put_metric(x, out);
	for (size_t i = 0; i < t->nboots; i++)
		text_add(text, sizeof(text), "%.6g ", t->boot[i]);
	plot_put_word("boots_at", text, out);
	plot_put_word("paired", t->paired ? "1" : "0", out);
}

static void rows(const struct plot_subject *x, FILE *out)
{
	plot_put_columns(&time_of(x->cell)->moments, 6, out);
}

static const struct svg_axis change_axis = { .unit = 1, .digits = 4, .plus = true };

/* A measurement's time axis; without labels but in the lowest panel. */
static struct svg_axis time_axis(const struct plot_time *t, bool bare)
{
	double end = t->moments.v[TIME_T][t->moments.n - 1];
	struct svg_axis a = { .hi = end > 0 ? end : 1, .unit = end < 1 ? 1e-3 : 1, .bare = bare };

	a.lo = -0.01 * a.hi;
	a.hi *= 1.01;
	return a;
}

static void boots(const struct svg *s, const struct plot_time *t)
{
	for (size_t i = 0; i < t->nboots; i++)
		svg_upright(s, "o", t->boot[i], s->y.lo, s->y.hi);
}

static void level_panel(struct svg *s, const struct plot_source *src, const struct plot_data *c)
{
	const struct plot_time *t = time_of(c);
	double *const *v = t->moments.v, lo = INFINITY, hi = -INFINITY;
	char unit[64], title[96];

	for (int side = 0; side < 2; side++)
		chart_see_all(v[TIME_BEFORE + side], t->moments.n, &lo, &hi);
	s->y = chart_axis(lo, hi, chart_unit(c->metric == METRIC_THROUGHPUT,
		plot_unit(src, c), hi, unit, sizeof(unit)), INFINITY);
	snprintf(title, sizeof(title), "p25 (%s)", unit);
	svg_y_title(s, title);
	svg_begin(s);
	boots(s, t);
	for (int side = 0; side < 2; side++)
		svg_curve(s, chart_curve[side], v[TIME_T], v[TIME_BEFORE + side], t->moments.n);
	svg_end(s);
}

static void change_panel(struct svg *s, const struct plot_time *t, double margin)
{
	double *const *v = t->moments.v, least = -margin, most = margin;

	chart_see_all(v[TIME_CHANGE], t->moments.n, &least, &most);
	s->y = change_axis;
	s->y.lo = least - 0.1 * (most - least);
	s->y.hi = most + 0.1 * (most - least);
	svg_y_title(s, "change (%)");
	svg_begin(s);
	boots(s, t);
	svg_band(s, "c", v[TIME_T], v[TIME_LO], v[TIME_HI], t->moments.n);
	svg_level(s, "z", 0);
	svg_level(s, "l", margin);
	svg_level(s, "l", -margin);
	svg_curve(s, "b", v[TIME_T], v[TIME_CHANGE], t->moments.n);
	svg_end(s);
}

static void disturbed_panel(struct svg *s, const struct plot_time *t, double most)
{
	double *const *v = t->moments.v;

	s->y = (struct svg_axis){ .hi = 1.1 * most, .unit = 1, .digits = 2 };
	svg_y_title(s, "disturb. %");
	svg_begin(s);
	for (size_t i = 0; i < t->moments.n; i++)
		svg_upright(s, "i", v[TIME_T][i], 0, v[TIME_DISTURBED][i]);
	svg_end(s);
}

static void draw(const struct plot_subject *x, const char *label, FILE *out)
{
	const struct plot_source *src = x->source;
	const struct plot_data *c = x->cell;
	const struct plot_time *t = time_of(c);
	double most = 0, none = 0;
	bool change = t->paired && !src->alone;
	struct svg s;
	int top = SVG_TOP, rest = SVG_PANELS_BOTTOM - SVG_TOP, unit;

	chart_see_all(t->moments.v[TIME_DISTURBED], t->moments.n, &none, &most);
	unit = (rest - 24 * (change + (most > 0))) * 10 / (10 + 12 * change + 5 * (most > 0));
	s = svg_frame(out, top, top + unit);
	s.x = time_axis(t, change || most > 0);
	svg_open(out, SVG_PANELS_HEIGHT, label);
	chart_key(&s, src->alone, c->has);
	level_panel(&s, src, c);
	if (change) {
		s = svg_frame(out, top + unit + 24, top + unit + 24 + unit * 12 / 10);
		s.x = time_axis(t, most > 0);
		change_panel(&s, t, src->margin * 100);
	}
	if (most > 0) {
		s = svg_frame(out, SVG_PANELS_BOTTOM - unit / 2, SVG_PANELS_BOTTOM);
		s.x = time_axis(t, false);
		disturbed_panel(&s, t, most);
	}
	s = svg_frame(out, SVG_TOP, SVG_PANELS_BOTTOM);
	svg_x_title(&s, t->moments.v[TIME_T][t->moments.n - 1] < 1 ?
		"time on this cell (ms), without pauses" : "time on this cell (s), without pauses");
	svg_close(out);
}

const struct picture picture_time = {
	.name = "time",
	.title = "Over time",
	.of = PLOT_OF_CELL,
	.columns = "time_s\tbefore\tafter\tchange_pct\tci_lo_pct\tci_hi_pct\tdisturbed_pct",
	.make = make,
	.free = free_time,
	.finding = finding,
	.empty = empty,
	.comments = comments,
	.rows = rows,
	.draw = draw,
};
