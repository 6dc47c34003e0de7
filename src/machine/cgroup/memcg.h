/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A memory cgroup of our own, for OOM kills, and a console that stays quiet meanwhile. */
#ifndef EXITBENCH_MEMCG_H
#define EXITBENCH_MEMCG_H

#include "process/guard.h"

/* Its name begins with this; then our pid, and what kernel.printk was, "-4.4.1.7". */
#define MEMCG_NAME "exitbench-oom-"

/*
 * Makes a memory cgroup in which others with limits can be made: in v1 below our own, in
 * v2 below the nearest of our cgroups that hands the memory controller on. Lowers the
 * console's log level. GUARD removes and restores both when it is closed or we are killed.
 * *path is malloc'ed, *claim what guard_claim() gives, to be closed after that. 0, or
 * -STATUS_MACHINE with the reason and the remedy.
 */
int memcg_make(struct guard *guard, char **path, int *claim);

/*
 * Does for runs that were killed, with their guards, what these would have done, and
 * warns of each. Never fails.
 */
void memcg_repair(void);

#endif
