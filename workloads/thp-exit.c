/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Transparent huge pages: one entry to zap for each, and compound pages to free. */
#include <sys/prctl.h>
#include <sys/resource.h>
#include "contract/hooks.h"

enum { HUGE };

/* What one entry of the middle page table maps. */
static uint64_t huge_size(const struct context *c)
{
	return c->page_size * c->page_size / 8;
}

/* AddressSanitizer's own memory, in the worker with a libc, would be faults, too. */
#define PLAIN __attribute__((no_sanitize_address))

PLAIN static uint64_t minor_faults(void)
{
	struct rusage usage = { 0 };

	sys_call3(SYS_getrusage, RUSAGE_SELF, &usage, 0);
	return usage.ru_minflt;
}

PLAIN static void child(struct context *c)
{
	uint64_t huge = c->param[HUGE], size = huge_size(c), length = (huge + 1) * size, faults;
	char *area = sys_mmap(NULL, length, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	volatile char *p;
	long err;

	if (sys_is_error(area))
		child_failed(c, "mmap of its huge pages", (long)area);
	/* The worker has them off, for what its other children hold. */
	sys_call6(SYS_prctl, PR_SET_THP_DISABLE, 0, 0, 0, 0, 0);
	err = sys_madvise(area, length, MADV_HUGEPAGE);
	if (err)
		child_failed(c, "madvise(MADV_HUGEPAGE)", err);
	p = (char *)(((uintptr_t)area + size - 1) & -size);
	faults = minor_faults();
	/* Where the first write got a huge page, the second one is no fault. */
	for (uint64_t i = 0; i < huge; i++) {
		p[i * size] = 1;
		p[i * size + c->page_size] = 1;
	}
	if (minor_faults() - faults != huge)
		child_missed(c, "it got small pages instead of huge ones");
}

static void holds(const struct context *c, uint64_t *holds)
{
	holds[HOLDS_VMAS] = 1;
	holds[HOLDS_ANON] = c->param[HUGE] * huge_size(c);
	holds[HOLDS_HUGE] = c->param[HUGE] * huge_size(c);
	holds[HOLDS_COUNTED] = c->param[HUGE];
}

const struct workload thp_exit = {
	.name = "thp-exit",
	.summary = "touched transparent huge pages",
	.drives = "zap_huge_pmd, the deposited page tables, freeing of compound pages",
	.proof = "mmap:exit_mmap; bytes of huge pages; thp_fault_alloc in /proc/vmstat; every child "
		"counts its faults, and one that got small pages is not recorded (failed)",
	.mind = "freeing huge pages makes their next allocation cheap: look at exit, not at cycle",
	.needs = "transparent huge pages, always or madvise, and memory for them in one piece",
	.remedy = "echo madvise >/sys/kernel/mm/transparent_hugepage/enabled; echo 1 "
		">/proc/sys/vm/compact_memory where memory is in pieces",
	.primary = "exit",
	.counter = "thp_fault_alloc",
	.params = {
		{ "huge", "huge pages that the child touches", PARAM_COUNT, 4, 1, 1 << 16 },
	},
	.child = child,
	.holds = holds,
};
