/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What killed runs left behind. */
#ifndef EXITBENCH_REPAIR_H
#define EXITBENCH_REPAIR_H

/*
 * Puts back what runs left that were killed together with their guards: tracing instances,
 * memory cgroups and kernel.printk, shared memory. Warns of each. Never fails, and leaves alone
 * what a run still has.
 */
void repair_leftovers(void);

#endif
