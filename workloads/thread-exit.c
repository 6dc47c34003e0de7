/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Threads on other CPUs, then exit_group: whichever ends last tears the address space down. */
#include <linux/sched.h>
#include "contract/hooks.h"
#include "contract/memory.h"

enum { THREADS, PAGES, BUSY };
enum { RUNNING };

#define STACK_PAGES 2
#define THREAD (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM)

struct thread {
	struct context *context;
	uint64_t number;
};

static void thread_main(void *arg)
{
	const struct thread *t = arg;
	struct context *c = t->context;
	uint32_t never = 0;
	long err = sys_bind(c->cpu[t->number % c->ncpus]);

	if (err)
		child_failed(c, "sched_setaffinity of a thread", err);
	__atomic_add_fetch(&c->state[RUNNING], 1, __ATOMIC_ACQ_REL);
	while (c->param[BUSY])
		arch_relax();
	for (;;)
		sys_futex(&never, FUTEX_WAIT, 0);
}

static void start(struct context *c, char *stack_top, uint64_t number)
{
	struct thread *t = (struct thread *)(stack_top - 64);
	long tid;

	t->context = c;
	t->number = number;
	tid = arch_clone_call(THREAD, t, thread_main, t);
	if (tid < 0)
		child_failed(c, "clone of a thread", tid);
}

static void child(struct context *c)
{
	uint64_t threads = c->param[THREADS], pages = c->param[PAGES], page = c->page_size;
	char *area = memory_vmas(1, (pages + threads * STACK_PAGES) * page, PROT_READ | PROT_WRITE);
	char *stacks = area + pages * page;

	if (sys_is_error(area))
		child_failed(c, "mmap of its pages and stacks", (long)area);
	memory_touch(area, pages, page);
	tell(&c->state[RUNNING], 0);
	for (uint64_t i = 0; i < threads; i++)
		start(c, stacks + (i + 1) * STACK_PAGES * page, i);
	wait_until(&c->state[RUNNING], threads);
}

static void holds(const struct context *c, uint64_t *holds)
{
	holds[HOLDS_VMAS] = 1;
	holds[HOLDS_ANON] = (c->param[PAGES] + c->param[THREADS]) * c->page_size;
	holds[HOLDS_THREADS] = c->param[THREADS];
	holds[HOLDS_TABLES] = c->param[PAGES] * 8;
}

const struct workload thread_exit = {
	.name = "thread-exit",
	.summary = "touched pages of a child with threads on other CPUs",
	.drives = "exit_group of several threads; exit_mmap in whichever drops the last mm_users",
	.proof = "mmap:exit_mmap, and the thread and CPU that it ran on",
	.mind = "exit has the other threads' wake-up or interruption, and TLB shootdowns, in it; with "
		"a worker on each CPU the threads run on the workers' CPUs",
	.needs = "another CPU",
	.primary = "exit",
	.other_cpus = 1,
	.params = {
		{ "threads", "besides the first, over the other CPUs in turn", PARAM_COUNT, 1, 1, 1000 },
		{ "pages", "pages that the child touches", PARAM_COUNT, 200, 1, 1 << 24 },
		{ "busy", "threads run until they are killed; 0: they sleep", PARAM_FLAG, 1, 0, 1 },
	},
	.child = child,
	.holds = holds,
};
