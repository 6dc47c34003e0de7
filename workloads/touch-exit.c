/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Touched anonymous pages over a number of VMAs: unmap_vmas() and the freeing of pages. */
#include "contract/hooks.h"
#include "contract/memory.h"

enum { PAGES, VMAS };

static void child(struct context *c)
{
	uint64_t vmas = c->param[VMAS];
	uint64_t each = (c->param[PAGES] + vmas - 1) / vmas;
	size_t length = each * c->page_size;
	void *area;

	if (!each)
		return;
	area = memory_vmas(vmas, length, PROT_READ | PROT_WRITE);
	if (sys_is_error(area))
		child_failed(c, "mmap of its pages", (long)area);
	memory_touch(area, c->param[PAGES], c->page_size);
}

static void holds(const struct context *c, uint64_t *holds)
{
	holds[HOLDS_VMAS] = c->param[PAGES] ? c->param[VMAS] : 0;
	holds[HOLDS_ANON] = c->param[PAGES] * c->page_size;
	holds[HOLDS_TABLES] = c->param[PAGES] * 8;
}

const struct workload touch_exit = {
	.name = "touch-exit",
	.summary = "touched anonymous pages over a number of VMAs",
	.drives = "unmap_vmas: zap_pte_range, rmap, mmu_gather and the page allocator",
	.proof = "mmap:exit_mmap; as many anonymous pages and VMAs as it should have",
	.primary = "exit",
	.main = 2,
	.params = {
		{ "pages", "pages that the child touches", PARAM_COUNT, 200, 0, 1 << 24 },
		{ "vmas", "VMAs that they are spread over, page by page in order", PARAM_COUNT, 1, 1,
			60000 },
	},
	.child = child,
	.holds = holds,
};
