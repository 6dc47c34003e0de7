/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time that the hypervisor took from CPUs, from /proc/stat. */
#ifndef EXITBENCH_STEAL_H
#define EXITBENCH_STEAL_H

#include <stdint.h>

struct steal;

/* NULL where /proc/stat cannot be read (then nothing else is to be called with it). */
struct steal *steal_open(void);
void steal_close(struct steal *s);

/*
 * Milliseconds stolen from CPUS (N of them, together) since the last call for them; NAN at
 * the first call, and while reading would cost more than a five-hundredth of the ELAPSED
 * ns since the last reading: the next one then covers more than one block. The kernel
 * counts in steps of 10 ms.
 */
double steal_since(struct steal *s, const int *cpus, int n, int64_t elapsed_ns);

#endif
