/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan carried out: passes, visits, rounds; how long blocks are, and when it is enough. */
#include "config.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "analysis/compare/compare.h"
#include "base/fail.h"
#include "base/progress.h"
#include "cell/request.h"
#include "contract/common-params.h"
#include "link/check.h"
#include "measure/block.h"

#define VISIT_NS 5e9		/* a visit to a cell, when there is time for several */
#define MOST_PASSES 12
#define WARMUP_ROUNDS 2		/* of a visit */
#define FEWEST_OPS 8		/* of a block and worker */
#define BLOCK_NS (MEASURE_BLOCK_MS * 1e6)
#define MOST_BLOCK_NS 1e9
#define PROGRAM_BLOCK_NS 2e8	/* of a workload that is a program: starting it takes 1 ms */
#define OVERHEAD_SHARE 200	/* a block takes so many times what is spent between two, */
#define WIDENING_NS 2e7		/* up to here: longer ones widen the interval (doc/method.md) */
#define LEAST_SHARE 4		/* but so many times in any case */
#define DISTURBED 2.0		/* times the median of the warm-up */
#define SHOWN_ROUNDS 4096	/* that the progress line's effect is of */

struct cell_job {
	int64_t id;
	int *workers;
	uint64_t ops, lead_in;		/* of a block and worker; 0 until calibrated */
	double cycle;			/* ticks: the slowest arm's median in the calibration */
	double limit;
	uint64_t round;
	int64_t recorded;		/* operations of each arm */
	struct sequential effect;	/* of arms 0 and 1, round by round */
	size_t next_look;		/* when it has so many rounds */
	bool done;			/* as much as was asked for */
	bool skipped;			/* cannot be had here */
};

struct run {
	const struct plan *plan;
	const struct measure_options *o;
	struct recorder r;
	struct cell_job *cells;
	int64_t *arms;			/* ids */
	int *order;
	double *samples[2];		/* of arms 0 and 1 in this round */
	size_t nsamples[2], room[2];
	struct progress progress;
	int nskipped;
	double slice;			/* ns of a visit */
	int visits_left;
};

static struct block_order make_order(const struct run *run, int cell, int arm)
{
	const struct plan_cell *p = &run->plan->cells[cell];
	const struct cell_job *c = &run->cells[cell];
	struct param_values values;
	struct block_order o = {
		.cell = c->id,
		.arm = run->arms[arm],
		.workload = p->workload,
		.workers = c->workers,
		.cpus = p->cpus,
		.child_cpus = p->child_cpus,
		.n = p->cores,
		.round = (int64_t)c->round,
		.limit = c->limit,
	};

	plan_params(run->plan, cell, arm, &values);
	o.metrics = request_metrics(p->workload, &values);
	request_make(p->workload, &values, run->r.clock, &o.request);
	o.request.ops = c->ops;
	o.request.lead_in = c->lead_in;
	return o;
}

static int reserve(struct run *run, int side, size_t n)
{
	double *v;

	if (n <= run->room[side])
		return 0;
	v = reallocarray(run->samples[side], n, sizeof(*v));
	if (!v)
		return fail_nomem();
	run->samples[side] = v;
	run->room[side] = n;
	return 0;
}

/* Keeps the samples of arms 0 and 1 for the effect of the round. */
static int keep_samples(struct run *run, int arm, const struct block_order *o, enum metric metric)
{
	int err = reserve(run, arm, o->n * o->request.ops);

	if (!err)
		run->nsamples[arm] = block_samples(&run->r, o,
			metric < COLUMNS ? metric : request_whole(o->workload), run->samples[arm]);
	return err;
}

/* The workload's primary metric, or cycle where an arm has no stamps. */
static enum metric primary_metric(const struct run *run, int cell)
{
	const struct workload *w = run->plan->cells[cell].workload;
	struct param_values values;
	bool stamped = true;
	int m = 0;

	for (int arm = 0; arm < run->plan->narms; arm++) {
		plan_params(run->plan, cell, arm, &values);
		stamped &= !params_common(w) || values.value[params_own(w) + COMMON_STAMP];
	}
	while (strcmp(metric_names[m], w->primary))
		m++;
	return m == METRIC_EXIT && !stamped ? METRIC_CYCLE : (enum metric)m;
}

static int one_round(struct run *run, int cell, bool warmup)
{
	struct cell_job *c = &run->cells[cell];
	enum metric metric = primary_metric(run, cell);
	int err = 0;

	plan_round_order(run->plan, cell, c->round, run->order);
	for (int i = 0; i < run->plan->narms && !err; i++) {
		struct block_order o = make_order(run, cell, run->order[i]);

		o.position = i;
		o.warmup = warmup;
		err = block_record(&run->r, &o);
		if (!err && run->order[i] < 2 && !warmup)
			err = keep_samples(run, run->order[i], &o, metric);
	}
	c->round++;
	if (err || warmup)
		return err;
	c->recorded += (int64_t)c->ops * run->plan->cells[cell].cores;
	if (run->plan->narms < 2 || (run->o->until_ci <= 0 && !run->progress.on))
		return 0;
	if (run->o->until_ci <= 0 && c->effect.n >= SHOWN_ROUNDS)
		c->effect.n = 0;
	if (sequential_add(&c->effect, compare_round(run->samples[0], run->nsamples[0],
					       run->samples[1], run->nsamples[1])))
		return fail_nomem();
	return 0;
}

static double median_whole(struct run *run, const struct block_order *o)
{
	size_t n = block_samples(&run->r, o, request_whole(o->workload), run->samples[0]);

	return quantile_select(run->samples[0], n, 0.5);
}

static uint64_t clamp_ops(double ops)
{
	if (!(ops > FEWEST_OPS))
		return FEWEST_OPS;
	return ops < LINK_CAPACITY ? (uint64_t)ops : LINK_CAPACITY;
}

static void set_length(struct run *run, int cell, double ns)
{
	struct cell_job *c = &run->cells[cell];
	bool program = run->plan->cells[cell].workload->program;
	double op_ns = c->cycle * run->r.clock->ns_per_tick;

	c->ops = clamp_ops(ns / op_ns);
	c->lead_in = (uint64_t)((double)run->o->lead_in_ns / op_ns + 0.999);
	/* Those that wait for the OOM reaper take seconds as it is. */
	if (op_ns > MOST_BLOCK_NS / FEWEST_OPS)
		c->lead_in = 0;
	/* Of a program's operations, single cycles are not known. */
	c->limit = program ? INFINITY : c->cycle * DISTURBED;
}

/*
 * Finds how many operations a block has, from the slowest arm's median: twice, since the
 * first operations of a process are slow. All arms of a cell have the same number. In the
 * file these are warm-up, so that every operation is in it.
 */
static int calibrate(struct run *run, int cell)
{
	bool program = run->plan->cells[cell].workload->program;
	double usual = program ? PROGRAM_BLOCK_NS : BLOCK_NS;
	double wanted = run->o->block_ns ? (double)run->o->block_ns : usual;
	struct cell_job *c = &run->cells[cell];
	int err;

	c->ops = FEWEST_OPS;
	for (int step = 0; step < 2; step++) {
		c->cycle = 0;
		for (int arm = 0; arm < run->plan->narms; arm++) {
			struct block_order o = make_order(run, cell, arm);

			o.position = arm;
			o.warmup = true;
			err = reserve(run, 0, o.n * o.request.ops);
			if (!err)
				err = block_record(&run->r, &o);
			if (err)
				return err;
			c->cycle = fmax(c->cycle, median_whole(run, &o));
		}
		c->round++;
		set_length(run, cell, wanted);
	}
	return 0;
}

static int warm_up(struct run *run, int cell, int rounds)
{
	int err = 0;

	while (rounds-- && !err)
		err = one_round(run, cell, true);
	return err;
}

/* What is spent between two blocks, in ns: the median, since some of it is only at first. */
static double time_between(const struct run *run)
{
	unsigned int n = run->r.ngaps < GAPS ? run->r.ngaps : GAPS;
	double gaps[GAPS];

	memcpy(gaps, run->r.gaps, sizeof(gaps));
	return n ? quantile_select(gaps, n, 0.5) * run->r.clock->ns_per_tick : 0;
}

/* On many CPUs, or where waking them takes long, blocks are longer. */
static double block_length(double between)
{
	double ns = fmin(between * OVERHEAD_SHARE, WIDENING_NS);

	return fmin(fmax(ns, between * LEAST_SHARE), MOST_BLOCK_NS);
}

static int first_visit(struct run *run, int cell)
{
	double length;
	int err = calibrate(run, cell);

	run->r.ngaps = 0;
	if (!err && run->plan->cells[cell].workload->program)
		return warm_up(run, cell, WARMUP_ROUNDS);
	if (!err)
		err = warm_up(run, cell, GAPS / run->plan->narms + 1);
	if (err || run->o->block_ns)
		return err;
	length = block_length(time_between(run));
	if (length <= BLOCK_NS)
		return 0;
	set_length(run, cell, length);
	return warm_up(run, cell, WARMUP_ROUNDS);
}

static void show(struct run *run, int cell, uint64_t now)
{
	const struct plan_cell *p = &run->plan->cells[cell];
	struct cell_job *c = &run->cells[cell];
	double seconds = (double)(now - run->r.start) / 1e9;
	double left = fmax(0, (double)run->o->time_ns / 1e9 - seconds);
	struct interval ci = sequential_interval(&c->effect);
	char effect[64] = "";

	if (isfinite(ci.lo) && isfinite(ci.hi))
		snprintf(effect, sizeof(effect), "  %+.2f%% [%+.2f, %+.2f]",
			compare_pct(sequential_estimate(&c->effect)), compare_pct(ci.lo),
			compare_pct(ci.hi));
	if (run->o->time_ns)
		progress_show(&run->progress, "%s, %d core%s %s  %lld blocks%s  %.0f s left",
			p->workload->name, p->cores, p->cores == 1 ? "" : "s", p->place,
			(long long)run->r.summary->blocks, effect, left);
	else
		progress_show(&run->progress, "%s, %d core%s %s  %lld blocks%s  %.0f s",
			p->workload->name, p->cores, p->cores == 1 ? "" : "s", p->place,
			(long long)run->r.summary->blocks, effect, seconds);
}

/* A look takes time in proportion to the rounds: they grow by 1% from one to the next. */
static bool cell_done(const struct run *run, struct cell_job *c)
{
	struct interval ci;

	if (run->o->ops && c->recorded >= run->o->ops)
		return true;
	if (run->o->until_ci <= 0 || c->effect.n < c->next_look)
		return false;
	c->next_look = c->effect.n + c->effect.n / 100 + 1;
	ci = sequential_interval(&c->effect);
	return compare_pct(ci.hi - ci.lo) / 2 <= run->o->until_ci;
}

static int visit(struct run *run, int cell)
{
	struct cell_job *c = &run->cells[cell];
	uint64_t now = monotonic_ns(), end = now + (uint64_t)run->slice, synced = now;
	int err;

	run->r.last_finish = 0;
	err = c->ops ? warm_up(run, cell, WARMUP_ROUNDS) : first_visit(run, cell);
	while (!err && !c->done) {
		err = one_round(run, cell, false);
		now = monotonic_ns();
		if (progress_due(&run->progress, now))
			show(run, cell, now);
		c->done = cell_done(run, c);
		if (run->o->time_ns && now >= end)
			break;
		if (!err && now - synced > 5000000000U) {
			err = store_sync(run->r.store);
			synced = now;
		}
	}
	return err;
}

/* Visits as long as there is time for, never more than MOST_PASSES to each cell. */
static int plan_passes(struct run *run)
{
	int ncells = run->plan->ncells - run->nskipped;
	double each = (double)run->o->time_ns / ncells;
	int passes = (int)fmin(MOST_PASSES, fmax(1, each / VISIT_NS));

	if (!run->o->time_ns)
		passes = 1;
	run->slice = each / passes;
	run->visits_left = passes * ncells;
	return passes;
}

static int all_passes(struct run *run)
{
	int passes = plan_passes(run), err = 0;
	int *order = calloc(run->plan->ncells, sizeof(*order));
	uint64_t end = run->r.start + (uint64_t)run->o->time_ns;

	if (!order)
		return fail_nomem();
	for (int pass = 0; pass < passes && !err; pass++) {
		plan_pass_order(run->plan, pass, order);
		for (int i = 0; i < run->plan->ncells && !err; i++) {
			uint64_t now = monotonic_ns();

			if (run->cells[order[i]].skipped)
				continue;
			/* What start-up took, and what finished cells leave, is shared out. */
			if (run->o->time_ns)
				run->slice = now < end ? (double)(end - now) / run->visits_left : 0;
			run->visits_left--;
			if (!run->cells[order[i]].done)
				err = visit(run, order[i]);
		}
	}
	free(order);
	return err;
}

/* Can the cell be had here, and does each arm's child hold what it should? */
static int check(struct run *run, int cell)
{
	int err = 0;

	for (int arm = 0; arm < run->plan->narms && !err; arm++) {
		struct block_order o = make_order(run, cell, arm);
		struct link_order order = { .workload = o.workload, .workers = o.workers, .n = o.n,
			.child_cpus = o.child_cpus, .request = &o.request };

		err = check_workload(run->r.link, &order);
	}
	return err;
}

/*
 * One that cannot be had here is left out, with the reason, unless it was asked for by its
 * name: then there is no run at all.
 */
static int check_or_skip(struct run *run, int64_t id, int cell)
{
	const struct plan_cell *p = &run->plan->cells[cell];
	int err = check(run, cell);

	if ((err != -STATUS_MACHINE && err != -STATUS_FAULT) || p->named)
		return err;
	run->cells[cell].skipped = run->cells[cell].done = true;
	run->nskipped++;
	warn("%s is skipped: %s", p->workload->name, fail_message());
	return store_add_note(run->r.store, id, "skipped", p->workload->name);
}

static int add_cell(struct run *run, int64_t id, int cell)
{
	const struct plan_cell *p = &run->plan->cells[cell];
	struct cell_job *c = &run->cells[cell];
	char *params = params_format(p->workload, &p->params, PARAMS_ALL);
	char *cpus = malloc((size_t)p->cores * 12 + 1);
	struct store_cell s = { .run = id, .workload = p->workload->name, .params = params,
		.cores = p->cores, .place = p->place, .cpus = cpus,
		.primary = metric_names[primary_metric(run, cell)] };
	int err = 0, at = 0;

	c->workers = calloc(p->cores, sizeof(*c->workers));
	if (!c->workers || !cpus || !params)
		err = fail_nomem();
	for (int i = 0; i < p->cores && !err; i++) {
		at += sprintf(cpus + at, "%s%d", i ? "," : "", p->cpus[i]);
		c->workers[i] = p->workload->program ?
			link_program(run->r.link, p->workload, p->cpus[i]) :
			link_worker(run->r.link, p->cpus[i]);
		if (c->workers[i] < 0)
			err = c->workers[i];
	}
	if (!err)
		err = check_or_skip(run, id, cell);
	if (!err && !c->skipped)
		err = store_add_cell(run->r.store, &s, &c->id);
	/* 500 rounds: where the sequence is tightest when no target says otherwise. */
	sequential_init(&c->effect, 0.95);
	free(cpus);
	free(params);
	return err;
}

static int add_all(struct run *run, int64_t id)
{
	const struct plan *plan = run->plan;
	int err = 0;

	run->cells = calloc(plan->ncells, sizeof(*run->cells));
	run->arms = calloc(plan->narms, sizeof(*run->arms));
	run->order = calloc(plan->narms, sizeof(*run->order));
	if (!run->cells || !run->arms || !run->order)
		return fail_nomem();
	for (int i = 0; i < plan->narms && !err; i++) {
		struct store_arm arm = { .run = id, .position = i, .name = plan->arms[i].name,
			.params = plan->arms[i].settings };

		err = store_add_arm(run->r.store, &arm, &run->arms[i]);
	}
	for (int i = 0; i < plan->ncells && !err; i++)
		err = add_cell(run, id, i);
	if (err || run->nskipped < plan->ncells)
		return err;
	return fail(STATUS_MACHINE, "nothing to measure: all that was asked for is skipped; see the "
		"warnings");
}

static void end(struct run *run)
{
	for (int i = 0; run->cells && i < run->plan->ncells; i++) {
		free(run->cells[i].workers);
		sequential_free(&run->cells[i].effect);
	}
	free(run->cells);
	free(run->arms);
	free(run->order);
	free(run->samples[0]);
	free(run->samples[1]);
	recorder_close(&run->r);
	progress_end(&run->progress);
}

int measure(const struct plan *plan, struct link *link, struct store *store, int64_t run_id,
	const struct tick_clock *clock, uint64_t start, const struct measure_options *o,
	struct measure_summary *summary)
{
	struct run run = {
		.plan = plan,
		.o = o,
		.r = { .link = link, .store = store, .clock = clock, .start = start,
			.resolution = o->resolution, .summary = summary },
	};
	int err;

	memset(summary, 0, sizeof(*summary));
	progress_start(&run.progress, o->quiet);
	err = recorder_open(&run.r);
	if (!err)
		err = add_all(&run, run_id);
	if (!err)
		err = all_passes(&run);
	summary->seconds = (double)(monotonic_ns() - start) / 1e9;
	if (run.r.busy + run.r.idle > 0)
		summary->overhead = run.r.idle / (run.r.busy + run.r.idle);
	end(&run);
	return err;
}
