/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calibration of one cell: two equal arms, then known doses in user time and in kernel
 * work. All of it is measured as any run is, into the same file.
 */
#ifndef EXITBENCH_CALIBRATE_H
#define EXITBENCH_CALIBRATE_H

#include "dataset/calibration.h"
#include "measure/session.h"

struct calibrate_options {
	const char *file;		/* the session's */
	const char *const *params;	/* as for struct plan_request */
	int nparams;
	uint64_t seed;
	struct measure_options measure;	/* time_ns: for everything in this cell */
};

/*
 * Measures: at most a tenth of the time for a first look, 30% each for equal arms, doses in
 * user time, and doses in exit_mmap. CELL is what the user asked for; its result is *out, for
 * calibration_free() after success and failure, and is added to the file. 0, or negative
 * after fail(): nothing is added then, but the runs stay in the file.
 */
int calibrate_cell(struct session *s, const struct plan_cell *cell,
	const struct calibrate_options *o, struct calibration *out);

#endif
