/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "workload.h"

#define WORKLOAD(name) extern const struct workload name;
#include "list.h"
#undef WORKLOAD

#define WORKLOAD(name) &name,
const struct workload *const workloads[] = {
#include "list.h"
	NULL
};
