/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a guest boots with: our init, the worker and the plan, as a cpio archive in "newc"
 * format (Documentation/driver-api/early-userspace/buffer-format.rst of the kernel). The
 * same plan gives the same bytes.
 */
#ifndef EXITBENCH_INITRAMFS_H
#define EXITBENCH_INITRAMFS_H

#include <stddef.h>
#include "lab/guest/guest.h"

/* Bytes of a plan of N cells. */
size_t guest_plan_size(uint64_t n);

/*
 * The archive in a memfd (*fd, close-on-exec), which processes may be given as
 * /proc/self/fd/N. 0, or -STATUS_MACHINE after fail().
 */
int initramfs_make(const struct guest_plan *plan, int *fd);

#endif
