/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One kernel, one workload, one number: for bisecting. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "dataset/dataset.h"
#include "lab/run/exact-priv.h"

static int find_metric(const char *name, enum metric *out)
{
	int i, err = parse_choice("--metric", name, metric_names, &i);

	if (!err && i >= COLUMNS)
		err = fail(STATUS_USAGE, "--metric %s: is of a block, not of an operation", name);
	if (!err)
		*out = i;
	return err;
}

int exact_number(const char *image, const char *name, const char *workload,
	const struct strings *params, const char *metric, int64_t ops, bool quiet,
	double *instructions)
{
	const struct exact_options o = { .ops = ops, .instructions = EXACT_INSTRUCTIONS,
		.memory_mb = 1024, .limit = 60, .start_limit = EXACT_START_LIMIT,
		.parallel = 1, .quiet = quiet };
	struct plan_request request = { .workloads = workload, .params = params->v,
		.nparams = params->n };
	struct exact_kernel kernel = { .image = image };
	struct exact_summary summary;
	struct plan plan = { 0 };
	struct exact x = { .plan = &plan, .kernels = &kernel, .o = &o, .summary = &summary,
		.number = instructions };
	struct topology *t = NULL;
	int err = find_metric(metric, &x.metric);

	*instructions = NAN;
	request.arms = &name;
	request.narms = 1;
	if (!err)
		err = qemu_find();
	if (!err)
		err = topology_load(&t);
	if (!err)
		err = plan_make(&request, t, &plan);
	if (!err && plan.ncells != 1)
		err = fail(STATUS_USAGE, "%s: more than one workload; name one", workload);
	if (!err)
		err = exact_run(&x);
	if (!err && isnan(*instructions))
		err = fail(STATUS_MACHINE, "%s: the guest of %s counted no operation",
			workload, name);
	plan_free(&plan);
	topology_free(t);
	free(kernel.release);
	free(kernel.version);
	return err;
}
