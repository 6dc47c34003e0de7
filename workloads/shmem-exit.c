/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared anonymous memory: rmap of pages that others hold, too, or of a file of its own. */
#include "contract/hooks.h"
#include "contract/memory.h"

enum { PAGES, OWN };
enum { AREA, LENGTH };

static void *map(const struct context *c)
{
	return sys_mmap(NULL, c->param[PAGES] * c->page_size, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

static int setup(struct context *c)
{
	void *area;

	if (c->param[OWN])
		return 0;
	area = map(c);
	if (sys_is_error(area))
		return setup_failed(c, "mmap of shared memory", (long)area);
	c->state[AREA] = (uint64_t)area;
	c->state[LENGTH] = c->param[PAGES] * c->page_size;
	return 0;
}

static void teardown(struct context *c)
{
	if (c->state[LENGTH])
		sys_munmap((void *)c->state[AREA], c->state[LENGTH]);
}

/* Fork copies no page tables of shared memory: the child faults each page in. */
static void child(struct context *c)
{
	void *area = c->param[OWN] ? map(c) : (void *)c->state[AREA];

	if (sys_is_error(area))
		child_failed(c, "mmap of shared memory", (long)area);
	memory_touch(area, c->param[PAGES], c->page_size);
}

static void holds(const struct context *c, uint64_t *holds)
{
	holds[HOLDS_VMAS] = 1;
	holds[HOLDS_MAPPED] = c->param[PAGES] * c->page_size;
	holds[HOLDS_TABLES] = c->param[PAGES] * 8;
}

const struct workload shmem_exit = {
	.name = "shmem-exit",
	.summary = "touched shared anonymous memory, the parent's or its own",
	.drives = "unmap_vmas with rmap of shared file pages; own=1: the last fput frees them",
	.proof = "mmap:exit_mmap; as much shared memory (RssShmem) as it should have",
	.mind = "own=1 frees the pages in the last fput, as task work: in exit, not in exit_mmap",
	.primary = "exit",
	.params = {
		{ "pages", "pages that the child touches", PARAM_COUNT, 200, 1, 1 << 24 },
		{ "own", "the child maps them itself; 0: the parent did, and keeps them", PARAM_FLAG,
			0, 0, 1 },
	},
	.setup = setup,
	.child = child,
	.teardown = teardown,
	.holds = holds,
};
