/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A killed child, and process_mrelease on another CPU: both go for the child's memory,
 * under mmap_lock.
 *
 * context.detail is what process_mrelease returned: 0, or a negative errno; -ESRCH says
 * that the child was past exit_mm before. A return of 0 proves no overlap.
 */
#include "contract/hooks.h"
#include "contract/memory.h"

enum { PAGES };
/* Words between worker and helper: counts of operations, and what the helper found. */
enum { ARM, ARMED, GO, DONE, TICKS, RESULT };

#ifndef SYS_process_mrelease
#define SYS_process_mrelease 448
#endif

static int setup(struct context *c)
{
	long err = sys_call3(SYS_process_mrelease, -1, 0, 0);

	if (err != -EBADF)
		return setup_failed(c, "process_mrelease", err);
	c->helpers = 1;
	return 0;
}

static void helper(struct context *c, unsigned int which)
{
	uint64_t turn = __atomic_load_n(&c->state[DONE], __ATOMIC_ACQUIRE), start;
	long pidfd, err;

	(void)which;
	for (;;) {
		turn++;
		wait_until(&c->state[ARM], turn);
		pidfd = sys_call3(SYS_pidfd_open, c->pid, 0, 0);
		tell(&c->state[ARMED], turn);
		wait_until(&c->state[GO], turn);
		start = clock_now(c->clock);
		err = pidfd < 0 ? pidfd : sys_call3(SYS_process_mrelease, pidfd, 0, 0);
		c->state[TICKS] = clock_now(c->clock) - start;
		c->state[RESULT] = (uint64_t)err;
		if (pidfd >= 0)
			sys_call3(SYS_close, pidfd, 0, 0);
		tell(&c->state[DONE], turn);
	}
}

static void child(struct context *c)
{
	void *area = memory_vmas(1, c->param[PAGES] * c->page_size, PROT_READ | PROT_WRITE);

	if (sys_is_error(area))
		child_failed(c, "mmap of its pages", (long)area);
	memory_touch(area, c->param[PAGES], c->page_size);
}

/* The helper has its descriptor of the child before that is killed. */
static void before(struct context *c)
{
	uint64_t turn = c->state[DONE] + 1;

	tell(&c->state[ARM], turn);
	wait_until(&c->state[ARMED], turn);
}

static void during(struct context *c)
{
	tell(&c->state[GO], c->state[ARM]);
}

static void after(struct context *c)
{
	wait_until(&c->state[DONE], c->state[GO]);
	c->release = c->state[TICKS];
	c->detail = (int64_t)c->state[RESULT];
}

static void holds(const struct context *c, uint64_t *holds)
{
	holds[HOLDS_VMAS] = 1;
	holds[HOLDS_ANON] = c->param[PAGES] * c->page_size;
	holds[HOLDS_TABLES] = c->param[PAGES] * 8;
}

const struct workload mrelease_exit = {
	.name = "mrelease-exit",
	.summary = "touched pages of a killed child, and process_mrelease from another CPU",
	.drives = "mmap_lock between exit_mmap and __oom_reap_task_mm; who frees which pages",
	.proof = "mmap:exit_mmap and mmap_lock:* by both, with times; what process_mrelease returned",
	.mind = "process_mrelease returns 0 also when exit_mmap was done, and ESRCH when it is past "
		"exit_mm; with a worker on each CPU the helper shares one with a worker",
	.needs = "another CPU, process_mrelease (Linux 5.15)",
	.primary = "exit",
	.shows = SHOWS_MEETING,
	.reaps = true,
	.metrics = METRIC_BIT(METRIC_FORK) | METRIC_BIT(METRIC_CYCLE) | METRIC_BIT(METRIC_EXIT) |
		   METRIC_BIT(METRIC_RELEASE),
	.ending = ENDS_KILLED,
	.other_cpus = 1,
	.params = {
		{ "pages", "pages that the child touches", PARAM_COUNT, 1000, 1, 1 << 24 },
	},
	.setup = setup,
	.helper = helper,
	.child = child,
	.before = before,
	.during = during,
	.after = after,
	.holds = holds,
};
