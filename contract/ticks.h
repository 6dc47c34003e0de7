/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clock of worker, children and helpers. */
#ifndef EXITBENCH_TICKS_H
#define EXITBENCH_TICKS_H

#include <time.h>
#include "contract/sys.h"
#include "contract/workload.h"

static inline uint64_t clock_now(enum clock_kind kind)
{
	struct timespec ts;

	if (kind == CLOCK_KIND_COUNTER)
		return arch_counter();
	sys_call3(SYS_clock_gettime, CLOCK_MONOTONIC_RAW, &ts, 0);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

#endif
