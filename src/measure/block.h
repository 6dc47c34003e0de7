/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One block: from the request to the store. Used by measure.c only. */
#ifndef EXITBENCH_BLOCK_H
#define EXITBENCH_BLOCK_H

#include "measure/measure.h"
#include "measure/steal.h"

#define GAPS 16

/* Scratch space and counts of a run. */
struct recorder {
	struct link *link;
	struct store *store;
	const struct tick_clock *clock;
	uint64_t start;			/* of the run, monotonic ns */
	double resolution;
	struct steal *steal;		/* may be NULL */
	int64_t *column[COLUMNS];	/* LINK_CAPACITY each */
	struct store_part *parts;
	int nparts;			/* room */
	uint8_t *packed;
	size_t packed_size;
	struct measure_summary *summary;
	uint64_t last_finish;		/* ticks: end of the block before; 0: none to compare */
	int64_t asleep;			/* ns that the machine was, by the end of the block before */
	double busy, idle;		/* ticks in blocks, and between them */
	double gaps[GAPS];		/* ticks: the latest of the times between */
	unsigned int ngaps;
};

int recorder_open(struct recorder *r);
void recorder_close(struct recorder *r);

/* What is asked of a block. */
struct block_order {
	int64_t cell, arm;		/* ids in the store */
	const struct workload *workload;
	const int *workers;		/* indices in the link */
	const int *cpus;
	const int *child_cpus;		/* NULL: children stay */
	int n;
	int64_t round;
	int position;
	bool warmup;
	unsigned int metrics;		/* METRIC_BIT()s of those measured */
	double limit;			/* ticks of a cycle above which it is disturbed */
	struct block_request request;	/* workload, clock, ops, lead_in, dose, param */
};

/*
 * Runs the block and stores it. One during which the machine was suspended is stored as a
 * warm-up, with a warning, and run again.
 */
int block_record(struct recorder *r, struct block_order *o);

/*
 * Appends the block just run's samples of METRIC, in ticks, to V, which has room for
 * o->n * o->request.ops. Returns how many there are.
 */
size_t block_samples(const struct recorder *r, const struct block_order *o, enum metric metric,
	double *v);

#endif
