/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that the child itself locked; locks are not inherited. */
#include "contract/hooks.h"
#include "contract/memory.h"

enum { PAGES };

#define BATCH 64	/* pages that may wait in a CPU's batch to be counted as unlocked */

static void child(struct context *c)
{
	size_t length = c->param[PAGES] * c->page_size;
	void *area = memory_vmas(1, length, PROT_READ | PROT_WRITE);
	long err;

	if (sys_is_error(area))
		child_failed(c, "mmap of its pages", (long)area);
	/* This brings them in, too. */
	err = sys_call3(SYS_mlock, area, length, 0);
	if (err)
		child_failed(c, "mlock", err);
}

static void holds(const struct context *c, uint64_t *holds)
{
	uint64_t pages = c->param[PAGES];

	holds[HOLDS_VMAS] = 1;
	holds[HOLDS_ANON] = pages * c->page_size;
	holds[HOLDS_LOCKED] = pages * c->page_size;
	holds[HOLDS_COUNTED] = pages > BATCH ? pages - BATCH : 0;
	holds[HOLDS_TABLES] = pages * 8;
}

const struct workload mlock_exit = {
	.name = "mlock-exit",
	.summary = "memory that the child locked",
	.drives = "teardown of VM_LOCKED: a pass of its own up to 5.17, in rmap removal later",
	.proof = "mmap:exit_mmap; locked bytes; unevictable_pgs_munlocked in /proc/vmstat",
	.needs = "RLIMIT_MEMLOCK of all pages, or CAP_IPC_LOCK",
	.remedy = "raise the limit (ulimit -l), or take fewer pages",
	.primary = "exit",
	.counter = "unevictable_pgs_munlocked",
	.params = {
		{ "pages", "pages that the child locks", PARAM_COUNT, 200, 1, 1 << 24 },
	},
	.child = child,
	.holds = holds,
};
