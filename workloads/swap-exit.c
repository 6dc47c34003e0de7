/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages that the child had paged out: swap entries to zap, the Android reaper's case. */
#include <sys/sysinfo.h>
#include "contract/hooks.h"
#include "contract/memory.h"

enum { PAGES };

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

static uint64_t free_swap(int total)
{
	struct sysinfo info = { 0 };

	sys_call3(SYS_sysinfo, &info, 0, 0);
	return (total ? info.totalswap : info.freeswap) * info.mem_unit;
}

static int setup(struct context *c)
{
	return free_swap(1) ? 0 : setup_refused(c, "there is no swap");
}

static void child(struct context *c)
{
	size_t length = c->param[PAGES] * c->page_size;
	void *area = memory_vmas(1, length, PROT_READ | PROT_WRITE);
	long err;

	if (sys_is_error(area))
		child_failed(c, "mmap of its pages", (long)area);
	memory_touch(area, c->param[PAGES], c->page_size);
	/* Where swap is full, pages quietly stay. */
	if (free_swap(0) < length)
		child_missed(c, "swap is full");
	err = sys_madvise(area, length, MADV_PAGEOUT);
	if (err)
		child_failed(c, "madvise(MADV_PAGEOUT)", err);
}

static void holds(const struct context *c, uint64_t *holds)
{
	holds[HOLDS_VMAS] = 1;
	holds[HOLDS_SWAP] = c->param[PAGES] * c->page_size;
	holds[HOLDS_COUNTED] = c->param[PAGES];
	holds[HOLDS_TABLES] = c->param[PAGES] * 8;
}

const struct workload swap_exit = {
	.name = "swap-exit",
	.summary = "pages that were paged out",
	.drives = "unmap_vmas over swap entries: free_swap_and_cache, the freeing of swap slots",
	.proof = "mmap:exit_mmap; bytes in swap; pswpout in /proc/vmstat",
	.mind = "a disk still writes pages out when the child dies; zram or a ram disk does not. "
		"MADV_PAGEOUT is most of cycle",
	.needs = "swap",
	.remedy = "swapon a device or zram",
	.primary = "exit",
	.counter = "pswpout",
	.params = {
		{ "pages", "pages that the child has paged out", PARAM_COUNT, 200, 1, 1 << 24 },
	},
	.setup = setup,
	.child = child,
	.holds = holds,
};
