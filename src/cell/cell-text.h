/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a cell and its parameters are called. */
#ifndef EXITBENCH_CELL_TEXT_H
#define EXITBENCH_CELL_TEXT_H

#include <stdbool.h>

/*
 * A stored cell's "k=v,..." without those at their default, or ALL of them; as stored
 * where this build knows no such workload or parameter. malloc'ed, NULL without memory.
 */
char *cell_params(const char *workload, const char *params, bool all);

#endif
