/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The workloads in the order of local.mk, which all.h is made from: a request names an index. */
#include "contract/workload.h"

#define WORKLOAD(name) extern const struct workload name;
#include "workloads/all.h"
#undef WORKLOAD

#define WORKLOAD(name) &name,
const struct workload *const workloads[] = {
#include "workloads/all.h"
	NULL
};
