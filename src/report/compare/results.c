/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares all cells of two sides, and judges the whole. */
#include "config.h"
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "machine/environment/environment.h"
#include "report/compare/results.h"

#define MOST_DIFFERENCES 8	/* of the environments that get a sentence each */

static int add_warning(struct results *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static int add_warning(struct results *r, const char *fmt, ...)
{
	char **grown = reallocarray(r->warnings, r->nwarnings + 1, sizeof(*grown));
	va_list ap;
	int n;

	if (!grown)
		return fail_nomem();
	r->warnings = grown;
	va_start(ap, fmt);
	n = vasprintf(&grown[r->nwarnings], fmt, ap);
	va_end(ap);
	if (n < 0)
		return fail_nomem();
	r->nwarnings++;
	return 0;
}

/* Sides that scatter. C's r stays NULL if there is nothing to compare. */
static int compare_sampled(struct results_row *c, struct dataset *d,
	const struct compare_options *o)
{
	struct compare_options options = *o;
	struct dataset_blocks blocks;
	int err = dataset_load(d, c->cell, c->metric, -1, &blocks);

	if (err)
		return err;
	for (size_t i = 0; i < blocks.n; i++)
		if (blocks.facts[i].failed > 0)
			c->failed[blocks.v[i].side] += blocks.facts[i].failed;
	options.larger_is_better = c->metric == METRIC_THROUGHPUT;
	err = blocks.n ? compare_cell(&options, blocks.v, blocks.n, &c->r) : 0;
	dataset_blocks_free(&blocks);
	if (!err && c->r && dataset_is_emulated(d)) {
		c->r->verdict = COMPARE_INCONCLUSIVE;
		c->r->needs = (struct compare_needs){ COMPARE_NEEDS_NONE, 0, NAN };
		c->r->p_regression = NAN;
	}
	return dataset_failed(err);
}

/* Deterministic sides; likewise. */
static int compare_exact(struct results_row *c, struct dataset *d, const struct compare_options *o)
{
	struct dataset_exact blocks;
	int err = dataset_load_exact(d, c->cell, c->metric, &blocks);

	if (err)
		return err;
	err = blocks.n ? compare_exact_cell(o, blocks.v, blocks.n, &c->exact) : 0;
	dataset_exact_free(&blocks);
	if (err == -EINVAL)	/* one side has none of this metric */
		return 0;
	if (!err && c->exact)
		c->r = c->exact->compare;
	return dataset_failed(err);
}

static void free_cell(struct results_row *c)
{
	if (c->exact)
		compare_exact_free(c->exact);
	else
		compare_free(c->r);
}

static int warn_of_failed(struct results *r, const struct dataset *d, const struct results_row *c)
{
	char title[256];

	return add_warning(r, "Of %s, %.0f operations failed before and %.0f after, which are not in "
		"these numbers: fork was refused, or a child did not get what it should hold.",
		dataset_cell_title(d, c->cell, metric_names[c->metric], title, sizeof(title)),
		c->failed[0], c->failed[1]);
}

static int add_cell(struct results *r, struct dataset *d, int cell, enum metric metric,
	const struct compare_options *o)
{
	struct results_row *grown, c = { .cell = cell, .metric = metric,
		.primary = dataset_primary(d, cell) == metric };
	int err = dataset_is_exact(d) ? compare_exact(&c, d, o) : compare_sampled(&c, d, o);

	if (err || !c.r)
		return err;
	grown = reallocarray(r->v, r->n + 1, sizeof(*grown));
	if (!grown) {
		free_cell(&c);
		return fail_nomem();
	}
	r->v = grown;
	grown[r->n++] = c;
	return c.failed[0] + c.failed[1] > 0 ? warn_of_failed(r, d, &c) : 0;
}

static int compare_cells(struct results *r, struct dataset *d, unsigned int metrics,
	const struct compare_options *o)
{
	char title[256];
	int err = 0;

	for (int i = 0; i < dataset_cells(d) && !err; i++) {
		const struct dataset_cell *c = dataset_cell(d, i);
		unsigned int mask = metrics ? metrics : 1U << dataset_primary(d, i);

		if (!c->on[0] || !c->on[1])
			err = add_warning(r, "%s was measured %s only.",
				dataset_cell_title(d, i, c->primary, title, sizeof(title)),
				compare_side_names[!c->on[0]]);
		for (int m = 0; metric_names[m] && !err && c->on[0] && c->on[1]; m++)
			if (mask & 1U << m)
				err = add_cell(r, d, i, m, o);
	}
	return err;
}

/*
 * A cell's own verdict may say regression by chance; over many cells one would. The whole
 * says regression when a primary cell's stands after Holm's correction.
 */
static int judge(struct results *r, double confidence)
{
	double *p = calloc(r->n ? r->n : 1, sizeof(*p));
	bool improved = false, open = false;
	int n = 0;

	if (!p)
		return fail_nomem();
	for (int i = 0; i < r->n; i++)
		if (r->v[i].primary)
			p[n++] = r->v[i].r->p_regression;
	if (holm_adjust(p, n, p)) {
		free(p);
		return fail_nomem();
	}
	r->verdict = n ? COMPARE_EQUIVALENT : COMPARE_INCONCLUSIVE;
	for (int i = 0, k = 0; i < r->n; i++) {
		if (!r->v[i].primary)
			continue;
		/* A NAN is none. */
		r->v[i].regression = p[k++] <= 1 - confidence &&
				     r->v[i].r->verdict == COMPARE_REGRESSION;
		if (r->v[i].regression)
			r->verdict = COMPARE_REGRESSION;
		improved |= r->v[i].r->verdict == COMPARE_IMPROVEMENT;
		open |= r->v[i].r->verdict == COMPARE_INCONCLUSIVE ||
			(r->v[i].r->verdict == COMPARE_REGRESSION && !r->v[i].regression);
	}
	free(p);
	if (r->verdict != COMPARE_REGRESSION && open)
		r->verdict = COMPARE_INCONCLUSIVE;
	else if (r->verdict != COMPARE_REGRESSION && improved)
		r->verdict = COMPARE_IMPROVEMENT;
	return 0;
}

struct differences {
	struct results *r;
	int n, err;
};

static void on_difference(void *arg, const struct environment_difference *diff)
{
	struct differences *d = arg;

	if (d->n++ < MOST_DIFFERENCES && !d->err)
		d->err = add_warning(d->r, "The %s differs: %s was %s before and is %s after.",
			diff->kind == ENVIRONMENT_MACHINE ? "machine" : "configuration", diff->key,
			diff->before, diff->after);
}

static int compare_environments(struct results *r, const struct dataset *d)
{
	struct differences diff = { .r = r };
	const json_t *before = dataset_side(d, 0)->environment;
	const json_t *after = dataset_side(d, 1)->environment;

	if (!before || !after)
		return 0;
	environment_diff(before, after, on_difference, &diff);
	if (diff.n > MOST_DIFFERENCES && !diff.err)
		diff.err = add_warning(r, "%d more facts differ between before and after.",
			diff.n - MOST_DIFFERENCES);
	return diff.err;
}

static int cite_calibrations(struct results *r, struct dataset *d)
{
	int n = dataset_calibrations(d, &r->calibrations);

	if (n < 0)
		return n;
	r->ncalibrations = n;
	for (int i = 0; i < r->n; i++) {
		const struct dataset_cell *cell = dataset_cell(d, r->v[i].cell);

		for (int k = 0; k < n; k++) {
			const struct calibration *c = &r->calibrations[k];

			if (c->cores == cell->cores && !strcmp(c->workload, cell->workload) &&
				!strcmp(c->params, cell->params) && !strcmp(c->place, cell->place) &&
				!strcmp(c->metric, metric_names[r->v[i].metric]))
				r->v[i].calibration = c;
		}
	}
	return 0;
}

int results_make(struct dataset *d, unsigned int metrics, const struct compare_options *options,
	struct results *out)
{
	struct compare_options o = *options;
	int err;

	memset(out, 0, sizeof(*out));
	out->d = d;
	out->margin = o.margin;
	out->switch_level = o.switch_level = dataset_switch_level(d);
	o.sequential = dataset_sequential(d);
	err = compare_environments(out, d);
	if (!err && dataset_is_emulated(d))
		err = add_warning(out, "Timed in emulated guests: what takes long there is no "
			"machine's, so there is no verdict.");
	if (!err)
		err = compare_cells(out, d, metrics, &o);
	if (!err && !out->n)
		err = fail(STATUS_USAGE, "%s: no cell of this metric has samples on both sides; "
			"see exitbench show", dataset_side(d, 0)->file);
	if (!err)
		err = judge(out, o.confidence);
	if (!err)
		err = cite_calibrations(out, d);
	if (err)
		results_free(out);
	return err;
}

enum results_outcome results_outcome(const struct results_row *c)
{
	if (c->regression)
		return RESULTS_FAILED;
	if (c->r->verdict == COMPARE_INCONCLUSIVE || c->r->verdict == COMPARE_REGRESSION)
		return RESULTS_SKIPPED;
	return RESULTS_PASSED;
}

void results_free(struct results *r)
{
	for (int i = 0; i < r->n; i++)
		free_cell(&r->v[i]);
	free(r->v);
	for (int i = 0; i < r->nwarnings; i++)
		free(r->warnings[i]);
	free(r->warnings);
	calibrations_free(r->calibrations, r->ncalibrations);
	memset(r, 0, sizeof(*r));
}
