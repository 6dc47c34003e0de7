/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Workloads by name, and their parameters. A parameter's position is that in the
 * workload's own list, then in common_params[]; struct param_values goes by it.
 */
#ifndef EXITBENCH_PARAMS_H
#define EXITBENCH_PARAMS_H

#include <stdbool.h>
#include <stdint.h>
#include "contract/workload.h"

/* Every workload there is, NULL at the end; workloads/list.c defines it. */
extern const struct workload *const workloads[];

/* The workload of exactly this name, or NULL (no message). */
const struct workload *workload_find(const char *name);

/* As workload_find(), but unknown is -STATUS_USAGE with the nearest name. */
int workload_lookup(const char *name, const struct workload **out);

/* The index in workloads[] of one of its entries. */
int workload_index(const struct workload *w);

/* How many parameters W has of its own, and with the common ones. */
int params_own(const struct workload *w);
int params_count(const struct workload *w);

/* Has W the common parameters? Those that are programs have none. */
bool params_common(const struct workload *w);

/* The parameter at POSITION, 0 to params_count() - 1. */
const struct param *params_at(const struct workload *w, int position);

/* The position of the parameter called NAME (LEN bytes of it), or -1 (no message). */
int params_find(const struct workload *w, const char *name, size_t len);

/* All defaults; the mask of those set is 0. */
void params_defaults(const struct workload *w, struct param_values *values);

/*
 * Sets one parameter from "name=value" and its bit in the mask. Values are written by
 * unit: counts with k, M, G (thousands), bytes with k, M, G (1024s), times with ns, us,
 * ms, s, m, h (bare: ns), flags 0 or 1. -STATUS_USAGE names what was wrong: an unknown
 * name (with the nearest there is), a value that is none or out of range, a name that
 * is set in VALUES already.
 */
int params_set(const struct workload *w, const char *text, struct param_values *values);

/* The same for "k=v,k=v"; "" sets nothing. */
int params_set_list(const struct workload *w, const char *text,
	struct param_values *values);

/* Puts what FROM has set on top of TO. */
void params_merge(struct param_values *to, const struct param_values *from);

#define PARAMS_ALL UINT32_MAX

/*
 * "k=v,k=v" of the positions in MASK, in order of position: exact, and equal for equal
 * values, so it serves as a key; params_set_list() takes it back. malloc'ed, NULL when
 * out of memory.
 */
char *params_format(const struct workload *w, const struct param_values *values,
	uint32_t mask);

#endif
