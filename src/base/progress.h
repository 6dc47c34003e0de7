/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line on a terminal that says how far a run is; silent when stderr is none. */
#ifndef EXITBENCH_PROGRESS_H
#define EXITBENCH_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool on;
	uint64_t last;		/* monotonic ns of the last line */
};

void progress_start(struct progress *p, bool quiet);
/* True a few times a second, when a line is due; cheap otherwise. */
bool progress_due(struct progress *p, uint64_t now);
/* Replaces the line. */
void progress_show(struct progress *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Wipes the line. */
void progress_end(struct progress *p);

#endif
