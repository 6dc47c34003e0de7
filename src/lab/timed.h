/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Timed mode: a guest of each of two kernels, both up and bound to one CPU, that take turns
 * block by block. Guests are started anew several times, in new QEMUs, so that what differs
 * from boot to boot is measured, too: each time is a run of its own.
 */
#ifndef EXITBENCH_TIMED_H
#define EXITBENCH_TIMED_H

#include "exact.h"

struct timed_options {
	struct exact_options exact;	/* memory_mb, machine, limit, keep_console, quiet */
	double seconds;			/* of measuring, in all */
	int boots;			/* of each kernel */
	/* Makes a run for boot number BOOT: its id in *RUN. 0 or negative after fail(). */
	int (*begin)(void *arg, int boot, int64_t *run);
	int (*end)(void *arg, int64_t run, int err);
	void *arg;
};

/*
 * Can KVM run a guest of this kernel? Tries, for 20 s at most: true, or false with the
 * reason in fail_message().
 */
bool timed_probe_kvm(const struct exact_kernel *kernel, const struct plan *plan,
	const struct exact_options *o);

/*
 * Measures the cells of PLAN, which has two arms, on KERNELS, in guests of KIND
 * (MACHINE_KVM or MACHINE_EMULATED). 0, or negative after fail().
 */
int timed_measure(const struct plan *plan, struct exact_kernel *kernels, struct store *store,
	enum machine_kind kind, const struct timed_options *o, struct exact_summary *summary);

#endif
