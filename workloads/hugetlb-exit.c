/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A private hugetlb mapping that the child made: pages, and reservations not used. */
#include "contract/hooks.h"
#include "contract/memory.h"

enum { HUGE, TOUCHED, SIZE };

#ifndef MAP_HUGE_SHIFT
#define MAP_HUGE_SHIFT 26
#endif

static int setup(struct context *c)
{
	uint64_t size = c->param[SIZE];

	if (size & (size - 1))
		return setup_refused(c, "size is no power of two");
	if (c->param[TOUCHED] > c->param[HUGE])
		return setup_refused(c, "touched is more than huge");
	return 0;
}

static void child(struct context *c)
{
	uint64_t size = c->param[SIZE];
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB |
		    __builtin_ctzll(size) << MAP_HUGE_SHIFT;
	void *area = sys_mmap(NULL, c->param[HUGE] * size, PROT_READ | PROT_WRITE, flags, -1, 0);

	/* What is reserved is had: later faults cannot fail. */
	if (sys_is_error(area))
		child_failed(c, "mmap of huge pages, which reserves them", (long)area);
	memory_touch(area, c->param[TOUCHED], size);
}

static void holds(const struct context *c, uint64_t *holds)
{
	holds[HOLDS_VMAS] = 1;
	holds[HOLDS_HUGETLB] = c->param[TOUCHED] * c->param[SIZE];
}

const struct workload hugetlb_exit = {
	.name = "hugetlb-exit",
	.summary = "a private hugetlb mapping, some of it untouched",
	.drives = "__unmap_hugepage_range, hugetlb_vm_op_close, the pool's and cgroup's accounting",
	.proof = "mmap:exit_mmap; bytes of hugetlb pages",
	.mind = "the pool has one lock, taken for each page freed: cores disturb one another",
	.needs = "free huge pages, for each core as many as huge=",
	.remedy = "sysctl vm.nr_hugepages=N; see HugePages_Free and Hugepagesize in /proc/meminfo",
	.primary = "exit",
	.params = {
		{ "huge", "huge pages that the child maps", PARAM_COUNT, 4, 1, 1 << 16 },
		{ "touched", "how many of them it touches", PARAM_COUNT, 3, 0, 1 << 16 },
		{ "size", "of a huge page", PARAM_BYTES, 2 << 20, 64 << 10, 16LL << 30 },
	},
	.setup = setup,
	.child = child,
	.holds = holds,
};
