/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fork that fails while it copies the address space, and has to tear down the part of it
 * that is there.
 *
 * Under the heuristic overcommit policy a mapping may be as large as memory and swap. Two
 * of 60% each may, too; next to each other they are one VMA of 120%, and fork may not
 * account for that. So no privilege is needed, and no memory used.
 */
#include <linux/sched.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include "contract/hooks.h"
#include "contract/memory.h"

enum { VMAS, LAST, FULL };
enum { AREA, LENGTH, LIMITED, LIMIT };

/* 60% of memory and swap, in whole pages. */
static uint64_t large_length(const struct context *c)
{
	struct sysinfo info = { 0 };
	uint64_t pages;

	sys_call3(SYS_sysinfo, &info, 0, 0);
	pages = (info.totalram + info.totalswap) / c->page_size * info.mem_unit;
	return pages / 10 * 6 * c->page_size;
}

/* Two mappings in one place, which become one VMA. */
static int map_large(struct context *c, char *at, uint64_t length)
{
	for (int i = 0; i < 2; i++) {
		void *p = sys_mmap(at + i * length, length, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

		if (sys_is_error(p))
			return setup_failed(c, "mmap of 60% of memory and swap", (long)p);
	}
	return 0;
}

/* Everything is copied, then no descriptor is left for the child's pidfd. */
static int fail_late(struct context *c)
{
	struct rlimit limit = { 0 }, none;
	long err = sys_call6(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, (long)&limit, 0, 0);

	none = limit;
	none.rlim_cur = 0;
	if (!err)
		err = sys_call6(SYS_prlimit64, 0, RLIMIT_NOFILE, (long)&none, 0, 0, 0);
	if (err)
		return setup_failed(c, "prlimit of RLIMIT_NOFILE", err);
	c->state[LIMITED] = 1;
	c->state[LIMIT] = limit.rlim_cur;
	c->fork_flags = CLONE_PIDFD;
	c->fork_error = EMFILE;
	return 0;
}

static int setup(struct context *c)
{
	uint64_t large = c->param[FULL] ? 0 : large_length(c);
	uint64_t ballast = c->param[VMAS] * c->page_size;
	char *area;
	long err;

	c->fork_error = ENOMEM;
	if (ballast + large) {
		area = sys_mmap(NULL, ballast + 2 * large, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (sys_is_error(area))
			return setup_failed(c, "mmap of its range", (long)area);
		c->state[AREA] = (uint64_t)area;
		c->state[LENGTH] = ballast + 2 * large;
		err = memory_split(area + (c->param[LAST] ? 0 : 2 * large), c->param[VMAS],
			c->page_size);
		if (err)
			return setup_failed(c, "madvise, to split its VMAs", err);
	}
	if (c->param[FULL])
		return fail_late(c);
	return map_large(c, (char *)c->state[AREA] + (c->param[LAST] ? ballast : 0), large);
}

static void teardown(struct context *c)
{
	struct rlimit limit = { 0 };

	if (c->state[LENGTH])
		sys_munmap((void *)c->state[AREA], c->state[LENGTH]);
	if (!c->state[LIMITED])
		return;
	sys_call6(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, (long)&limit, 0, 0);
	limit.rlim_cur = c->state[LIMIT];
	sys_call6(SYS_prlimit64, 0, RLIMIT_NOFILE, (long)&limit, 0, 0, 0);
}

const struct workload fork_enomem = {
	.name = "fork-enomem",
	.summary = "no child: fork fails while it copies the VMAs, or with all of them copied",
	.drives = "dup_mmap's failure and exit_mmap of the partial tree; full=1: mmput of a whole one",
	.proof = "fork returns ENOMEM from dup_mmap; full=1: EMFILE, which comes after it",
	.mind = "there is no child: fork only, and dose_pages and dose_vmas do nothing",
	.needs = "vm.overcommit_memory=0",
	.remedy = "sysctl vm.overcommit_memory=0",
	.primary = "fork",
	.metrics = METRIC_BIT(METRIC_FORK),
	.ending = ENDS_UNFORKED,
	.params = {
		{ "vmas", "other VMAs", PARAM_COUNT, 0, 0, 60000 },
		{ "last", "the VMA that fails is behind the others; 0: before them", PARAM_FLAG, 0, 0, 1 },
		{ "full", "none fails: fork fails for want of a descriptor, after copying all",
			PARAM_FLAG, 0, 0, 1 },
	},
	.setup = setup,
	.teardown = teardown,
};
