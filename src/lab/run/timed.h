/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timed mode: a guest of each of two kernels, both up and bound to one CPU, that take turns
 * block by block. Guests are started anew several times, in new QEMUs, so that what differs
 * from boot to boot is measured, too: each time is a run of its own.
 */
#ifndef EXITBENCH_TIMED_H
#define EXITBENCH_TIMED_H

#include "lab/run/exact.h"

struct timed_options {
	struct exact_options exact;	/* memory_mb, machine, limit, keep_console, quiet */
	double seconds;			/* of measuring, in all */
	double probe_limit;		/* as exact.limit, for KVM to show that it runs a guest */
	int boots;			/* of each kernel */
	int builds;			/* of each kernel; boots take them in turn */
	/*
	 * Makes a run for boot number BOOT: its id in *RUN. 0, or negative after fail(), and then
	 * there is no run that END would have to end.
	 */
	int (*begin)(void *arg, int boot, enum qemu_kind kind, int64_t *run);
	int (*end)(void *arg, int err);
	void *arg;
};

/*
 * Measures the cells of PLAN, which has two arms, on KERNELS, [build * 2 + arm]: in guests
 * under KVM, if one gets through within the limit; else, with a warning, emulated. 0, or
 * negative after fail().
 */
int timed_measure(const struct plan *plan, struct exact_kernel *kernels, struct store *store,
	const struct timed_options *o, struct exact_summary *summary);

#endif
