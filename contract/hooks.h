/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the hooks of workloads call. */
#ifndef EXITBENCH_HOOKS_H
#define EXITBENCH_HOOKS_H

#include "contract/sys.h"
#include "contract/ticks.h"
#include "contract/workload.h"

/* In a child: it cannot do its part. WHAT failed with ERR, a negative errno. */
static inline void child_failed(struct context *c, const char *what, long err)
	__attribute__((noreturn));
static inline void child_failed(struct context *c, const char *what, long err)
{
	c->what = what;
	c->error = -err;
	sys_exit(CHILD_FAILED);
}

/* In a child: this time it did not get what it should hold. */
static inline void child_missed(struct context *c, const char *what) __attribute__((noreturn));
static inline void child_missed(struct context *c, const char *what)
{
	c->what = what;
	c->error = 0;
	sys_exit(CHILD_MISSED);
}

/* In setup(): it cannot be had here, and WHY says all of it. To be returned. */
static inline int setup_refused(struct context *c, const char *why)
{
	c->what = why;
	return -SETUP_REFUSED;
}

/* In setup(): WHAT failed with ERR, a negative errno, to be returned. */
static inline int setup_failed(struct context *c, const char *what, long err)
{
	c->what = what;
	return (int)err;
}

#define WAIT_SPINS 8192		/* a few hundred microseconds */
#define WAIT_NAP_NS 20000

/*
 * Between worker, child and helper, on different CPUs: for loops that wait. Who is waited
 * for may have to share a CPU with somebody, even with us: after a while we sleep.
 */
static inline void wait_a_bit(unsigned int *spins)
{
	const struct timespec nap = { .tv_nsec = WAIT_NAP_NS };

	if (++*spins < WAIT_SPINS)
		arch_relax();
	else
		sys_call3(SYS_nanosleep, &nap, 0, 0);
}

/* Waits until *WORD is VALUE. */
static inline void wait_until(const uint64_t *word, uint64_t value)
{
	unsigned int spins = 0;

	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) != value)
		wait_a_bit(&spins);
}

static inline void tell(uint64_t *word, uint64_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
}

#endif
