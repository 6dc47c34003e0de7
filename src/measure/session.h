/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session of measuring on this machine: what is found out once (topology, environment,
 * clock), the result file, and runs one after the other, each with its plan and workers.
 */
#ifndef EXITBENCH_SESSION_H
#define EXITBENCH_SESSION_H

#include "measure/measure.h"

struct session;

/* Strings are borrowed for as long as the session lives. */
struct session_options {
	const char *output;		/* the result file, created when there is none */
	const char *command;		/* the command line, for the file */
	struct link_options link;	/* controller_cpu is chosen by each run */
};

/* Opens the file and looks at the machine. 0, or negative after fail(). */
int session_open(const struct session_options *o, struct session **out);
void session_close(struct session *s);

const struct topology *session_topology(const struct session *s);
struct store *session_store(struct session *s);

/* What became of a run. */
struct session_run {
	int64_t id;			/* in the store; 0: it did not begin */
	const char *status;		/* done, interrupted, failed */
	int cells;			/* planned */
	struct measure_summary summary;
};

/*
 * Plans and measures one run labelled LABEL (may be NULL) into the file. 0, or negative
 * after fail(); what was measured until then is in the file, and *out says how much.
 * Warnings meanwhile are kept with the run.
 */
int session_measure(struct session *s, const struct plan_request *request,
	const struct measure_options *options, const char *label, struct session_run *out);

#endif
