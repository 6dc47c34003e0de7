/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several guests, one after the other or side by side. */
#ifndef EXITBENCH_GUESTS_H
#define EXITBENCH_GUESTS_H

#include "lab/qemu/qemu.h"

struct guests_options {
	int parallel;			/* guests at once, at least 1 */
	bool complaints;		/* warn of kernels that found a fault in themselves */
	/* Each record of guest number GUEST; other than 0 ends them all. */
	int (*record)(void *arg, int guest, const struct guest_record *head, const void *data);
	/* A few times a second; may be NULL. */
	void (*look)(void *arg);
	void *arg;
};

/*
 * Runs N guests to their ends. Call signals_catch() before. 0, or negative after fail():
 * the first guest that failed, what record() returned, or -STATUS_INTERRUPTED. No guest is
 * left running.
 */
int guests_run(const struct qemu_options *guests, int n, const struct guests_options *o);

#endif
