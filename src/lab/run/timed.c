/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timed mode: boots of two guests that take turns, block by block, for as long as there is time.
 */
#include "config.h"
#include <math.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/fail.h"
#include "lab/run/exact-priv.h"
#include "lab/run/timed.h"
#include "process/signals.h"

#define BLOCK_NS 10e6
#define VISIT_ROUNDS 20		/* of a cell, before the next one's */
#define WARMUP_ROUNDS 1		/* of these */
#define LOOK_NS 50000		/* between two looks for a guest's answer */

struct timed {
	struct exact x;
	struct exact_options exact;	/* x's */
	const struct timed_options *o;
	struct tick_clock clock;
	struct qemu *guest[2];
	int cpu;
	uint64_t start;			/* of the run, monotonic ns */
	uint64_t *round;		/* of each cell, in this run */
	int boot;
};

/*
 * KVM, if it gets a guest through within its limit; else emulated. Sets how many operations
 * each cell's blocks have.
 */
static int choose_kind(struct timed *t)
{
	const struct exact_options given = t->exact;
	int err;

	t->exact.kind = QEMU_KVM;
	t->exact.limit = t->exact.start_limit = t->o->probe_limit;
	t->exact.keep_console = NULL;
	t->exact.silent = true;
	err = exact_trial(&t->x);
	t->exact = given;
	t->exact.kind = err ? QEMU_EMULATED : QEMU_KVM;
	if (!err || signals_interrupted())
		return err;
	warn("KVM runs no guest here (%s): emulated instead, which gives no verdict",
		fail_message());
	return exact_trial(&t->x);
}

/* The last CPU that we may use: the first one has most interrupts. */
static int choose_cpu(void)
{
	cpu_set_t set;
	int cpu = -1;

	if (sched_getaffinity(0, sizeof(set), &set))
		return -1;
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &set))
			cpu = i;
	return cpu;
}

/* The next record of KIND, which is waited for. */
static int await(struct timed *t, int side, enum guest_kind kind, struct guest_record *head,
	const void **data)
{
	const struct timespec pause = { .tv_nsec = LOOK_NS };
	int got;

	for (;;) {
		got = qemu_next(t->guest[side], head, data);
		if (got < 0 || (got && head->kind == kind))
			return got < 0 ? got : 0;
		if (signals_check())
			return -STATUS_INTERRUPTED;
		if (!got)
			nanosleep(&pause, NULL);
	}
}

static int start_guest(struct timed *t, int side)
{
	struct qemu_options m;
	struct guest_record head;
	const void *data;
	int err = exact_guest(&t->x, side, GUEST_FROM_LINE, &m);

	if (err)
		return err;
	m.cpu = t->cpu;
	m.line = true;
	err = qemu_start(&m, &t->guest[side]);
	close(m.initramfs);
	if (!err)
		err = await(t, side, GUEST_HELLO, &head, &data);
	return err ? err : exact_keep_hello(&t->x, side, data, head.size);
}

/* Which is first is left to chance, too. */
static int start_guests(struct timed *t)
{
	int order[2], err = 0;

	plan_round_order(t->x.plan, t->x.plan->ncells, (uint64_t)t->boot, order);
	for (int i = 0; i < 2 && !err; i++)
		err = start_guest(t, order[i]);
	return err;
}

static void end_guests(struct timed *t)
{
	for (int side = 0; side < 2; side++) {
		if (t->guest[side])
			qemu_look_for_complaints(t->guest[side]);
		qemu_end(t->guest[side]);
		t->guest[side] = NULL;
	}
}

/* The number of CELL in the plan of guest SIDE; -1: it has none. */
static int block_of(const struct timed *t, int side, int cell)
{
	const int *order = t->x.order + (size_t)side * t->x.plan->ncells;

	for (int i = 0; i < t->x.plan->ncells; i++)
		if (order[i] == cell)
			return i;
	return -1;
}

static int one_block(struct timed *t, int side, int cell, int position, bool warmup)
{
	struct store_block times = { .round = (int64_t)t->round[cell], .position = position,
		.warmup = warmup, .start_ns = (int64_t)(monotonic_ns() - t->start) };
	int index = block_of(t, side, cell), err;
	const struct guest_block *b;
	struct guest_record head;
	const void *data;

	/* A guest that does not listen has ended: why, is what it sent last. */
	qemu_ask(t->guest[side], (uint32_t)index);
	err = await(t, side, GUEST_BLOCK, &head, &data);
	if (err)
		return err;
	b = data;
	if (exact_cell_of(&t->x, side, &head, b) != cell)
		return fail(STATUS_MACHINE, "the guest of %s answered with another block",
			t->x.plan->arms[side].name);
	if (b->result.kind != BLOCK_OK)
		return exact_failed(&t->x, side, cell, &b->result);
	return exact_store(&t->x, side, cell, b, (const void *)(b + 1), &times,
		t->clock.ns_per_tick);
}

static int one_round(struct timed *t, int cell, bool warmup)
{
	int order[2], err = 0;

	plan_round_order(t->x.plan, cell, (uint64_t)t->boot << 32 | t->round[cell], order);
	for (int i = 0; i < 2 && !err; i++)
		err = one_block(t, order[i], cell, i, warmup);
	t->round[cell]++;
	return err;
}

static int visit_all(struct timed *t, uint64_t end)
{
	int err = 0;

	while (!err && monotonic_ns() < end)
		for (int c = 0; c < t->x.plan->ncells && !err; c++) {
			if (!exact_takes_part(&t->x, 0, c) || !exact_takes_part(&t->x, 1, c))
				continue;
			for (int i = 0; i < VISIT_ROUNDS + WARMUP_ROUNDS && !err; i++)
				err = one_round(t, c, i < WARMUP_ROUNDS);
			if (progress_due(&t->x.progress, monotonic_ns()))
				progress_show(&t->x.progress, "timed guests: %lld blocks",
					(long long)t->x.summary->blocks);
		}
	return err;
}

static int one_boot(struct timed *t, struct exact_kernel *kernels)
{
	double slice = t->o->seconds / t->o->boots * 1e9;
	int err, end_err;

	t->x.kernels = kernels;
	err = start_guests(t);
	t->start = monotonic_ns();
	memset(t->round, 0, (size_t)t->x.plan->ncells * sizeof(*t->round));
	if (!err)
		err = t->o->begin(t->o->arg, t->boot, t->exact.kind, &t->x.run);
	if (err) {
		end_guests(t);
		return err;
	}
	err = exact_add_cells(&t->x);
	if (!err)
		err = visit_all(t, t->start + (uint64_t)slice);
	end_guests(t);
	end_err = t->o->end(t->o->arg, err);
	return err ? err : end_err;
}

int timed_measure(const struct plan *plan, struct exact_kernel *kernels, struct store *store,
	const struct timed_options *o, struct exact_summary *summary)
{
	struct timed t = { .x = { .plan = plan, .kernels = kernels, .store = store,
		.summary = summary }, .exact = o->exact, .o = o, .cpu = choose_cpu() };
	uint64_t start = monotonic_ns();
	int err;

	t.x.o = &t.exact;
	clock_choose(&t.clock);
	t.exact.instructions = (int64_t)(BLOCK_NS / t.clock.ns_per_tick);
	t.round = calloc(plan->ncells, sizeof(*t.round));
	err = t.round ? exact_begin(&t.x) : fail_nomem();
	if (!err)
		err = choose_kind(&t);
	for (; t.boot < o->boots && !err; t.boot++)
		err = one_boot(&t, kernels + 2 * (t.boot % o->builds));
	summary->seconds = (double)(monotonic_ns() - start) / 1e9;
	exact_end(&t.x);
	free(t.round);
	return err;
}
