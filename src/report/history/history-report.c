/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The published comparisons, tested again: what history prints. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "report/history/history-report.h"

#define WIDE 0.05	/* an interval that needs one decimal only */

const char *history_word(enum compare_verdict v)
{
	static const char *const word[] = { "cannot tell", "slower", "faster", "no change" };

	return word[v];
}

char *history_pct(double change, struct interval ci, char *buf, size_t size)
{
	if (!isfinite(change))
		snprintf(buf, size, "-");
	else
		snprintf(buf, size, "%+.*f%%", ci.hi - ci.lo > WIDE ? 1 : 2, change * 100);
	return buf;
}

double history_change(const struct published_comparison *c, const char *name)
{
	if (!strcmp(name, "sd_pct"))
		return NAN;
	return published_value(&c->side[1], 0, name) / published_value(&c->side[0], 0, name) - 1;
}

/* A figure of all runs of a side; LOG: of their logarithms. */
static int summarise_side(const struct published_side *side, const char *name, bool log_scale,
	struct summary *out)
{
	double *x;

	if (!side->runs) {
		*out = history_perf_stat(side->mean, side->sem_pct, side->n);
		return 0;
	}
	x = calloc(side->n, sizeof(*x));
	if (!x)
		return fail_nomem();
	for (size_t i = 0; i < side->n; i++) {
		x[i] = published_value(side, i, name);
		if (log_scale)
			x[i] = log(x[i]);
	}
	*out = summarise(x, side->n);
	free(x);
	return 0;
}

static int judge_figure(const struct published_comparison *c, const struct published_figure *f,
	double margin, struct history_test *out)
{
	struct summary s[2];
	int err = 0;

	for (int i = 0; i < 2 && !err; i++)
		err = summarise_side(&c->side[i], f->name, f->log, &s[i]);
	if (!err)
		*out = history_welch(s[0], s[1], f->log ? HISTORY_LOG : HISTORY_LINEAR, margin);
	return err;
}

/* The mean and standard deviation of one run's operations. */
static struct summary operations(const struct published_comparison *c, int side)
{
	const struct published_side *s = &c->side[side];
	struct summary o = { published_value(s, 0, "mean"), published_value(s, 0, "sd"),
		(size_t)c->operations };

	if (isnan(o.sd))
		o.sd = o.mean * published_value(s, 0, "sd_pct") / 100;
	return o;
}

static int borrow(struct history_entry *e, double margin)
{
	const struct published_comparison *c = e->c;
	struct summary s[2];
	int err = 0;

	if (!c->lender)
		return 0;
	for (int i = 0; i < 2 && !err; i++)
		err = summarise_side(&c->lender->side[i], c->lender_figure, true, &s[i]);
	if (err)
		return err;
	e->scatter = history_scatter(s[0], s[1]);
	e->borrowed = history_borrowed(e->figure[0].test.change + 1, e->scatter, margin);
	return 0;
}

/* "from LO to HI", "zero is inside" and what that rules out. */
static void say_verdict(struct history_entry *e, double margin)
{
	const struct history_test *t = &e->figure[0].test;
	char lo[HISTORY_PCT], hi[HISTORY_PCT], rest[160];

	if (e->one_run) {
		snprintf(e->verdict, sizeof(e->verdict), "cannot tell: one run a side says nothing "
			"about the scatter between runs, so there is no interval, no p, and no "
			"smallest effect that it could have detected.");
		return;
	}
	history_pct(t->ci.lo, t->ci, lo, sizeof(lo));
	history_pct(t->ci.hi, t->ci, hi, sizeof(hi));
	if (t->verdict != COMPARE_INCONCLUSIVE)
		snprintf(rest, sizeof(rest), "by the margin of %g%%, surely.", margin * 100);
	else if (t->ci.lo > 0 || t->ci.hi < 0)
		snprintf(rest, sizeof(rest), "zero is outside, but the margin of %g%% inside.",
			margin * 100);
	else
		snprintf(rest, sizeof(rest), "zero is inside. A slowdown of more than %s is ruled "
			"out; one of %g%% is neither shown nor ruled out.", hi + 1, margin * 100);
	if (t->verdict == COMPARE_INCONCLUSIVE && t->ci.lo <= 0 && t->ci.hi >= 0 &&
	    t->ci.hi <= margin)
		snprintf(rest, sizeof(rest), "zero is inside. A slowdown of %g%% is ruled out; a "
			"speed-up of that size is not.", margin * 100);
	snprintf(e->verdict, sizeof(e->verdict), "%s%s%s: from %s to %s; %s",
		history_word(t->verdict), e->c->figures > 1 ? " by the " : "",
		e->c->figures > 1 ? e->c->figure[0].name : "", lo, hi, rest);
}

/* "502 runs a side (46 hours)"; the time only of what is timed as a whole. */
static void runs_text(const struct published_comparison *c, double runs, char *buf, size_t size)
{
	const char *name = c->figure[0].name;
	double s = published_value(&c->side[0], 0, name) + published_value(&c->side[1], 0, name);
	bool whole = !strcmp(c->unit, "s");

	if (isnan(runs))
		snprintf(buf, size, "more than 1e9 runs a side");
	else if (whole)
		snprintf(buf, size, "%.0f runs a side (%.0f %s)", runs,
			runs * s / (runs * s < 7200 ? 60 : 3600),
			runs * s < 7200 ? "minutes" : "hours");
	else
		snprintf(buf, size, "%.0f runs a side", runs);
}

static void say_design(struct history_entry *e, double margin)
{
	const struct history_test *t = &e->figure[0].test;
	char runs[64];

	if (e->one_run)
		return;
	runs_text(e->c, t->runs, runs, sizeof(runs));
	snprintf(e->design, sizeof(e->design), "such runs show a slowdown of %.2g%% four times in "
		"five, a smaller one less often. To see %g%% as often takes %s instead of %zu.",
		t->detectable * 100, margin * 100, runs, e->c->side[1].n);
}

/* What the naive test is worth. */
static const char *naive_worth(const struct history_test *t)
{
	if (t->p >= 1 - HISTORY_CONFIDENCE)
		return "Not even so does it differ from zero.";
	if (t->change < 0)
		return "That would be a significant speed-up; it leaves out the scatter between "
		       "runs.";
	return "It leaves out the scatter between runs.";
}

static void say_naive(struct history_entry *e)
{
	const struct history_test *t = &e->naive;
	char change[HISTORY_PCT];

	if (isnan(t->se))
		return;
	history_pct(t->change, t->ci, change, sizeof(change));
	snprintf(e->naive_text, sizeof(e->naive_text), "mean %s +- %.2f%%, t = %.2f, p = %.2g, if "
		"all %.0f operations of a run were independent and one run were as good as "
		"another. %s", change, t->se * 100, t->t, t->p, e->c->operations, naive_worth(t));
}

static void say_borrowed(struct history_entry *e, double margin)
{
	const struct history_test *t = &e->borrowed;
	char change[HISTORY_PCT], lo[HISTORY_PCT], hi[HISTORY_PCT], runs[64];

	if (isnan(e->scatter.sd))
		return;
	runs_text(e->c, t->runs, runs, sizeof(runs));
	snprintf(e->borrowed_text, sizeof(e->borrowed_text), "%s %s, from %s to %s, p = %.2g, if "
		"runs scatter as %s's did (%.1f%%, %zu degrees of freedom). Then one run a side "
		"shows a slowdown of %.2g%% four times in five; to see %g%% takes %s.", e->c->figure[0].name,
		history_pct(t->change, t->ci, change, sizeof(change)),
		history_pct(t->ci.lo, t->ci, lo, sizeof(lo)),
		history_pct(t->ci.hi, t->ci, hi, sizeof(hi)), t->p, e->c->lender->who,
		e->scatter.sd * 100, e->scatter.n - 1, t->detectable * 100, margin * 100, runs);
}

/* One run a side: what its operations alone would say; it decides nothing. */
static struct history_test naive_test(const struct published_comparison *c, double margin)
{
	struct history_test t = history_welch(operations(c, 0), operations(c, 1), HISTORY_LINEAR,
		margin);

	t.detectable = NAN;
	t.runs = NAN;
	t.verdict = COMPARE_INCONCLUSIVE;
	return t;
}

static int judge(struct history_entry *e, double margin)
{
	const struct published_comparison *c = e->c;
	int err = 0;

	e->one_run = c->side[0].n < 2 || c->side[1].n < 2;
	e->naive.se = NAN;
	e->scatter.sd = NAN;
	for (size_t i = 0; i < c->figures && !err; i++) {
		e->figure[i].f = &c->figure[i];
		err = judge_figure(c, &c->figure[i], margin, &e->figure[i].test);
	}
	if (!err && e->one_run)
		err = borrow(e, margin);
	if (err)
		return err;
	if (e->one_run && c->operations)
		e->naive = naive_test(c, margin);
	say_verdict(e, margin);
	say_design(e, margin);
	say_naive(e);
	say_borrowed(e, margin);
	return 0;
}

int history_make(const char *file, double margin, struct history *out)
{
	int err;

	*out = (struct history){ .file = file ? file : PUBLISHED_BUILTIN, .margin = margin };
	err = published_load(file, &out->data);
	if (err)
		return err;
	out->v = calloc(out->data.n, sizeof(*out->v));
	if (!out->v)
		return fail_nomem();
	for (; out->n < out->data.n && !err; out->n++) {
		out->v[out->n].c = &out->data.v[out->n];
		err = judge(&out->v[out->n], margin);
	}
	return err;
}

void history_free(struct history *h)
{
	free(h->v);
	published_free(&h->data);
	*h = (struct history){ 0 };
}
