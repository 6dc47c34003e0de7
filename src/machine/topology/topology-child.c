/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where children of a worker go. */
#include "config.h"
#include "base/fail.h"
#include "machine/topology/topology-priv.h"

const char *const child_place_names[] = { "same", "smt", "core", "node", NULL };

static bool contains(const int *list, int n, int cpu)
{
	while (n--)
		if (list[n] == cpu)
			return true;
	return false;
}

static bool share_node(const struct topology *t, int a, int b)
{
	hwloc_obj_t x = hwloc_get_pu_obj_by_os_index(t->hw, (unsigned int)a);
	hwloc_obj_t y = hwloc_get_pu_obj_by_os_index(t->hw, (unsigned int)b);

	return !x || !y || !x->nodeset || !y->nodeset ||
		hwloc_bitmap_intersects(x->nodeset, y->nodeset);
}

/* How well a thread suits a parent's children: 0 not at all. */
static int suits(const struct topology *t, enum child_place where, const struct thread *parent,
	const struct thread *child)
{
	bool near = share_node(t, parent->cpu, child->cpu);

	if (parent == child)
		return 0;
	switch (where) {
	case CHILD_SMT:
		return child->core == parent->core;
	case CHILD_CORE:
		return child->core == parent->core ? 0 : near ? 2 : 1;
	case CHILD_NODE:
		return !near;
	default:
		return 0;
	}
}

/* The CPU that suits best; free ones first. -1: none. */
static int choose(const struct topology *t, enum child_place where, int parent, const int *cpus,
	int n, const int *given, int ngiven)
{
	int best = -1, most = 0;

	for (int i = 1; i < t->nthreads; i++) {
		const struct thread *c = &t->threads[(parent + i) % t->nthreads];
		int worth = 4 * suits(t, where, &t->threads[parent], c);

		if (!worth)
			continue;
		worth += 2 * !contains(cpus, n, c->cpu) + !contains(given, ngiven, c->cpu);
		if (worth > most) {
			most = worth;
			best = c->cpu;
		}
	}
	return best;
}

int topology_child_cpus(const struct topology *t, enum child_place where, const int *cpus, int n,
	int *out)
{
	static const char *const missing[CHILD_PLACES] = {
		[CHILD_SMT] = "its core has no other thread that may be used",
		[CHILD_CORE] = "there is no other core that may be used",
		[CHILD_NODE] = "there is no other NUMA node with a CPU that may be used",
	};

	for (int i = 0; i < n; i++) {
		int parent = 0;

		while (parent < t->nthreads - 1 && t->threads[parent].cpu != cpus[i])
			parent++;
		out[i] = choose(t, where, parent, cpus, n, out, i);
		if (out[i] < 0)
			return fail(STATUS_MACHINE, "--child %s: CPU %d: %s", child_place_names[where],
				cpus[i], missing[where]);
	}
	return 0;
}
