/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clock that workers and children read, and its rate. */
#ifndef EXITBENCH_CLOCK_H
#define EXITBENCH_CLOCK_H

#include <stdint.h>
#include "contract/protocol.h"

struct tick_clock {
	enum clock_kind kind;
	const char *name;	/* "tsc", "cntvct" or "clock_gettime"; constant */
	double ns_per_tick;
};

/*
 * Chooses the counter where the kernel itself keeps time by it, else the system call,
 * and measures the counter against CLOCK_MONOTONIC_RAW (50 ms; on arm64 the rate is
 * architectural). Never fails.
 */
void clock_choose(struct tick_clock *out);

/*
 * 0, or -STATUS_MACHINE after fail() where the clock that was chosen moves in steps of a timer
 * tick: no operation can be timed with it.
 */
int clock_check(const struct tick_clock *c);

/* The smallest of a few steps that READ is seen to make; INFINITY if it makes none. */
double clock_step_ns(uint64_t (*read)(void));

/* CLOCK_MONOTONIC in ns. */
uint64_t monotonic_ns(void);

/* How long the machine has been suspended since it booted, in ns, to about 0.1 ms. */
int64_t asleep_ns(void);

#endif
