/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parameters that every workload has after its own. Data only: the worker, which has
 * no libc, includes this too.
 */
#ifndef EXITBENCH_COMMON_PARAMS_H
#define EXITBENCH_COMMON_PARAMS_H

#include "contract/workload.h"

/* Positions, counted from the number of the workload's own parameters. */
enum common_param {
	COMMON_STAMP,
	COMMON_DOSE,
	COMMON_DOSE_PAGES,
	COMMON_DOSE_VMAS,
	COMMON_DOSE_PTES,
	COMMON_PARAMS,
};

/* What is left for a workload's own; a test holds every workload to it. */
#define OWN_PARAMS (WORKLOAD_PARAMS - COMMON_PARAMS)

static const struct param common_params[COMMON_PARAMS] = {
	[COMMON_STAMP] = {
		.name = "stamp",
		.help = "the child writes a stamp; 0 measures cycle alone, at the floor",
		.unit = PARAM_FLAG, .def = 1, .min = 0, .max = 1,
	},
	[COMMON_DOSE] = {
		.name = "dose",
		.help = "user time that the child spends between its stamp and its exit",
		.unit = PARAM_NS, .def = 0, .min = 0, .max = 1000000000,
	},
	[COMMON_DOSE_PAGES] = {
		.name = "dose_pages",
		.help = "extra pages that the child touches",
		.unit = PARAM_COUNT, .def = 0, .min = 0, .max = 1000000,
	},
	[COMMON_DOSE_VMAS] = {
		.name = "dose_vmas",
		.help = "extra VMAs that the child maps",
		.unit = PARAM_COUNT, .def = 0, .min = 0, .max = 60000,
	},
	[COMMON_DOSE_PTES] = {
		.name = "dose_ptes",
		.help = "extra page-table entries, of the zero page, that the child makes",
		.unit = PARAM_COUNT, .def = 0, .min = 0, .max = 1000000,
	},
};

#endif
