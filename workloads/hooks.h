/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the hooks of workloads call. */
#ifndef EXITBENCH_HOOKS_H
#define EXITBENCH_HOOKS_H

#include "sys.h"
#include "ticks.h"
#include "workload.h"

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

/*
 * Between worker, child and helper, on different CPUs: for loops that wait. Two of them may
 * share a CPU, where all have a worker, or in a container that lies about its CPUs.
 */
static inline void wait_a_bit(unsigned int *spins)
{
	arch_relax();
	if (!(++*spins % 1024))
		sys_call3(SYS_sched_yield, 0, 0, 0);
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
