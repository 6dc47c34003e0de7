/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters of /proc/vmstat. */
#ifndef EXITBENCH_VMSTAT_H
#define EXITBENCH_VMSTAT_H

#include <stdint.h>

/* The counter of this name; 0 for NULL, and for one that this kernel does not have. */
uint64_t vmstat_read(const char *name);

#endif
