/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One child's life, as seen by its parent, and many of them. */
#include <sys/wait.h>
#include "worker/worker.h"

#define RETRIES 1000		/* operations that may fail in a row before the block ends */
#define PATIENCE 100		/* forks that may, before it waits a bit for each more */
#define PAUSE_NS 2000000	/* so that a shortage of 2 s is survived */
#define LOOK_NS 10000000	/* how often to see whether a child that is waited for has died */

/* What operate_fully() returns besides -errno and wait statuses. */
#define DID_FORK INT32_MIN

/* Not in the pages that children map: see worker.lds. */
#define WORKER_ONLY __attribute__((noinline, section(".text.worker_only")))

static inline long start_child(struct worker *w, long flags)
{
	if (w->bare)
		return arch_clone_bare(SIGCHLD | flags);
	w->child->stamp = 0;
	return arch_clone_call(SIGCHLD | flags, w->child, child_main, w->child);
}

/*
 * One child's life. Returns 0, -errno when fork failed, or the wait status of a child
 * that did not exit with 0.
 */
static inline int operate(struct worker *w, struct operation *op)
{
	enum clock_kind clock = w->clock;
	uint64_t start, forked, reaped;
	int status = 0;
	long pid;

	w->area->progress++;
	start = clock_now(clock);
	pid = start_child(w, 0);
	forked = clock_now(clock);
	if (pid < 0)
		return (int)pid;
	pid = sys_wait4(pid, &status, 0, NULL);
	reaped = clock_now(clock);
	if (pid < 0)
		return (int)pid;
	op->metric[METRIC_FORK] = forked - start;
	op->metric[METRIC_CYCLE] = reaped - start;
	op->metric[METRIC_EXIT] = w->stamped ? reaped - w->child->stamp : 0;
	return status;
}

/* Waits until the child stands still: 0, or its wait status when it ended instead. */
WORKER_ONLY static int wait_ready(struct worker *w, long pid)
{
	int status;

	while (!load(&w->child->ready)) {
		if (sys_futex_wait(&w->child->ready, 0, LOOK_NS) != -ETIMEDOUT)
			continue;
		if (sys_wait4(pid, &status, WNOHANG, NULL) == pid)
			return status ? status : CHILD_FAILED << 8;
	}
	return 0;
}

/* The controller looks at the child. */
WORKER_ONLY static void show_child(struct worker *w, long pid)
{
	struct worker_area *a = w->area;

	a->result.pid = (int32_t)pid;
	__atomic_store_n(&a->look, 1, __ATOMIC_RELEASE);
	__atomic_add_fetch(&w->group->event, 1, __ATOMIC_RELEASE);
	sys_futex(&w->group->event, FUTEX_WAKE, 1);
	while (load(&a->look) && !load(&w->group->abort)) {
		sys_futex_wait(&a->look, 1, LOOK_NS);
		a->progress++;
	}
}

static inline void call(struct worker *w, void (*hook)(struct context *c))
{
	if (hook)
		hook(&w->child->context);
}

static void spin(const struct worker *w, uint64_t ticks)
{
	uint64_t start = ticks ? clock_now(w->clock) : 0;

	while (ticks && clock_now(w->clock) - start < ticks)
		;
}

/* The child is ready; it ends in the way of its workload. Returns its wait status. */
WORKER_ONLY static int end_child(struct worker *w, long pid, uint64_t *reaped)
{
	const struct workload *wl = w->workload;
	struct child_area *a = w->child;
	int status = 0;

	if (wl->ending == ENDS_KILLED) {
		call(w, wl->before);
		a->stamp = clock_now(w->clock);
		spin(w, a->dose);
		/* Not waited for yet, so the number is still its own. */
		sys_call3(SYS_kill, pid, SIGKILL, 0);
	} else if (a->halts) {
		__atomic_store_n(&a->go, 1, __ATOMIC_RELEASE);
		sys_futex(&a->go, FUTEX_WAKE, 1);
	}
	call(w, wl->during);
	pid = sys_wait4(pid, &status, 0, NULL);
	*reaped = clock_now(w->clock);
	call(w, wl->after);
	if (pid < 0)
		return (int)pid;
	if (wl->ending == ENDS_KILLED)
		return status == SIGKILL ? 0 : status ? status : CHILD_FAILED << 8;
	return status;
}

/* Fork should fail; the tree that it had built until then is torn down in it. */
static int operate_unforked(struct worker *w, struct operation *op)
{
	const struct context *c = &w->child->context;
	uint64_t start, forked;
	int status;
	long pid;

	start = clock_now(w->clock);
	pid = start_child(w, c->fork_flags);
	spin(w, w->child->dose);
	forked = clock_now(w->clock);
	op->metric[METRIC_FORK] = forked - start;
	if (pid == -c->fork_error)
		return 0;
	if (pid < 0)
		return (int)pid;
	/* As above. */
	sys_call3(SYS_kill, pid, SIGKILL, 0);
	sys_wait4(pid, &status, 0, NULL);
	return DID_FORK;
}

/* The same as operate(), for workloads with more to it, and for checks. */
static int operate_fully(struct worker *w, struct operation *op)
{
	struct child_area *a = w->child;
	struct context *c = &a->context;
	uint64_t start, forked, reaped;
	int status;
	long pid;

	w->area->progress++;
	if (w->workload->ending == ENDS_UNFORKED)
		return operate_unforked(w, op);
	a->ready = a->go = 0;
	c->release = 0;
	c->detail = 0;
	start = clock_now(w->clock);
	pid = start_child(w, c->fork_flags);
	forked = clock_now(w->clock);
	if (pid < 0)
		return (int)pid;
	c->pid = pid;
	status = a->halts ? wait_ready(w, pid) : 0;
	if (!status && w->check)
		show_child(w, pid);
	if (!status)
		status = end_child(w, pid, &reaped);
	c->pid = 0;
	if (status)
		return status;
	op->metric[METRIC_FORK] = forked - start;
	op->metric[METRIC_CYCLE] = reaped - start;
	op->metric[METRIC_EXIT] = w->stamped ? reaped - a->stamp : 0;
	op->metric[METRIC_RELEASE] = c->release;
	op->detail = c->detail;
	return 0;
}

/* What went wrong in one operation; too often in a row ends the block. */
WORKER_ONLY static void failed(struct worker *w, int err, unsigned int failures)
{
	struct block_result *r = &w->area->result;

	if (err == DID_FORK) {
		worker_block_fails(w, BLOCK_FORKED, w->child->context.fork_error);
	} else if (err < 0) {
		r->failed++;
		r->row = failures;
		if (failures >= PATIENCE)
			sys_futex_wait(&w->area->look, load(&w->area->look), PAUSE_NS);
		if (failures == RETRIES)
			worker_block_fails(w, BLOCK_FORK, -err);
	} else if (err == CHILD_MISSED << 8 && failures < RETRIES && !w->check) {
		r->failed++;
	} else {
		r->cause = (int32_t)w->child->context.error;
		worker_block_fails(w, BLOCK_CHILD, err);
	}
}

void run_operations(struct worker *w, struct operation *ops, uint64_t count, uint64_t *completed)
{
	struct operation scratch, *op;
	unsigned int failures = 0;
	uint64_t i = 0;
	int err;

	while (i < count && !load(&w->group->abort)) {
		op = ops ? &ops[i] : &scratch;
		err = w->plain ? operate(w, op) : operate_fully(w, op);
		if (err) {
			failed(w, err, ++failures);
		} else {
			failures = 0;
			i++;
		}
	}
	*completed += i;
}
