/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens in the child, and what is set up for it. */
#include "contract/common-params.h"
#include "contract/memory.h"
#include "worker/worker.h"

extern const struct workload *const workloads[];

/*
 * Entries of the zero page: exit_mmap clears each and frees nothing. So the cost is in
 * proportion to their number, which that of pages is not: those are freed in batches.
 * They begin with a page-table page, so that as few as possible hold them.
 */
static void dose_ptes(const struct child_area *a)
{
	uint64_t page = a->context.page_size, table = page * (page / sizeof(uint64_t));
	uint64_t area, length = (a->dose_ptes * page + table - 1) / table * table + table;

	area = (uint64_t)memory_vmas(1, length, PROT_READ);
	if (sys_is_error((void *)area))
		sys_exit(CHILD_DOSE);
	memory_read((void *)((area + table - 1) / table * table), a->dose_ptes, page);
}

/* Extra kernel work of a known amount, for doses: it is torn down by exit_mmap. */
static void dose_kernel(struct child_area *a)
{
	size_t page = a->context.page_size;
	void *area;

	if (a->dose_vmas && sys_is_error(memory_vmas(a->dose_vmas, page, PROT_NONE)))
		sys_exit(CHILD_DOSE);
	if (a->dose_ptes)
		dose_ptes(a);
	if (!a->dose_pages)
		return;
	area = memory_vmas(1, a->dose_pages * page, PROT_READ | PROT_WRITE);
	if (sys_is_error(area))
		sys_exit(CHILD_DOSE);
	memory_touch(area, a->dose_pages, page);
}

/*
 * The clock is read every 10 to 30 ns, so a fixed end would make nearly equal doses equal.
 * An end that is spread evenly about the dose (by a hash of the stamp) keeps the mean
 * difference of two doses what it was asked to be.
 */
static inline void dose_user(const struct child_area *a, uint64_t stamp)
{
	uint32_t random = (stamp * 0x9e3779b97f4a7c15ULL) >> 32;
	uint64_t length = a->dose - a->dose_spread / 2 + (random * a->dose_spread >> 32);

	while (clock_now(a->clock) - stamp < length)
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

	/* A child that lives long must not outlive a killed worker; another ends by itself. */
	if (a->halts || a->context.helpers)
		die_with_worker(a);
	else if (a->child_hook || a->dose)
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
	a->dose_ptes = common[COMMON_DOSE_PTES];
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
	r->dose_vmas = a->dose_vmas + (a->dose_pages > 0) + (a->dose_ptes > 0);
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
	a->dose_spread = q->dose_spread;
	a->cpu = q->child_cpu;
	a->halts = wl->ending == ENDS_KILLED || (q->check && wl->ending != ENDS_UNFORKED);
	w->check = q->check;
	w->bare = !w->stamped && !wl->child && !wl->end && !a->dose && !a->dose_pages &&
		  !a->dose_vmas && !a->dose_ptes && !a->halts && a->cpu < 0;
	w->plain = wl->ending == ENDS_EXIT && !wl->during && !wl->after && !q->check &&
		   !a->context.fork_flags;
	if (q->check)
		tell_holds(w);
}
