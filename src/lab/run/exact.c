/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exact mode: a short trial sizes each cell's blocks, then a guest of each kernel runs all of
 * them, and its records are taken as they come.
 */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/fail.h"
#include "base/text-of.h"
#include "cell/request.h"
#include "lab/guest/initramfs.h"
#include "lab/qemu/guests.h"
#include "lab/run/exact-priv.h"

#define TRIAL_OPS 16		/* of the trial that says how long an operation takes */
#define TRIAL_LEAD_IN 8
#define FEWEST_OPS 32
#define MOST_OPS 4000
#define LEAD_IN_SHARE 8		/* one lead-in operation for so many recorded ones */
#define BLOCK_SHARE 0.8		/* of the time from tick to tick, for a block */

bool exact_takes_part(const struct exact *x, int kernel, int cell)
{
	if (x->cells[cell].skipped)
		return false;
	return !x->kernels[kernel].no_reaper || !x->plan->cells[cell].workload->reaps;
}

static struct block_request make_request(const struct exact *x, int cell)
{
	const struct plan_cell *p = &x->plan->cells[cell];
	/* A tick of the counter is an instruction, or a ns of the guest's time. */
	const struct tick_clock clock = { .kind = CLOCK_KIND_COUNTER, .ns_per_tick = 1 };
	struct block_request r;

	request_make(p->workload, &p->params, &clock, &r);
	r.ops = x->cells[cell].ops;
	r.lead_in = x->cells[cell].lead_in;
	return r;
}

/*
 * The plan of a kernel. Cells that not every kernel may run come last, so that all else is
 * alike in all guests; x->order says in which order they are.
 */
static int make_initramfs(struct exact *x, int kernel, enum guest_source source, int *fd)
{
	int n = x->plan->ncells, at = 0, *order = x->order + (size_t)kernel * n;
	struct guest_plan *g = calloc(1, guest_plan_size(n));
	const struct exact_job *c;
	int err;

	if (!g)
		return fail_nomem();
	g->magic = GUEST_MAGIC;
	g->source = source;
	for (int last = 0; last <= 1; last++)
		for (int i = 0; i < n; i++)
			if (exact_takes_part(x, kernel, i) &&
				x->plan->cells[i].workload->reaps == last)
				order[at++] = i;
	for (int i = 0; i < at; i++) {
		c = &x->cells[order[i]];
		g->cell[i].request = make_request(x, order[i]);
		g->cell[i].total = c->total;
		if (c->ops > g->capacity)
			g->capacity = c->ops;
		x->nblocks += (int)((c->total + c->ops - 1) / c->ops);
	}
	g->ncells = at;
	err = initramfs_make(g, fd);
	free(g);
	return err;
}

int exact_guest(struct exact *x, int kernel, enum guest_source source, struct qemu_options *out)
{
	*out = (struct qemu_options){ .kind = x->o->kind, .name = x->plan->arms[kernel].name,
		.kernel = x->kernels[kernel].image, .append = x->kernels[kernel].append,
		.type = x->o->machine, .memory_mb = x->o->memory_mb, .initramfs = -1, .cpu = -1,
		.start_limit = x->o->start_limit, .limit = x->o->limit,
		.keep_console = x->o->keep_console, .silent = x->o->silent };
	return make_initramfs(x, kernel, source, &out->initramfs);
}

int exact_keep_hello(struct exact *x, int kernel, const char *text, size_t size)
{
	struct exact_kernel *k = &x->kernels[kernel];
	size_t release = strlen(text) + 1;

	free(k->release);
	free(k->version);
	k->release = strdup(text);
	k->version = strdup(release < size ? text + release : "");
	return k->release && k->version ? 0 : fail_nomem();
}

/* Why a block has no samples, for a message; NULL: no memory. malloc'ed. */
static char *reason(const struct block_result *r)
{
	switch (r->kind) {
	case BLOCK_SETUP:
		return r->error == SETUP_REFUSED ? text_of("%.63s", r->what) :
			text_of("%.63s: %s", r->what, strerror(r->error));
	case BLOCK_HELPER:
		return text_of("a helper did not start: %.63s (%d)", r->what, r->error);
	case BLOCK_FORKED:
		return text_of("fork should fail with \"%s\", but does not", strerror(r->error));
	case BLOCK_CHILD:
		return text_of("a child ended with %s %d",
			WIFSIGNALED(r->error) ? "signal" : "status",
			WIFSIGNALED(r->error) ? WTERMSIG(r->error) : WEXITSTATUS(r->error));
	default:
		return text_of("fork: %s", strerror(r->error));
	}
}

int exact_failed(const struct exact *x, int kernel, int cell, const struct block_result *r)
{
	char *why = reason(r);
	int err = fail(STATUS_MACHINE, "%s failed in the guest of %s: %s",
		x->plan->cells[cell].workload->name, x->plan->arms[kernel].name, why ? why : "?");

	free(why);
	return err;
}

/*
 * Where instructions are counted, a block ends before the next tick comes, if it can: what a
 * tick sets off (freeing what waits for an RCU grace period) then comes between the same
 * operations under all kernels.
 */
static void set_block(const struct exact *x, struct exact_job *c, const struct guest_block *b)
{
	double each = (double)(b->result.end - b->result.start) / fmax(1, (double)b->result.ops);
	bool counted = x->o->kind == QEMU_EXACT && b->ticks;
	double room = counted ? BLOCK_SHARE * (double)b->span / (double)b->ticks : INFINITY;
	double fit = fmin(room / fmax(1, each), (double)(c->total + c->total / LEAD_IN_SHARE + 1));

	c->lead_in = (uint64_t)(fit / (LEAD_IN_SHARE + 1)) + 1;
	c->ops = fit > (double)c->lead_in + 1 ? (uint64_t)fit - c->lead_in : 1;
	if (c->ops > c->total)
		c->ops = c->total;
}

/* How many operations the instructions allow for, and which cells there are. */
static int end_trial(struct exact *x, int cell, const struct guest_block *b,
	const struct operation *ops)
{
	const struct workload *w = x->plan->cells[cell].workload;
	struct exact_job *c = &x->cells[cell];
	double fit, each;
	int err;

	if (b->result.kind != BLOCK_OK) {
		c->skipped = reason(&b->result);
		warn("%s is left out: it does not run in a guest of %s: %s", w->name,
			x->plan->arms[0].name, c->skipped ? c->skipped : "?");
		return c->skipped ? 0 : fail_nomem();
	}
	err = exact_quantile(ops, b->result.ops, request_whole(w), 0.5, &each);
	if (err)
		return err;
	fit = (double)x->o->instructions / fmax(1, each);
	c->total = x->o->ops ? (uint64_t)x->o->ops :
		(uint64_t)fmin(fmax(fit, FEWEST_OPS), MOST_OPS);
	set_block(x, c, b);
	return 0;
}

int exact_cell_of(const struct exact *x, int kernel, const struct guest_record *head,
	const struct guest_block *b)
{
	if (head->index >= (uint64_t)x->plan->ncells || head->size < sizeof(*b) ||
		b->result.ops > head->size / sizeof(struct operation) ||
		head->size != sizeof(*b) + b->result.ops * sizeof(struct operation))
		return fail(STATUS_MACHINE, "the guest of %s sent a block that is none",
			x->plan->arms[kernel].name);
	return x->order[(size_t)kernel * x->plan->ncells + head->index];
}

/* The one number that is wanted; what has no operations has none. */
static int keep_least(struct exact *x, const struct guest_block *b, const struct operation *ops)
{
	double v;
	int err = exact_quantile(ops, b->result.ops, x->metric, 0.01, &v);

	if (!err && !(*x->number <= v) && !isnan(v))
		*x->number = v;
	return err;
}

static int on_block(struct exact *x, int kernel, const struct guest_record *head, const void *data)
{
	const struct guest_block *b = data;
	int cell = exact_cell_of(x, kernel, head, b);
	struct store_block at;

	if (cell < 0)
		return cell;
	x->blocks++;
	if (x->trial)
		return end_trial(x, cell, b, (const void *)(b + 1));
	if (b->result.kind != BLOCK_OK)
		return exact_failed(x, kernel, cell, &b->result);
	if (!x->store)
		return keep_least(x, b, (const void *)(b + 1));
	at = (struct store_block){ .position = kernel, .start_ns = (int64_t)b->result.start,
		.round = x->round[(size_t)kernel * x->plan->ncells + cell]++ };
	return exact_store(x, kernel, cell, b, (const void *)(b + 1), &at, 0);
}

static int on_record(void *arg, int guest, const struct guest_record *head, const void *data)
{
	struct exact *x = arg;

	switch (head->kind) {
	case GUEST_HELLO:
		return exact_keep_hello(x, guest, data, head->size);
	case GUEST_BLOCK:
		return on_block(x, guest, head, data);
	}
	return 0;
}

static void on_look(void *arg)
{
	struct exact *x = arg;

	if (progress_due(&x->progress, monotonic_ns()))
		progress_show(&x->progress, "%s: %d of %d blocks",
			x->trial ? "a short trial of each workload" : "counting instructions",
			x->blocks, x->nblocks);
}

/* N guests, of the first N kernels. */
static int run_guests(struct exact *x, int n)
{
	struct qemu_options *guests = calloc(n, sizeof(*guests));
	struct guests_options o = { .parallel = x->o->parallel,
		.complaints = !x->trial, .record = on_record, .look = on_look, .arg = x };
	int err = guests ? 0 : fail_nomem();

	x->blocks = x->nblocks = 0;
	for (int i = 0; i < n && guests; i++)
		guests[i].initramfs = -1;
	for (int i = 0; i < n && !err; i++)
		err = exact_guest(x, i, GUEST_FROM_PLAN, &guests[i]);
	if (!err)
		err = guests_run(guests, n, &o);
	for (int i = 0; i < n && guests; i++)
		if (guests[i].initramfs >= 0)
			close(guests[i].initramfs);
	free(guests);
	return err;
}

/* Guests have one CPU, and on it the worker and no other program. */
static int leave_out(struct exact *x, int cell)
{
	const struct workload *w = x->plan->cells[cell].workload;

	if ((!w->program && !w->other_cpus) || x->cells[cell].skipped)
		return 0;
	warn("%s is left out: it %s", w->name, w->program ?
		"is a program of its own, and guests have the worker only" :
		"needs another CPU, and guests have one");
	x->cells[cell].skipped = strdup(w->program ? "a program of its own" : "needs another CPU");
	return x->cells[cell].skipped ? 0 : fail_nomem();
}

int exact_trial(struct exact *x)
{
	int err = 0, left = 0;

	x->trial = true;
	for (int i = 0; i < x->plan->ncells && !err; i++) {
		x->cells[i].ops = x->cells[i].total = TRIAL_OPS;
		x->cells[i].lead_in = TRIAL_LEAD_IN;
		err = leave_out(x, i);
	}
	if (!err)
		err = run_guests(x, 1);
	x->trial = false;
	for (int i = 0; i < x->plan->ncells; i++)
		left += !x->cells[i].skipped;
	x->summary->cells = left;
	x->summary->skipped = x->plan->ncells - left;
	if (!err && !left)
		err = fail(STATUS_MACHINE, "none of the workloads runs in a guest of %s",
			x->plan->arms[0].name);
	return err;
}

void exact_end(struct exact *x)
{
	for (int i = 0; x->cells && i < x->plan->ncells; i++)
		free(x->cells[i].skipped);
	for (int c = 0; c < COLUMNS; c++)
		free(x->column[c]);
	free(x->packed);
	free(x->cells);
	free(x->arms);
	free(x->order);
	free(x->round);
	progress_end(&x->progress);
}

int exact_begin(struct exact *x)
{
	memset(x->summary, 0, sizeof(*x->summary));
	progress_start(&x->progress, x->o->quiet);
	x->cells = calloc(x->plan->ncells, sizeof(*x->cells));
	x->arms = calloc(x->plan->narms, sizeof(*x->arms));
	x->order = calloc((size_t)x->plan->ncells * x->plan->narms, sizeof(*x->order));
	x->round = calloc((size_t)x->plan->ncells * x->plan->narms, sizeof(*x->round));
	return x->cells && x->arms && x->order && x->round ? 0 : fail_nomem();
}

/* Carries X out, which has all but its cells, arms and order. */
static int exact_run(struct exact *x)
{
	uint64_t start = monotonic_ns();
	int err = exact_begin(x);

	if (!err)
		err = exact_trial(x);
	if (!err && x->store)
		err = exact_add_cells(x);
	if (!err)
		err = run_guests(x, x->plan->narms);
	x->summary->seconds = (double)(monotonic_ns() - start) / 1e9;
	exact_end(x);
	return err;
}

int exact_measure(const struct plan *plan, struct exact_kernel *kernels, struct store *store,
	int64_t run, const struct exact_options *o, struct exact_summary *summary)
{
	struct exact x = { .plan = plan, .kernels = kernels, .store = store, .run = run, .o = o,
		.summary = summary };

	return exact_run(&x);
}

static int find_metric(const char *name, enum metric *out)
{
	int i, err = parse_choice("--metric", name, metric_names, &i);

	if (!err && i >= COLUMNS)
		err = fail(STATUS_USAGE, "--metric %s: is of a block, not of an operation", name);
	if (!err)
		*out = i;
	return err;
}

int exact_number(const char *image, const char *name, const char *workload,
	const struct strings *params, const char *metric, int64_t ops, bool quiet,
	double *instructions)
{
	const struct exact_options o = { .ops = ops, .instructions = EXACT_INSTRUCTIONS,
		.memory_mb = 1024, .limit = EXACT_LIMIT, .start_limit = EXACT_START_LIMIT,
		.parallel = 1, .quiet = quiet };
	struct plan_request request = { .workloads = workload, .params = params->v,
		.nparams = params->n };
	struct exact_kernel kernel = { .image = image };
	struct exact_summary summary;
	struct plan plan = { 0 };
	struct exact x = { .plan = &plan, .kernels = &kernel, .o = &o, .summary = &summary,
		.number = instructions };
	struct topology *t = NULL;
	int err = find_metric(metric, &x.metric);

	*instructions = NAN;
	request.arms = &name;
	request.narms = 1;
	if (!err)
		err = qemu_find();
	if (!err)
		err = topology_load(&t);
	if (!err)
		err = plan_make(&request, t, &plan);
	if (!err && plan.ncells != 1)
		err = fail(STATUS_USAGE, "%s: more than one workload; name one", workload);
	if (!err)
		err = exact_run(&x);
	if (!err && isnan(*instructions))
		err = fail(STATUS_MACHINE, "%s: the guest of %s counted no operation",
			workload, name);
	plan_free(&plan);
	topology_free(t);
	free(kernel.release);
	free(kernel.version);
	return err;
}
