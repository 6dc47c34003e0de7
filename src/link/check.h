/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Before measuring: can a workload be had here, and does its child hold what it should? */
#ifndef EXITBENCH_CHECK_H
#define EXITBENCH_CHECK_H

#include <stdint.h>
#include "link/link.h"

/*
 * Sets ORDER's workload up with the request's parameters, lets each worker run one child,
 * and looks at that before it dies: in /proc/PID, and in /proc/vmstat for the workload's
 * counter. The request's workload, clock, dose and param are to be filled in; the order's
 * look and arg are not used. Returns 0; or negative after fail(): -STATUS_MACHINE with the
 * reason and the remedy, when it cannot be had here; -STATUS_FAULT, when the child holds
 * something else than the workload says; -STATUS_INTERRUPTED.
 */
int check_workload(struct link *l, const struct link_order *order);

/* The counter of this name in /proc/vmstat; 0 for NULL, and for one that this kernel does not have. */
uint64_t vmstat_read(const char *name);

#endif
