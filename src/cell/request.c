/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A workload with its parameters as the request that a worker gets, and what it measures. */
#include "config.h"
#include <string.h>
#include "cell/request.h"
#include "contract/common-params.h"

#define DOSE_SPREAD_NS 128	/* several readings of the clock */
#define SPIN_NS 2e6		/* that a worker looks for the next block before it sleeps */

static uint64_t ticks(const struct tick_clock *clock, int64_t ns)
{
	return (uint64_t)((double)ns / clock->ns_per_tick + 0.5);
}

void request_make(const struct workload *w, const struct param_values *values,
	const struct tick_clock *clock, struct block_request *out)
{
	const int64_t *common = &values->value[params_own(w)];

	*out = (struct block_request){
		.workload = workload_index(w),
		.clock = clock->kind,
		.spin = (uint64_t)(SPIN_NS / clock->ns_per_tick),
		.child_cpu = -1,
	};
	if (params_common(w)) {
		int64_t dose = common[COMMON_DOSE];

		out->dose = ticks(clock, dose);
		out->dose_spread = ticks(clock, dose < DOSE_SPREAD_NS ? dose : DOSE_SPREAD_NS);
	}
	memcpy(out->param, values->value, sizeof(out->param));
}

unsigned int request_metrics(const struct workload *w, const struct param_values *values)
{
	unsigned int metrics = workload_metrics(w);

	if (params_common(w) && !values->value[params_own(w) + COMMON_STAMP])
		metrics &= ~METRIC_BIT(METRIC_EXIT);
	return metrics;
}

enum metric request_whole(const struct workload *w)
{
	return workload_metrics(w) & METRIC_BIT(METRIC_CYCLE) || w->program ? METRIC_CYCLE : METRIC_FORK;
}
