/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Traces operations of a workload, and says whether they do what the workload claims. */
#include "config.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "analysis/statistics/stats.h"
#include "base/fail.h"
#include "cell/request.h"
#include "link/check.h"
#include "trace/prove.h"

#define TRIAL_OPS 2
#define LONGEST_NS 2e9
#define MOST_OPS 100
#define MOST_SHOWN 400		/* events of one operation */

struct job {
	struct link *link;
	struct tracing *tracing;
	struct link_order order;
	struct block_request request;
	int worker;
	double ns_per_tick;
};

__attribute__((format(printf, 3, 4)))
static void say(struct proof *p, enum proof_verdict verdict, const char *fmt, ...)
{
	va_list args;

	/* The first reason is the one to tell. */
	if (p->verdict != PROOF_SEEN)
		return;
	p->verdict = verdict;
	va_start(args, fmt);
	vsnprintf(p->why, sizeof(p->why), fmt, args);
	va_end(args);
}

static int run_block(struct job *j, uint64_t ops)
{
	j->request.ops = ops;
	j->request.lead_in = 0;
	return link_block(j->link, &j->order);
}

/* Looks whether it can be had here, and how long an operation takes. */
static int try_out(struct job *j, struct proof *p, const struct proof_options *o)
{
	const struct block_result *r = &link_area(j->link, j->worker)->result;
	int err = check_workload(j->link, &j->order);
	double ns;

	if (!err)
		err = run_block(j, TRIAL_OPS);
	if (err == -STATUS_INTERRUPTED)
		return err;
	if (err) {
		say(p, err == -STATUS_FAULT ? PROOF_NOT_SEEN : PROOF_SKIPPED, "%s", fail_message());
		return 0;
	}
	ns = (double)(r->end - r->start) * j->ns_per_tick / TRIAL_OPS;
	p->ops = o->ops ? o->ops : (uint64_t)fmin(MOST_OPS, fmax(4, LONGEST_NS / fmax(ns, 1)));
	return 0;
}

static int trace_block(struct job *j, struct proof *p, struct trace_event **events, size_t *n)
{
	const char *counter = p->workload->counter;
	uint64_t before = vmstat_read(counter);
	int err = j->tracing ? tracing_start(j->tracing) : 0, stop;

	if (!err)
		err = run_block(j, p->ops);
	stop = j->tracing ? tracing_stop(j->tracing) : 0;
	p->rise = vmstat_read(counter) - before;
	if (err == -STATUS_MACHINE)
		say(p, PROOF_NOT_SEEN, "%s", fail_message());
	if (!err && !stop && j->tracing)
		err = tracing_read(j->tracing, events, n, &p->lost);
	return err == -STATUS_MACHINE ? 0 : err ? err : stop;
}

#define DURATIONS 6

static void sum_up(struct proof_times *out, double *v)
{
	if (!out->n)
		return;
	out->p50 = quantile_select(v, out->n, 0.5);
	out->p90 = quantile_select(v, out->n, 0.9);
	out->max = quantile_select(v, out->n, 1);
}

static int count_up(const struct teardowns *t, struct proof *p)
{
	struct proof_times *to[DURATIONS] = { &p->teardown, &p->read_wait, &p->read_hold,
		&p->write_wait, &p->write_hold, &p->exit };
	double *v = calloc(DURATIONS * t->n + 1, sizeof(*v));

	if (!v)
		return fail_nomem();
	for (size_t i = 0; i < t->n; i++) {
		const struct teardown *d = &t->v[i];
		const double ns[DURATIONS] = { d->end - d->begin, d->read_wait, d->read_hold,
			d->write_wait, d->write_hold, d->end - d->marked };
		const bool known[DURATIONS] = { true, d->read_locked, d->read_locked, true, true,
			d->marked };

		p->by[d->by]++;
		p->early += d->early;
		if (d->by != BY_EXEC && d->by != BY_PARENT)
			p->meetings[d->meeting]++;
		for (int k = 0; k < DURATIONS && d->by != BY_EXEC; k++)
			if (known[k])
				v[k * t->n + to[k]->n++] = ns[k];
	}
	for (int k = 0; k < DURATIONS; k++)
		sum_up(to[k], v + k * t->n);
	free(v);
	return 0;
}

/* The operation that shows most: a teardown that met somebody, or was not the child's own. */
static const struct teardown *choose(const struct teardowns *t)
{
	const struct teardown *best = NULL;
	int most = -1;

	for (size_t i = 0; i < t->n; i++) {
		const struct teardown *c = &t->v[i];
		int worth = c->meeting == MEET_WRITER_WAITED ? 4 : c->meeting == MEET_OVERLAP ? 3 :
			c->by == BY_OTHER ? 2 : c->meeting != MEET_NOBODY;

		/* Not the first, whose code is not in the caches yet. */
		if (worth > most || (worth == most && i == t->n / 2)) {
			best = c;
			most = worth;
		}
	}
	return best;
}

static bool belongs(const struct trace_event *e, const struct teardown *t)
{
	uint64_t until = (t->met_released > t->end ? t->met_released : t->end) + 1000000;

	if (e->ns < t->forked || e->ns > until)
		return false;
	return e->mm == t->mm || (e->tid == t->owner && !e->mm) || e->other == t->owner;
}

static int keep_one(const struct teardowns *t, const struct trace_event *events, size_t n,
	struct proof *p)
{
	const struct teardown *one = choose(t);

	if (!one)
		return 0;
	p->one = *one;
	p->events = calloc(MOST_SHOWN, sizeof(*p->events));
	if (!p->events)
		return fail_nomem();
	for (size_t i = 0; i < n && p->nevents < MOST_SHOWN; i++)
		if (belongs(&events[i], one))
			p->events[p->nevents++] = events[i];
	return 0;
}

static int evaluate(struct job *j, const struct trace_event *events, size_t n, struct proof *p)
{
	int32_t roots[] = { link_pid(j->link, j->worker), getpid() };
	struct teardowns t;
	int err;

	if (teardowns_find(events, n, roots, 2, &t))
		return fail_nomem();
	memcpy(p->oom, t.oom, sizeof(p->oom));
	err = count_up(&t, p);
	if (!err)
		err = keep_one(&t, events, n, p);
	teardowns_free(&t);
	return err;
}

/* What was seen against what there should be. */
static void judge_trace(struct proof *p)
{
	const struct workload *w = p->workload;
	size_t own = p->by[BY_CHILD] + p->by[BY_THREAD], met = 0;

	for (int m = MEET_NOBODY + 1; m < MEETINGS; m++)
		met += p->meetings[m];
	if (p->lost)
		say(p, PROOF_NOT_SEEN, "%llu events were lost: try fewer operations, --ops",
			(unsigned long long)p->lost);
	if (w->ending == ENDS_UNFORKED && p->by[BY_PARENT] < p->ops)
		say(p, PROOF_NOT_SEEN, "%zu of %llu forks that failed were torn down by the parent",
			p->by[BY_PARENT], (unsigned long long)p->ops);
	if (w->ending != ENDS_UNFORKED && own + p->by[BY_OTHER] < p->ops)
		say(p, PROOF_NOT_SEEN, "%zu of %llu children were seen in exit_mmap",
			own + p->by[BY_OTHER], (unsigned long long)p->ops);
	if (w->shows & SHOWS_EXEC && p->by[BY_EXEC] < p->ops)
		say(p, PROOF_NOT_SEEN, "%zu teardowns at exec for %llu operations: the others had "
			"their parent's mm (vfork)", p->by[BY_EXEC], (unsigned long long)p->ops);
	if (w->shows & SHOWS_OTHER && !p->by[BY_OTHER])
		say(p, PROOF_NOT_SEEN, "every child was torn down by itself");
	if (w->shows & SHOWS_MEETING && !met)
		say(p, PROOF_NOT_SEEN, "nobody else had a child's mmap_lock");
	if (w->shows & SHOWS_VICTIM && p->oom[TRACE_MARK_VICTIM] < p->ops)
		say(p, PROOF_NOT_SEEN, "%zu of %llu children were OOM victims",
			p->oom[TRACE_MARK_VICTIM], (unsigned long long)p->ops);
	if (w->shows & SHOWS_REAPER && !p->oom[TRACE_START_REAPING])
		say(p, PROOF_NOT_SEEN, "the OOM reaper did not start");
}

static void judge(struct proof *p)
{
	if (p->traced)
		judge_trace(p);
	if (p->workload->counter && p->rise < p->ops)
		say(p, PROOF_NOT_SEEN, "%s in /proc/vmstat rose by %llu for %llu operations",
			p->workload->counter, (unsigned long long)p->rise,
			(unsigned long long)p->ops);
}

int prove(struct link *l, struct tracing *t, const struct workload *w,
	const struct param_values *values, int cpu, const struct tick_clock *clock,
	const struct proof_options *o, struct proof *out)
{
	struct job j = { .link = l, .tracing = t, .ns_per_tick = clock->ns_per_tick };
	struct trace_event *events = NULL;
	size_t n = 0;
	int err = 0;

	*out = (struct proof){ .workload = w,
		.traced = t && tracing_has(t, TRACE_EXIT_MMAP) && tracing_has(t, TRACE_LOCK_START) };
	out->params = params_format(w, values, PARAMS_ALL);
	if (!out->params)
		return fail_nomem();
	j.worker = w->program ? link_program(l, w, cpu) : link_worker(l, cpu);
	if (j.worker < 0)
		return j.worker;
	request_make(w, values, clock, &j.request);
	j.order = (struct link_order){ .workload = w, .workers = &j.worker, .n = 1,
		.request = &j.request };
	err = try_out(&j, out, o);
	if (!err && out->verdict == PROOF_SEEN)
		err = trace_block(&j, out, &events, &n);
	if (!err && out->verdict == PROOF_SEEN && out->traced)
		err = evaluate(&j, events, n, out);
	if (!err && out->verdict == PROOF_SEEN)
		judge(out);
	free(events);
	return err;
}

void proof_free(struct proof *p)
{
	free(p->params);
	free(p->events);
	memset(p, 0, sizeof(*p));
}
