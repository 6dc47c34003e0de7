/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parent's anonymous pages, a share of them written: rmap of shared and copied pages. */
#include "contract/hooks.h"
#include "contract/memory.h"

enum { PAGES, WRITTEN };
enum { AREA, LENGTH };

static int setup(struct context *c)
{
	size_t length = c->param[PAGES] * c->page_size;
	void *area = memory_vmas(1, length, PROT_READ | PROT_WRITE);

	if (sys_is_error(area))
		return setup_failed(c, "mmap of the pages", (long)area);
	memory_touch(area, c->param[PAGES], c->page_size);
	c->state[AREA] = (uint64_t)area;
	c->state[LENGTH] = length;
	return 0;
}

static void teardown(struct context *c)
{
	if (c->state[LENGTH])
		sys_munmap((void *)c->state[AREA], c->state[LENGTH]);
}

/* How many of the first N pages are written: they are spread evenly. */
static uint64_t written(const struct context *c, uint64_t n)
{
	return n * c->param[WRITTEN] / 100;
}

static void child(struct context *c)
{
	volatile char *area = (char *)c->state[AREA];
	uint64_t pages = c->param[PAGES];

	for (uint64_t i = 0; i < pages; i++)
		if (written(c, i) != written(c, i + 1))
			area[i * c->page_size] = 2;
}

static void holds(const struct context *c, uint64_t *holds)
{
	holds[HOLDS_VMAS] = 1;
	holds[HOLDS_ANON] = c->param[PAGES] * c->page_size;
	holds[HOLDS_COPIED] = written(c, c->param[PAGES]) * c->page_size;
	holds[HOLDS_TABLES] = c->param[PAGES] * 8;
}

const struct workload cow_exit = {
	.name = "cow-exit",
	.summary = "the parent's anonymous pages, a share of them written",
	.drives = "unmap_vmas with rmap of pages shared with the parent, and of copies",
	.proof = "mmap:exit_mmap; as many pages, and as many of its own, as it should have",
	.mind = "fork copies the page tables: look at fork and cycle, too",
	.primary = "exit",
	.main = 6,
	.params = {
		{ "pages", "pages that the parent holds", PARAM_COUNT, 200, 1, 1 << 24 },
		{ "written", "how many in a hundred the child writes", PARAM_COUNT, 50, 0, 100 },
	},
	.setup = setup,
	.child = child,
	.teardown = teardown,
	.holds = holds,
};
