/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plan of a run: which cells, which arms, in which order. Pure computation from the
 * options, the topology and the seed; it measures nothing and can be printed.
 */
#ifndef EXITBENCH_PLAN_H
#define EXITBENCH_PLAN_H

#include <stdbool.h>
#include <stdint.h>
#include "cell/params.h"
#include "contract/workload.h"
#include "machine/topology/topology.h"

struct plan_arm {
	char *name;
	char *settings;			/* "k=v,..." as given; "" if it changes nothing */
};

struct plan_cell {
	const struct workload *workload;
	bool named;			/* asked for by its name, not by a glob or by default */
	struct param_values params;	/* defaults with --param applied */
	struct param_values *changes;	/* narms: what each arm sets in this workload */
	char *place;			/* as given to --place; and " child=core", say */
	int *child_cpus;		/* where the children of each go; NULL: they stay */
	int *cpus;			/* OS CPU numbers, cores of them */
	int cores;
};

#define SEED_MAX INT64_MAX		/* JSON and the result file hold no more */
#define ARM_NAME_MOST 64		/* characters of an arm's name, and which: */
#define ARM_NAME_OF "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-"
#define PLAN_WORKLOADS "fork-exit,touch-exit"

/* What the user asked for; strings are borrowed. */
struct plan_request {
	const char *workloads;		/* comma-separated globs, NULL: PLAN_WORKLOADS */
	const char *const *params;	/* "k=v", nparams of them */
	int nparams;
	const char *cores;		/* "1,2,4,max" or "1-4", NULL: "1" */
	const char *const *places;	/* nplaces of them; none: compact */
	int nplaces;
	unsigned int children;		/* 1 << enum child_place of those wanted; 0: same */
	const char *const *arms;	/* "NAME[:k=v,...]", none: one arm "run" */
	int narms;
	uint64_t seed;			/* at most SEED_MAX */
};

struct plan {
	struct plan_arm *arms;
	int narms;
	struct plan_cell *cells; /* by workload, then place, then number of cores */
	int ncells;
	uint64_t seed;
};

/*
 * Expands REQUEST. 0, or -STATUS_USAGE with the name, the value and what would be right:
 * a glob that matches nothing, a parameter that none of the workloads has (with the
 * nearest name), a value out of range or given twice, a core count above what the place
 * has, two arms of one name; or -STATUS_MACHINE. "max" is the number of CPUs that the
 * place gives. A workload, place or core count that comes up again is dropped.
 *
 * A parameter applies to those of the workloads that have it. warn() tells when an arm
 * thus changes nothing in a workload: its cells there compare like with like. OUT is for
 * plan_free() after success and failure.
 */
int plan_make(
	const struct plan_request *request, const struct topology *t, struct plan *out);
void plan_free(struct plan *plan);

/* One more cell: CELL with "k=v" set in it. 0, or negative after fail(). */
int plan_add_cell(struct plan *plan, int cell, const char *setting);

/* The parameters of a cell under an arm: the cell's, with the arm's on top. */
void plan_params(const struct plan *plan, int cell, int arm, struct param_values *out);

/*
 * The order of arms in one round: a random permutation of 0..narms-1 that depends on
 * nothing but the seed, the cell and the round, so that a run can be repeated or resumed.
 */
void plan_round_order(const struct plan *plan, int cell, uint64_t round, int *order);

/* The order in which a pass visits the cells: a random permutation of 0..ncells-1. */
void plan_pass_order(const struct plan *plan, uint64_t pass, int *order);

#endif
