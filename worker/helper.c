/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Helpers: processes on other CPUs that do something to the children, from the start of a
 * block to its end. They are forked like children, so they have no more address space.
 */
#include <sys/wait.h>
#include "worker/worker.h"

#define HELPER_STACK (16UL << 10)	/* below the children's, in the area shared with them */
#define CHILD_STACK (64UL << 10)

struct helper {
	struct child_area *area;
	unsigned int which;
};

static void helper_main(void *arg)
{
	struct helper *h = arg;
	struct context *c = &h->area->context;

	die_with_worker(h->area);
	if (sys_bind(c->cpu[h->which % c->ncpus]))
		sys_exit(CHILD_NOT_MOVED);
	__atomic_add_fetch(&h->area->helpers_ready, 1, __ATOMIC_ACQ_REL);
	h->area->workload->helper(c, h->which);
	sys_exit(CHILD_FAILED);
}

static int start(struct worker *w, unsigned int which)
{
	uintptr_t top = ((uintptr_t)w->child & -w->child->context.page_size) - CHILD_STACK;
	struct helper *h = (struct helper *)(top - which * HELPER_STACK - 64);
	long pid;

	h->area = w->child;
	h->which = which;
	pid = arch_clone_call(SIGCHLD, h, helper_main, h);
	if (pid < 0)
		return (int)pid;
	w->helper[which] = (int32_t)pid;
	return 0;
}

/* 0 when all of them are there, or the wait status of one that ended. */
static int wait_for_helpers(struct worker *w, unsigned int n)
{
	unsigned int spins = 0;
	int status;

	while (load(&w->child->helpers_ready) < n) {
		arch_relax();
		if (++spins % 4096)
			continue;
		w->area->progress++;
		sys_call3(SYS_sched_yield, 0, 0, 0);
		for (unsigned int i = 0; i < n; i++)
			if (sys_wait4(w->helper[i], &status, WNOHANG, NULL) == w->helper[i]) {
				w->helper[i] = 0;
				return status ? status : CHILD_FAILED << 8;
			}
	}
	return 0;
}

int helpers_start(struct worker *w)
{
	struct context *c = &w->child->context;
	unsigned int n = c->helpers < WORKLOAD_CPUS ? c->helpers : WORKLOAD_CPUS;
	int err = n && !c->ncpus ? -ENXIO : 0;

	w->child->helpers_ready = 0;
	for (unsigned int i = 0; i < n && !err; i++)
		err = start(w, i);
	return err ? err : wait_for_helpers(w, n);
}

void helpers_end(struct worker *w)
{
	for (unsigned int i = 0; i < WORKLOAD_CPUS; i++) {
		if (!w->helper[i])
			continue;
		/* Ours until it is waited for: the number cannot be another's. */
		sys_call3(SYS_kill, w->helper[i], SIGKILL, 0);
		sys_wait4(w->helper[i], NULL, 0, NULL);
		w->helper[i] = 0;
	}
}
