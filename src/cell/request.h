/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a cell asks of a worker, whether it is measured, checked or traced. */
#ifndef EXITBENCH_REQUEST_H
#define EXITBENCH_REQUEST_H

#include "base/clock.h"
#include "cell/params.h"

/* All of a block's request that comes from workload and parameters; ops and lead_in are 0. */
void request_make(const struct workload *w, const struct param_values *values,
	const struct tick_clock *clock, struct block_request *out);

/* METRIC_BIT()s of what is measured: what the workload has, without `exit` if it is stamp-free. */
unsigned int request_metrics(const struct workload *w, const struct param_values *values);

/* The metric that a whole operation takes: cycle, or fork where there is no child. */
enum metric request_whole(const struct workload *w);

#endif
