/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where workers may run: hwloc turned into ordered lists of logical CPUs.
 *
 * "Usable" CPUs are those that are online, allowed by the cgroup, and in the affinity of
 * the thread that called topology_load(). All orders are built of them only. "Logical
 * order" is hwloc's: by package, then NUMA node, shared cache, core and thread; among
 * siblings the one with the lowest CPU number first. On hybrid machines it therefore
 * starts with the kind of core that has the low numbers: performance cores on x86, often
 * the little ones on arm64.
 */
#ifndef EXITBENCH_TOPOLOGY_H
#define EXITBENCH_TOPOLOGY_H

#include <stdbool.h>

struct topology;

/* How the CPUs of a cell are picked; the first n of the order are used. */
enum place {
	PLACE_COMPACT,	/* logical order: a core's threads, then the next core */
	PLACE_SCATTER,	/* as far apart as possible: each next CPU is in the least used */
			/* package, there in the least used NUMA node, cache, core; no */
			/* second thread of a core before every core has one in use */
	PLACE_CORES,	/* the first usable thread of each core, in logical order */
	PLACE_SMT,	/* compact, but only cores with two or more usable threads */
	PLACE_CPUSET,	/* the CPUs the user listed, in the order listed */
};

struct place_spec {
	enum place policy;
	char *cpuset; /* for PLACE_CPUSET: the list as given, owned; else NULL */
};

/*
 * Loads the machine's topology. The hwloc environment variables (HWLOC_SYNTHETIC,
 * HWLOC_XMLFILE, HWLOC_FSROOT) are honoured, for tests; one that hwloc cannot use is an
 * error, not ignored. Returns 0, or -STATUS_MACHINE. Call it before the thread binds
 * itself. *out is NULL on failure.
 */
int topology_load(struct topology **out);
void topology_free(struct topology *t);	/* NULL is fine */

/* True when this describes the machine we run on (not synthetic, not a file). */
bool topology_is_this_system(const struct topology *t);

/* Number of usable logical CPUs; at least 1. */
int topology_cpus(const struct topology *t);

/* hwloc's XML of the whole topology; *xml is malloc'ed. Returns 0 or -STATUS_MACHINE. */
int topology_xml(const struct topology *t, char **xml);

/*
 * Parses --place: compact, scatter, cores, smt, or a set of CPUs in one of three ways:
 *
 *   "0-3,8", "0-62:1/2"	the kernel's list: OS numbers, in the order written
 *   "core:0-3.pu:0,core:8"	hwloc's objects, by logical index over the whole machine
 *				(disallowed CPUs included): N, N-M, N-, all, odd, even;
 *				of an object the usable CPUs are taken, in logical order
 *   "0xff", "0x1,0xffffffff"	hwloc's mask, by ascending OS number
 *
 * A CPU written twice counts once. Returns 0 or -STATUS_USAGE naming the value: not a
 * set, or with a CPU that does not exist, is offline or not allowed. On success SPEC is
 * for place_clear().
 */
int place_parse(const struct topology *t, const char *text, struct place_spec *out);
void place_clear(struct place_spec *spec);
/* The text that place_parse() takes back; borrowed. */
const char *place_name(const struct place_spec *spec);

/*
 * The order of CPUs for SPEC: *cpus is a malloc'ed array of OS CPU numbers, every one
 * usable by this process, none twice; returns how many, at least 1, or -STATUS_USAGE (as
 * place_parse()) or -STATUS_MACHINE (no core has SMT).
 */
int topology_order(const struct topology *t, const struct place_spec *spec, int **cpus);

/*
 * A CPU for the controller that is none of the N in CPUS and, if there is one, no SMT
 * sibling of them; the last such in logical order. -1 if all are taken.
 */
int topology_spare_cpu(const struct topology *t, const int *cpus, int n);

/* Where children go, seen from their parent's CPU. */
enum child_place {
	CHILD_SAME,	/* nowhere */
	CHILD_SMT,	/* another thread of its core */
	CHILD_CORE,	/* another core, of the same NUMA node if there is one */
	CHILD_NODE,	/* another NUMA node */
	CHILD_PLACES,
};

extern const char *const child_place_names[];	/* "same", ..., NULL at the end */
extern const char *const place_names[];		/* of policies: "compact", ..., the same */

/*
 * For each of the N usable CPUS the one its children go to: in logical order the first
 * behind it that neither a parent nor another's children have, else one that has; OUT has
 * room for N. 0, or -STATUS_MACHINE naming the CPU that has no such other. Not for
 * CHILD_SAME.
 */
int topology_child_cpus(const struct topology *t, enum child_place where, const int *cpus, int n,
	int *out);

/*
 * Binds the calling thread to one OS CPU. Returns 0 or -STATUS_MACHINE: not a usable CPU,
 * refused by the kernel, or the topology is not of this machine.
 */
int topology_bind(const struct topology *t, int cpu);

#endif
