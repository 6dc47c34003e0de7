/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of metrics, from the one list in contract/metric.h. */
#include "config.h"
#include <string.h>
#include "contract/metric.h"

const char *const metric_names[METRICS + 1] = {
#define METRIC_NAME(id, name) [METRIC_##id] = name,
	METRIC_LIST(METRIC_NAME)
	[METRIC_THROUGHPUT] = "throughput",
};

_Static_assert(METRICS <= 32, "a mask of metrics is an unsigned int");

enum metric metric_find(const char *name)
{
	int m = 0;

	while (m < METRICS && strcmp(metric_names[m], name))
		m++;
	return m;
}

enum metric metric_chief(unsigned int measured)
{
	for (int m = METRIC_EXIT; m >= 0; m--)
		if (measured & METRIC_BIT(m))
			return m;
	return measured ? (enum metric)__builtin_ctz(measured) : METRICS;
}
