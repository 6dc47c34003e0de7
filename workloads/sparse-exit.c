/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One page touched in each page-table page: the freeing of page tables. */
#include "contract/hooks.h"

enum { TABLES, STRIDE };

/* What a page-table page of the lowest level covers. */
static uint64_t table_span(const struct context *c)
{
	return c->page_size * c->page_size / 8;
}

static uint64_t stride(const struct context *c)
{
	uint64_t wanted = c->param[STRIDE];

	return wanted < table_span(c) ? table_span(c) : wanted;
}

static void child(struct context *c)
{
	uint64_t tables = c->param[TABLES], step = stride(c);
	volatile char *area = sys_mmap(NULL, tables * step, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (sys_is_error((const void *)area))
		child_failed(c, "mmap of its range", (long)area);
	for (uint64_t i = 0; i < tables; i++)
		area[i * step] = 1;
}

static void holds(const struct context *c, uint64_t *holds)
{
	uint64_t tables = c->param[TABLES], upper_span = table_span(c) * c->page_size / 8;

	holds[HOLDS_VMAS] = 1;
	holds[HOLDS_ANON] = tables * c->page_size;
	holds[HOLDS_TABLES] = (tables + tables * stride(c) / upper_span) * c->page_size;
}

const struct workload sparse_exit = {
	.name = "sparse-exit",
	.summary = "one touched page in each page-table page",
	.drives = "free_pgtables and free_pgd_range: the freeing of page tables",
	.proof = "mmap:exit_mmap; as many bytes of page tables (VmPTE) as it should have",
	.mind = "page tables may be freed after an RCU grace period: that part is not in exit",
	.remedy = "it needs addresses: tables times stride below 2^47 bytes",
	.primary = "exit",
	.main = 4,
	.params = {
		{ "tables", "pages touched, each in a page table of its own", PARAM_COUNT, 100, 1,
			65536 },
		{ "stride", "from one to the next; at least what a page table covers (2M); from 1G "
			"on each has a middle page table of its own, too", PARAM_BYTES, 2 << 20,
			2 << 20, 1LL << 40 },
	},
	.child = child,
	.holds = holds,
};
