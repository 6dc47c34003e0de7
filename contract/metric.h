/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is measured of an operation, and of a block: the one list. Its order is that of
 * the columns in the result file's blobs, so a new metric goes behind the others.
 */
#ifndef EXITBENCH_METRIC_H
#define EXITBENCH_METRIC_H

#define METRIC_LIST(metric)						\
	metric(FORK, "fork")		/* the call of fork itself */	\
	metric(CYCLE, "cycle")		/* that call to reaped */	\
	metric(EXIT, "exit")		/* last stamp, or the kill, to reaped */ \
	metric(RELEASE, "release")	/* the call of process_mrelease */

enum metric {
#define METRIC_ENUM(id, name) METRIC_##id,
	METRIC_LIST(METRIC_ENUM)
#undef METRIC_ENUM
	COLUMNS,			/* metrics of an operation */
	METRIC_THROUGHPUT = COLUMNS,	/* of a block: operations per second */
	METRICS,
};

#define METRIC_BIT(metric) (1U << (metric))

/* "fork, cycle, ..., " for messages and help: METRIC_LIST(METRIC_IN_TEXT). */
#define METRIC_IN_TEXT(id, name) name ", "

/* By enum metric, NULL at the end. src/cell/metric.c has these; the worker does not. */
extern const char *const metric_names[];

/* The metric of this name, METRICS where there is none. */
enum metric metric_find(const char *name);

/*
 * What a cell of unknown workload is judged by, of MEASURED, a mask with a METRIC_BIT() or
 * more: exit, else cycle, else fork, else the first; METRICS where the mask is empty.
 */
enum metric metric_chief(unsigned int measured);

#endif
