/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every sample of a result file, as JSON. */
#ifndef EXITBENCH_SAMPLES_JSON_H
#define EXITBENCH_SAMPLES_JSON_H

#include <stdio.h>
#include "store/store.h"

/*
 * Every run of S, or only *RUN where that is not NULL, with cells, blocks and samples as
 * JSON (doc/result-format.md); a block at a time is in memory. 0 or negative after fail().
 */
int samples_json(struct store *s, const uint64_t *run, FILE *out);

#endif
