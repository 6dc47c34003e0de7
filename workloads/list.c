/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The workloads in the order of list.h: their index is what a block request names. */
#include "contract/workload.h"

#define WORKLOAD(name) extern const struct workload name;
#include "workloads/list.h"
#undef WORKLOAD

#define WORKLOAD(name) &name,
const struct workload *const workloads[] = {
#include "workloads/list.h"
	NULL
};
