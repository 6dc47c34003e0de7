/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many small VMAs, untouched: the loop over all VMAs at the end of exit_mmap. */
#include "contract/hooks.h"
#include "contract/memory.h"

enum { VMAS, ACCOUNTED };

static void child(struct context *c)
{
	uint64_t vmas = c->param[VMAS];
	/* The kernel accounts private mappings that can be written, unless told not to. */
	int prot = c->param[ACCOUNTED] ? PROT_READ | PROT_WRITE : PROT_NONE;
	void *area = sys_mmap(NULL, vmas * c->page_size, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long err;

	if (sys_is_error(area))
		child_failed(c, "mmap of its VMAs", (long)area);
	err = memory_split(area, vmas, c->page_size);
	if (err)
		child_failed(c, "madvise, to split its VMAs", err);
}

static void holds(const struct context *c, uint64_t *holds)
{
	holds[HOLDS_VMAS] = c->param[VMAS];
	holds[HOLDS_ACCOUNTED] = c->param[ACCOUNTED] ? c->param[VMAS] : 0;
}

const struct workload vma_exit = {
	.name = "vma-exit",
	.summary = "many VMAs of a page each, untouched",
	.drives = "the remove_vma loop of exit_mmap, vm_unacct_memory, the VMA tree's nodes",
	.proof = "mmap:exit_mmap; as many VMAs as it should have, with or without the flag ac",
	.mind = "VMAs and tree nodes are freed after an RCU grace period: that part is not in exit",
	.remedy = "more VMAs than vm.max_map_count need that raised",
	.primary = "exit",
	.main = 3,
	.params = {
		{ "vmas", "VMAs that the child maps", PARAM_COUNT, 1000, 1, 1000000 },
		{ "accounted", "they count against the overcommit limit", PARAM_FLAG, 1, 0, 1 },
	},
	.child = child,
	.holds = holds,
};
