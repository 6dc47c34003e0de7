/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bare child: the fixed cost of a process's death, and the lock itself. The ballast is
 * mapped in the parent and inherited: fork copies each VMA and exit removes each one.
 */
#include "contract/hooks.h"
#include "contract/memory.h"

enum { BALLAST };
enum { AREA, LENGTH };

static int setup(struct context *c)
{
	uint64_t vmas = c->param[BALLAST];
	void *area;

	if (!vmas)
		return 0;
	area = memory_vmas(vmas, c->page_size, PROT_NONE);
	if (sys_is_error(area))
		return setup_failed(c, "mmap of the ballast", (long)area);
	c->state[AREA] = (uint64_t)area;
	c->state[LENGTH] = vmas * c->page_size;
	return 0;
}

static void teardown(struct context *c)
{
	if (c->state[LENGTH])
		sys_munmap((void *)c->state[AREA], c->state[LENGTH]);
}

static void holds(const struct context *c, uint64_t *holds)
{
	holds[HOLDS_VMAS] = c->param[BALLAST];
}

const struct workload fork_exit = {
	.name = "fork-exit",
	.summary = "a bare child, nothing of its own",
	.drives = "the fixed cost of exit_mmap: the lock, mmu_gather, an all but empty VMA tree",
	.proof = "mmap:exit_mmap; as many VMAs as it should have",
	.primary = "exit",
	.main = 1,
	.params = {
		{ "ballast", "untouched VMAs inherited from the parent", PARAM_COUNT, 0, 0, 60000 },
	},
	.setup = setup,
	.teardown = teardown,
	.holds = holds,
};
