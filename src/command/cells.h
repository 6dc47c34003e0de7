/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which cells: the options of all that measures. */
#ifndef EXITBENCH_CELLS_H
#define EXITBENCH_CELLS_H

#include "measure/plan.h"
#include "text/options.h"

struct cells {
	struct plan_request request;
	struct strings params, places, arms;
};

/* Rows for struct cells FIELD in struct type BASE. */
#define WORKLOAD_ROW(base, field, preset)							\
	{ "workload", 'w', "GLOB,...", TO_TEXT(base, field.request.workloads),			\
		"which workloads; see exitbench list", .propose = workload_name, preset }
#define PARAM_ROW(base, field)									\
	{ "param", 'p', "K=V", TO_TEXTS(base, field.params), "a parameter of all cells" }
#define CORES_ROW(base, field)									\
	{ "cores", 'c', "LIST", TO_TEXT(base, field.request.cores),				\
		"how many CPUs: 1,2,4,max or 1-4", .shown = "1" }
#define PLACE_ROW(base, field)									\
	{ "place", 'P', "PLACE", TO_TEXTS(base, field.places), "which CPUs: a CPU set such as "	\
		"0-3,8 or core:0-3, or", .shown = "compact", .words = place_names }

/* A row for --seed, which is a uint64_t in struct type BASE: up to SEED_MAX. */
#define SEED_ROW(base, field, whose)								\
	{ "seed", 0, "N", TO_U64(base, field), "repeats " whose " random order",		\
		.max = OPTION_INT64_MAX, .shown = "random" }

/* The name of the workload at I of the list; NULL behind its end. */
const char *workload_name(int i);

/* A seed for who did not ask for one. */
uint64_t random_seed(void);

/* What was asked for, with the lists: borrowed from C. */
struct plan_request cells_request(const struct cells *c);

#endif
