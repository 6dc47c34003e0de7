/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list of workloads for tests; include it in one file of the program. */
#ifndef EXITBENCH_FAKE_WORKLOADS_H
#define EXITBENCH_FAKE_WORKLOADS_H

#include "cell/params.h"

static const struct workload fork_exit = {
	.name = "fork-exit",
	.primary = "exit",
	.params = {
		{ "ballast", "", PARAM_COUNT, 0, 0, 60000 },
	},
};

static const struct workload touch_exit = {
	.name = "touch-exit",
	.primary = "exit",
	.params = {
		{ "pages", "", PARAM_COUNT, 200, 1, 1000000 },
		{ "size", "", PARAM_BYTES, 65536, 4096, 1 << 30 },
		{ "ballast", "", PARAM_COUNT, 0, 0, 100 },
	},
};

static const struct workload bare = { .name = "bare", .primary = "cycle" };

const struct workload *const workloads[] = { &fork_exit, &touch_exit, &bare, NULL };

#endif
