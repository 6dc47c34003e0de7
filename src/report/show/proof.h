/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What traced runs showed, for people and for programs. */
#ifndef EXITBENCH_PROOF_H
#define EXITBENCH_PROOF_H

#include <jansson.h>
#include <stdio.h>
#include "trace/prove.h"

/* 80 columns; TIMELINE: with the events of one operation. */
void proof_text(const struct proof *p, bool timeline, FILE *out);
/* A new reference, NULL without memory. */
json_t *proof_json(const struct proof *p, bool timeline);

#endif
