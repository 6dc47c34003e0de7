/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of metrics, from the one list in contract/metric.h. */
#include "config.h"
#include <stddef.h>
#include "contract/metric.h"

const char *const metric_names[METRICS + 1] = {
#define METRIC_NAME(id, name) [METRIC_##id] = name,
	METRIC_LIST(METRIC_NAME)
	[METRIC_THROUGHPUT] = "throughput",
};
