/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens in the child, and what is set up for it. */
#include <sys/prctl.h>
#include "worker.h"
#include "common-params.h"
#include "memory.h"

extern const struct workload *const workloads[];

/* Extra kernel work of a known amount, for doses: it is torn down by exit_mmap. */
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
		sys_exit(1);
	memory_read((void *)((area + table - 1) / table * table), a->dose_ptes, page);
}

static void dose_kernel(struct child_area *a)
{
	size_t page = a->context.page_size;
	void *area;

	if (a->dose_vmas && sys_is_error(memory_vmas(a->dose_vmas, page, PROT_NONE)))
		sys_exit(1);
	if (a->dose_ptes)
		dose_ptes(a);
	if (!a->dose_pages)
		return;
	area = memory_vmas(1, a->dose_pages * page, PROT_READ | PROT_WRITE);
	if (sys_is_error(area))
		sys_exit(1);
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

void child_main(void *child_area)
{
	struct child_area *a = child_area;
	uint64_t stamp;

	/* A child that lives long must not outlive a killed worker. */
	if (a->workload->child || a->dose)
		sys_call3(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0);
	if (a->workload->child)
		a->workload->child(&a->context);
	dose_kernel(a);
	stamp = clock_now(a->clock);
	if (a->stamped)
		a->stamp = stamp;
	if (a->dose)
		dose_user(a, stamp);
	sys_exit(0);
}

static void finish(struct worker *w)
{
	if (w->workload && w->workload->teardown)
		w->workload->teardown(&w->child->context);
	w->workload = NULL;
	__builtin_memset(w->child->context.state, 0, sizeof(w->child->context.state));
}

int worker_prepare(struct worker *w)
{
	struct block_request *q = &w->area->request;
	struct child_area *a = w->child;
	const struct workload *wl = workloads[q->workload];
	const int64_t *common = a->param;

	finish(w);
	for (const struct param *p = wl->params; p->name; p++)
		common++;
	for (int i = 0; i < WORKLOAD_PARAMS; i++)
		a->param[i] = q->param[i];
	a->workload = wl;
	a->context.param = a->param;
	a->context.what = NULL;
	a->clock = q->clock;
	a->stamped = w->stamped = common[COMMON_STAMP] != 0;
	a->dose_pages = common[COMMON_DOSE_PAGES];
	a->dose_vmas = common[COMMON_DOSE_VMAS];
	a->dose_ptes = common[COMMON_DOSE_PTES];
	w->bare = !w->stamped && !wl->child && !common[COMMON_DOSE] && !a->dose_pages &&
		  !a->dose_vmas && !a->dose_ptes;
	w->workload = wl;
	return wl->setup ? wl->setup(&a->context) : 0;
}
