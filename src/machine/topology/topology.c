/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's CPUs as hwloc sees them, those that we may use, and the orders of --place. */
#include "config.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "machine/topology/topology-priv.h"

/* hwloc falls back to this machine when one of its variables is no good. */
static int check_sources(const struct topology *t)
{
	static const char *const names[] = {
		"HWLOC_SYNTHETIC", "HWLOC_XMLFILE", "HWLOC_FSROOT",
	};
	const char *value;
	size_t i;

	if (!topology_is_this_system(t) || getenv("HWLOC_THISSYSTEM"))
		return 0;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		value = getenv(names[i]);
		if (value && *value && strcmp(value, "/"))
			return fail(STATUS_MACHINE, "%s=%s: hwloc cannot use it; correct "
				"or unset it", names[i], value);
	}
	return 0;
}

/* Online, allowed by the cgroup and, on this machine, in the affinity of this thread. */
static int find_usable(struct topology *t)
{
	hwloc_bitmap_t bound;
	int rc = 0;

	t->usable = hwloc_bitmap_dup(hwloc_topology_get_allowed_cpuset(t->hw));
	bound = hwloc_bitmap_alloc();
	if (!t->usable || !bound) {
		rc = fail_nomem();
		goto out;
	}
	hwloc_bitmap_and(t->usable, t->usable, hwloc_topology_get_topology_cpuset(t->hw));
	if (topology_is_this_system(t)) {
		if (hwloc_get_cpubind(t->hw, bound, HWLOC_CPUBIND_THREAD)) {
			rc = fail(STATUS_MACHINE, "cannot read the CPU affinity: %s",
				strerror(errno));
			goto out;
		}
		hwloc_bitmap_and(t->usable, t->usable, bound);
	}
	if (hwloc_bitmap_iszero(t->usable))
		rc = fail(STATUS_MACHINE, "no CPU is usable: the cgroup's cpuset and the "
			"affinity have none in common that is online");
out:
	hwloc_bitmap_free(bound);
	return rc;
}

static hwloc_obj_t core_of(const struct topology *t, hwloc_obj_t pu)
{
	hwloc_obj_t core = hwloc_get_ancestor_obj_by_type(t->hw, HWLOC_OBJ_CORE, pu);

	return core ? core : pu;
}

/* The threads of a core are neighbours in logical order. */
static int list_threads(struct topology *t)
{
	struct thread *th = calloc((size_t)hwloc_bitmap_weight(t->usable), sizeof(*th));
	hwloc_obj_t pu = NULL;

	if (!th)
		return fail_nomem();
	t->threads = th;
	while ((pu = hwloc_get_next_obj_by_type(t->hw, HWLOC_OBJ_PU, pu))) {
		if (!hwloc_bitmap_isset(t->usable, pu->os_index))
			continue;
		th->cpu = (int)pu->os_index;
		th->core = core_of(t, pu);
		if (t->nthreads && th[-1].core == th->core)
			th->rank = th[-1].rank + 1;
		t->nthreads++;
		th++;
	}
	return 0;
}

static int load(struct topology *t)
{
	int rc;

	if (hwloc_topology_init(&t->hw))
		return fail_nomem();
	/* The files of another machine do not go with the CPUID of this one. */
	if (getenv("HWLOC_FSROOT"))
		hwloc_topology_set_components(
			t->hw, HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST, "x86");
	/* All of the machine, to tell a CPU that is not allowed from one that is not. */
	if (hwloc_topology_set_flags(t->hw, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED) ||
	    hwloc_topology_load(t->hw))
		return fail(STATUS_MACHINE, "hwloc cannot read the topology: %s",
			strerror(errno));
	rc = check_sources(t);
	if (!rc)
		rc = find_usable(t);
	return rc ? rc : list_threads(t);
}

int topology_load(struct topology **out)
{
	struct topology *t = calloc(1, sizeof(*t));
	int rc;

	*out = NULL;
	if (!t)
		return fail_nomem();
	rc = load(t);
	if (rc)
		topology_free(t);
	else
		*out = t;
	return rc;
}

void topology_free(struct topology *t)
{
	if (!t)
		return;
	free(t->threads);
	hwloc_bitmap_free(t->usable);
	if (t->hw)
		hwloc_topology_destroy(t->hw);
	free(t);
}

bool topology_is_this_system(const struct topology *t)
{
	return hwloc_topology_is_thissystem(t->hw);
}

int topology_cpus(const struct topology *t)
{
	return t->nthreads;
}

int topology_xml(const struct topology *t, char **xml)
{
	char *buf;
	int len;

	if (hwloc_topology_export_xmlbuffer(t->hw, &buf, &len, 0))
		return fail(STATUS_MACHINE, "hwloc cannot write the topology: %s",
			strerror(errno));
	*xml = strdup(buf);
	hwloc_free_xmlbuffer(t->hw, buf);
	return *xml ? 0 : fail_nomem();
}

int place_parse(const struct topology *t, const char *text, struct place_spec *out)
{
	struct place_spec spec = { .policy = PLACE_CPUSET };
	int *cpus, n, i;

	for (i = 0; i < PLACES; i++)
		if (!strcmp(text, place_names[i])) {
			*out = (struct place_spec){ .policy = (enum place)i };
			return 0;
		}
	spec.cpuset = strdup(text);
	if (!spec.cpuset)
		return fail_nomem();
	n = topology_order(t, &spec, &cpus);
	if (n < 0) {
		place_clear(&spec);
		return n;
	}
	free(cpus);
	*out = spec;
	return 0;
}

void place_clear(struct place_spec *spec)
{
	free(spec->cpuset);
	*spec = (struct place_spec){ .policy = PLACE_COMPACT };
}

const char *place_name(const struct place_spec *spec)
{
	return spec->policy == PLACE_CPUSET ? spec->cpuset : place_names[spec->policy];
}

static bool has_smt(const struct topology *t, int i)
{
	return t->threads[i].rank > 0 ||
		(i + 1 < t->nthreads && t->threads[i + 1].core == t->threads[i].core);
}

static int order_filtered(const struct topology *t, enum place policy, int *cpus)
{
	int i, n = 0;

	for (i = 0; i < t->nthreads; i++) {
		if (policy == PLACE_CORES && t->threads[i].rank)
			continue;
		if (policy == PLACE_SMT && !has_smt(t, i))
			continue;
		cpus[n++] = t->threads[i].cpu;
	}
	return n;
}

/* The child of OBJ with the fewest CPUs in USED, of those with any in LEFT. */
static hwloc_obj_t least_used_child(hwloc_obj_t obj, hwloc_const_bitmap_t left,
	hwloc_const_bitmap_t used, hwloc_bitmap_t scratch)
{
	hwloc_obj_t best = NULL;
	int weight, least = 0;
	unsigned int i;

	for (i = 0; i < obj->arity; i++) {
		if (!hwloc_bitmap_intersects(left, obj->children[i]->cpuset))
			continue;
		hwloc_bitmap_and(scratch, used, obj->children[i]->cpuset);
		weight = hwloc_bitmap_weight(scratch);
		if (!best || weight < least) {
			best = obj->children[i];
			least = weight;
		}
	}
	return best;
}

/* hwloc_distrib() spreads a known number; this order has every prefix spread. */
static int order_scattered(const struct topology *t, int *cpus)
{
	hwloc_bitmap_t left = hwloc_bitmap_alloc(), used = hwloc_bitmap_alloc();
	hwloc_bitmap_t scratch = hwloc_bitmap_alloc();
	hwloc_obj_t obj;
	int rank, i, n = 0;

	if (!left || !used || !scratch)
		n = fail_nomem();
	for (rank = 0; n >= 0 && n < t->nthreads; rank++) {
		for (i = 0; i < t->nthreads; i++)
			if (t->threads[i].rank == rank)
				hwloc_bitmap_set(left, (unsigned int)t->threads[i].cpu);
		while (!hwloc_bitmap_iszero(left)) {
			obj = hwloc_get_root_obj(t->hw);
			while (obj->type != HWLOC_OBJ_PU)
				obj = least_used_child(obj, left, used, scratch);
			hwloc_bitmap_clr(left, obj->os_index);
			hwloc_bitmap_set(used, obj->os_index);
			cpus[n++] = (int)obj->os_index;
		}
	}
	hwloc_bitmap_free(left);
	hwloc_bitmap_free(used);
	hwloc_bitmap_free(scratch);
	return n;
}

int topology_order(const struct topology *t, const struct place_spec *spec, int **cpus)
{
	int *list = calloc((size_t)t->nthreads, sizeof(*list));
	int n;

	if (!list)
		return fail_nomem();
	if (spec->policy == PLACE_CPUSET)
		n = cpuset_parse(t, spec->cpuset, list);
	else if (spec->policy == PLACE_SCATTER)
		n = order_scattered(t, list);
	else
		n = order_filtered(t, spec->policy, list);
	if (n == 0)
		n = fail(STATUS_MACHINE,
			"--place %s: no core has two usable threads; switch "
			"SMT on (/sys/devices/system/cpu/smt/control) or use --place "
			"cores",
			place_name(spec));
	if (n < 0) {
		free(list);
		return n;
	}
	*cpus = list;
	return n;
}

static const struct thread *find_thread(const struct topology *t, int cpu)
{
	int i;

	for (i = 0; i < t->nthreads; i++)
		if (t->threads[i].cpu == cpu)
			return &t->threads[i];
	return NULL;
}

int topology_spare_cpu(const struct topology *t, const int *cpus, int n)
{
	const struct thread *th, *taken;
	int i, j, sibling = -1;
	bool near;

	for (i = t->nthreads - 1; i >= 0; i--) {
		th = &t->threads[i];
		near = false;
		for (j = 0; j < n && cpus[j] != th->cpu; j++) {
			taken = find_thread(t, cpus[j]);
			near |= taken && taken->core == th->core;
		}
		if (j < n)
			continue;
		if (!near)
			return th->cpu;
		if (sibling < 0)
			sibling = th->cpu;
	}
	return sibling;
}

int topology_bind(const struct topology *t, int cpu)
{
	hwloc_bitmap_t set;
	int rc = 0;

	if (!topology_is_this_system(t))
		return fail(STATUS_MACHINE,
			"cannot bind to CPU %d: the topology is not of "
			"this machine; unset HWLOC_SYNTHETIC, HWLOC_XMLFILE and "
			"HWLOC_FSROOT",
			cpu);
	if (!find_thread(t, cpu))
		return fail(STATUS_MACHINE,
			"cannot bind to CPU %d: it is not one that this "
			"process may use",
			cpu);
	set = hwloc_bitmap_alloc();
	if (!set)
		return fail_nomem();
	hwloc_bitmap_only(set, (unsigned int)cpu);
	if (hwloc_set_cpubind(t->hw, set, HWLOC_CPUBIND_THREAD))
		rc = fail(STATUS_MACHINE, "cannot bind to CPU %d: %s", cpu,
			strerror(errno));
	hwloc_bitmap_free(set);
	return rc;
}
