/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What export writes, in the order of the CSV: boots as they were measured, in them cells
 * by name, in these the runs of the boot one behind the other.
 */
#ifndef EXITBENCH_EXPORT_H
#define EXITBENCH_EXPORT_H

#include "store/store.h"

struct export_run {
	int64_t id;
	char *boot, *started, *unit;
	double resolution;
	int64_t offset;		/* to its rounds: behind those of earlier runs of the boot */
	int64_t rounds;
};

struct export_cell {
	int64_t id;
	int run;		/* index */
	int boot, key;		/* that it is sorted by */
	char *workload, *params, *place;
	char *name;		/* in the CSV; different cells have different ones */
	int cores;
};

struct export_order {
	struct export_run *runs;
	int nruns;
	struct export_cell *cells;
	int ncells;
	struct {
		int64_t id;
		char *name;
	} *arms;
	int narms;		/* of all runs, each run's in order */
};

/* All runs, or only *RUN where that is not NULL. Free *out in any case. */
int export_collect(struct store *s, const uint64_t *run, struct export_order *out);
void export_free(struct export_order *o);

/* The index in arms[] of the arm of this id, or -1. */
int export_arm(const struct export_order *o, int64_t id);

#endif
