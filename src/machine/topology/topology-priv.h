/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What topology.c and cpuset.c share; nobody else includes this. */
#ifndef EXITBENCH_TOPOLOGY_PRIV_H
#define EXITBENCH_TOPOLOGY_PRIV_H

#include <hwloc.h>
#include "machine/topology/topology.h"

#define PLACES 4	/* with a name; PLACE_CPUSET has none */

/* One usable logical CPU. */
struct thread {
	int cpu;		/* OS number */
	int rank;		/* among its core's usable threads, from 0 */
	hwloc_obj_t core;	/* the PU itself where cores are not known */
};

struct topology {
	hwloc_topology_t hw;
	hwloc_bitmap_t usable;
	struct thread *threads;	/* in logical order */
	int nthreads;
};

/*
 * TEXT, as place_parse() describes it, as CPUS: an array with room for nthreads. Returns
 * how many, or -STATUS_USAGE.
 */
int cpuset_parse(const struct topology *t, const char *text, int *cpus);

#endif
