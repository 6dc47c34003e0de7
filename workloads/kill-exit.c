/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A child with touched pages that is killed while it sleeps. */
#include "contract/hooks.h"
#include "contract/memory.h"

enum { PAGES };

static void child(struct context *c)
{
	void *area = memory_vmas(1, c->param[PAGES] * c->page_size, PROT_READ | PROT_WRITE);

	if (sys_is_error(area))
		child_failed(c, "mmap of its pages", (long)area);
	memory_touch(area, c->param[PAGES], c->page_size);
}

static void holds(const struct context *c, uint64_t *holds)
{
	holds[HOLDS_VMAS] = 1;
	holds[HOLDS_ANON] = c->param[PAGES] * c->page_size;
	holds[HOLDS_TABLES] = c->param[PAGES] * 8;
}

const struct workload kill_exit = {
	.name = "kill-exit",
	.summary = "touched anonymous pages of a sleeping child, which is killed",
	.drives = "unmap_vmas on the way out of a fatal signal",
	.proof = "mmap:exit_mmap; the child's wait status says SIGKILL",
	.mind = "exit begins at the kill: it has the signal's delivery and the child's wake-up in it",
	.primary = "exit",
	.ending = ENDS_KILLED,
	.params = {
		{ "pages", "pages that the child touches", PARAM_COUNT, 1000, 1, 1 << 24 },
	},
	.child = child,
	.holds = holds,
};
