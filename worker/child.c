/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens in the child, and what is set up for it. */
#include <sys/prctl.h>
#include "worker.h"
#include "common-params.h"
#include "memory.h"

extern const struct workload *const workloads[];

/* Extra kernel work of a known amount, for doses: it is torn down by exit_mmap. */
static void dose_kernel(struct child_area *a)
{
	size_t page = a->context.page_size;
	void *area;

	if (a->dose_vmas && sys_is_error(memory_vmas(a->dose_vmas, page, PROT_NONE)))
		sys_exit(CHILD_DOSE);
	if (!a->dose_pages)
		return;
	area = memory_vmas(1, a->dose_pages * page, PROT_READ | PROT_WRITE);
	if (sys_is_error(area))
		sys_exit(CHILD_DOSE);
	memory_touch(area, a->dose_pages, page);
}

static inline void dose_user(const struct child_area *a, uint64_t stamp)
{
	while (clock_now(a->clock) - stamp < a->dose)
		;
}

static void halt(struct child_area *a)
{
	__atomic_store_n(&a->ready, 1, __ATOMIC_RELEASE);
	sys_futex(&a->ready, FUTEX_WAKE, 1);
	while (!load(&a->go))
		sys_futex(&a->go, FUTEX_WAIT, 0);
}

void child_main(void *child_area)
{
	struct child_area *a = child_area;
	uint64_t stamp;

	/* A child that lives long must not outlive a killed worker. */
	if (a->child_hook || a->dose || a->halts)
		sys_call3(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0);
	if (a->cpu >= 0 && sys_bind(a->cpu))
		sys_exit(CHILD_NOT_MOVED);
	if (a->child_hook)
		a->child_hook(&a->context);
	dose_kernel(a);
	if (a->halts)
		halt(a);
	stamp = clock_now(a->clock);
	if (a->stamped)
		a->stamp = stamp;
	if (a->dose)
		dose_user(a, stamp);
	if (a->end_hook)
		a->end_hook(&a->context);
	sys_exit(0);
}

static void finish(struct worker *w)
{
	if (w->workload && w->workload->teardown)
		w->workload->teardown(&w->child->context);
	w->workload = NULL;
}

/* What setup() starts from: its parameters and CPUs, and nothing of another workload. */
static void reset(struct child_area *a, const struct block_request *q)
{
	struct context *c = &a->context;

	*c = (struct context){ .param = a->param, .page_size = c->page_size, .clock = q->clock,
		.ncpus = q->ncpus };
	for (int i = 0; i < WORKLOAD_CPUS; i++)
		c->cpu[i] = q->cpu[i];
	for (int i = 0; i < WORKLOAD_PARAMS; i++)
		a->param[i] = q->param[i];
}

int worker_prepare(struct worker *w)
{
	struct block_request *q = &w->area->request;
	struct child_area *a = w->child;
	const struct workload *wl = workloads[q->workload];
	const int64_t *common = a->param;
	int err = 0;

	finish(w);
	reset(a, q);
	for (const struct param *p = wl->params; p->name; p++)
		common++;
	a->workload = wl;
	a->child_hook = wl->child;
	a->end_hook = wl->end;
	a->clock = q->clock;
	a->stamped = w->stamped = common[COMMON_STAMP] != 0;
	a->dose_pages = common[COMMON_DOSE_PAGES];
	a->dose_vmas = common[COMMON_DOSE_VMAS];
	w->workload = wl;
	if (wl->setup)
		err = wl->setup(&a->context);
	if (!err)
		a->context.what = NULL;
	return err;
}

/* What the child of a check should hold, with its dose. */
static void tell_holds(struct worker *w)
{
	struct block_result *r = &w->area->result;
	const struct child_area *a = w->child;

	if (w->workload->holds)
		w->workload->holds(&a->context, r->holds);
	r->holds[HOLDS_ANON] += a->dose_pages * a->context.page_size;
	r->dose_vmas = a->dose_vmas + (a->dose_pages > 0);
#ifdef WORKER_HOSTED
	r->hosted = 1;
#endif
}

void worker_start_block(struct worker *w)
{
	struct block_request *q = &w->area->request;
	const struct workload *wl = w->workload;
	struct child_area *a = w->child;

	a->dose = q->dose;
	a->cpu = q->child_cpu;
	a->halts = wl->ending == ENDS_KILLED || (q->check && wl->ending != ENDS_UNFORKED);
	w->check = q->check;
	w->bare = !w->stamped && !wl->child && !wl->end && !a->dose && !a->dose_pages &&
		  !a->dose_vmas && !a->halts && a->cpu < 0;
	w->plain = wl->ending == ENDS_EXIT && !wl->during && !wl->after && !q->check &&
		   !a->context.fork_flags;
	if (q->check)
		tell_holds(w);
}
