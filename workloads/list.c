/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "contract/workload.h"

#define WORKLOAD(name) extern const struct workload name;
#include "workloads/list.h"
#undef WORKLOAD

#define WORKLOAD(name) &name,
const struct workload *const workloads[] = {
#include "workloads/list.h"
	NULL
};
