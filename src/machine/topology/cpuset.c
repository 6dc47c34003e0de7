/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words and the sets of CPUs that users write; see place_parse(). hwloc's own parser of lists
 * drops the order, and takes "0-62:1/2" for 0-62, "5-3" for nothing, 4294967296 for 0; that of
 * objects is in its program hwloc-calc, not in the library.
 */
#include "config.h"
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "machine/topology/topology-priv.h"
#include "text/suggest.h"
#include "text/units.h"

const char *const place_names[PLACES + 1] = {
	[PLACE_COMPACT] = "compact",
	[PLACE_SCATTER] = "scatter",
	[PLACE_CORES] = "cores",
	[PLACE_SMT] = "smt",
};

struct list {
	const struct topology *t;
	const char *text;	/* all of it, for messages */
	int *cpus;
	int n;
};

static int refuse_syntax(const struct list *l)
{
	struct suggestion s;
	int i;

	suggest_start(&s, l->text);
	for (i = 0; i < PLACES; i++)
		suggest_offer(&s, place_names[i]);
	return fail(STATUS_USAGE,
		"--place %s: not a place%s; use compact, scatter, cores, "
		"smt or a set of CPUs such as 0-3,8 or core:0-3.pu:0 or 0xff",
		l->text, suggest_text(&s));
}

static int refuse_set(const struct list *l, const char *why, unsigned int cpu,
	hwloc_const_bitmap_t have)
{
	char sets[256];

	hwloc_bitmap_list_snprintf(sets, sizeof(sets), have);
	return fail(STATUS_USAGE, "--place %s: CPU %u %s %s", l->text, cpu, why, sets);
}

static int refuse_cpu(const struct list *l, unsigned int cpu)
{
	hwloc_topology_t hw = l->t->hw;

	if (hwloc_bitmap_isset(hwloc_topology_get_topology_cpuset(hw), cpu))
		return refuse_set(l, "is not allowed to this process by its cgroup or "
			"affinity, only:", cpu, l->t->usable);
	if (hwloc_bitmap_isset(hwloc_topology_get_complete_cpuset(hw), cpu))
		return fail(STATUS_USAGE,
			"--place %s: CPU %u is offline; bring it online "
			"with: echo 1 > /sys/devices/system/cpu/cpu%u/online",
			l->text, cpu, cpu);
	return refuse_set(l, "does not exist; this machine has", cpu,
		hwloc_topology_get_complete_cpuset(hw));
}

/* Duplicates are dropped, so N never exceeds the number of usable CPUs. */
static int add_cpu(struct list *l, unsigned int cpu)
{
	int i;

	if (!hwloc_bitmap_isset(l->t->usable, cpu))
		return refuse_cpu(l, cpu);
	for (i = 0; i < l->n; i++)
		if (l->cpus[i] == (int)cpu)
			return 0;
	l->cpus[l->n++] = (int)cpu;
	return 0;
}

struct range {
	uint64_t first, last, used, group;
};

/* The kernel's "a", "a-b" or "a-b:used/group". */
static bool scan_range(const char *item, struct range *r)
{
	*r = (struct range){ .used = 1, .group = 1 };
	if (!scan_u64(&item, &r->first))
		return false;
	r->last = r->first;
	if (*item == '-') {
		item++;
		if (!scan_u64(&item, &r->last))
			return false;
		if (*item == ':') {
			item++;
			if (!scan_u64(&item, &r->used) || *item++ != '/' ||
			    !scan_u64(&item, &r->group))
				return false;
		}
	}
	return !*item && r->first <= r->last && r->last <= INT_MAX && r->used &&
		r->used <= r->group;
}

static int add_range(struct list *l, const char *item)
{
	struct range r;
	int rc = 0;

	if (!scan_range(item, &r))
		return refuse_syntax(l);
	/* Group by group: of 0-449444441:1/44444442 there are eleven. */
	for (; !rc; r.first += r.group) {
		for (uint64_t i = 0; !rc && i < r.used && i <= r.last - r.first; i++)
			rc = add_cpu(l, (unsigned int)(r.first + i));
		if (r.last - r.first < r.group)
			break;
	}
	return rc;
}

static int add_mask(struct list *l)
{
	hwloc_bitmap_t set;
	int cpu, rc = 0;

	/* hwloc reads past what it does not understand. */
	if (l->text[strspn(l->text, "0123456789abcdefABCDEFx,")] ||
		strstr(l->text, ",,") || l->text[strlen(l->text) - 1] == ',')
		return refuse_syntax(l);
	set = hwloc_bitmap_alloc();
	if (!set)
		return fail_nomem();
	if (hwloc_bitmap_sscanf(set, l->text) || hwloc_bitmap_iszero(set))
		rc = refuse_syntax(l);
	for (cpu = hwloc_bitmap_first(set); !rc && cpu >= 0;
	     cpu = hwloc_bitmap_next(set, cpu))
		rc = add_cpu(l, (unsigned int)cpu);
	hwloc_bitmap_free(set);
	return rc;
}

/* All usable CPUs of SET, in logical order. */
static int add_object(struct list *l, hwloc_const_bitmap_t set)
{
	int i, found = 0;

	for (i = 0; i < l->t->nthreads; i++) {
		if (!hwloc_bitmap_isset(set, (unsigned int)l->t->threads[i].cpu))
			continue;
		found = 1;
		add_cpu(l, (unsigned int)l->t->threads[i].cpu);
	}
	return found ? 0 : refuse_cpu(l, (unsigned int)hwloc_bitmap_first(set));
}

struct indexes {
	uint64_t first, last, step;
};

/* What follows the colon, up to '.' or the end: N, N-M, N-, all, odd, even. */
static bool scan_indexes(const char **text, uint64_t count, struct indexes *ix)
{
	static const struct {
		const char *word;
		uint64_t first, step;
	} words[] = { { "all", 0, 1 }, { "odd", 1, 2 }, { "even", 0, 2 } };
	size_t i, len = strcspn(*text, ".");

	*ix = (struct indexes){ .last = count - 1, .step = 1 };
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (len == strlen(words[i].word) && !memcmp(*text, words[i].word, len)) {
			ix->first = words[i].first;
			ix->step = words[i].step;
			*text += len;
			return true;
		}
	if (!scan_u64(text, &ix->first))
		return false;
	if (**text != '-') {
		ix->last = ix->first;
		return true;
	}
	++*text;
	if (**text == '.' || !**text)
		return true;	/* to the last */
	return scan_u64(text, &ix->last) && ix->last >= ix->first;
}

/* "type:" at *TEXT as a depth of hwloc's tree. */
static bool scan_type(const struct list *l, const char **text, int *depth)
{
	size_t len = strcspn(*text, ":");
	hwloc_obj_type_t type;
	char name[16];

	if (!(*text)[len] || !len || len >= sizeof(name))
		return false;
	memcpy(name, *text, len);
	name[len] = '\0';
	if (hwloc_type_sscanf_as_depth(name, &type, l->t->hw, depth))
		return false;
	*text += len + 1;
	return *depth >= 0 || *depth == HWLOC_TYPE_DEPTH_NUMANODE;
}

/* "type:indexes" with more of them after a dot, each within the one before it. */
static int add_location(struct list *l, const char *item, hwloc_const_bitmap_t within)
{
	struct indexes ix;
	hwloc_obj_t obj;
	int depth, count, rc = 0;

	if (!scan_type(l, &item, &depth))
		return refuse_syntax(l);
	count = hwloc_get_nbobjs_inside_cpuset_by_depth(l->t->hw, within, depth);
	if (count < 0 || !scan_indexes(&item, (uint64_t)count, &ix) ||
	    (*item && *item != '.'))
		return refuse_syntax(l);
	if (!count || ix.first >= (uint64_t)count || ix.last >= (uint64_t)count)
		return fail(STATUS_USAGE,
			"--place %s: an index is too large; there are %d "
			"such objects, counted from 0",
			l->text, count);
	for (; !rc && ix.first <= ix.last; ix.first += ix.step) {
		obj = hwloc_get_obj_inside_cpuset_by_depth(l->t->hw, within, depth,
			(unsigned int)ix.first);
		rc = *item ? add_location(l, item + 1, obj->cpuset) :
			add_object(l, obj->cpuset);
	}
	return rc;
}

static int add_item(struct list *l, const char *item)
{
	if (*item >= '0' && *item <= '9')
		return add_range(l, item);
	return add_location(l, item, hwloc_topology_get_topology_cpuset(l->t->hw));
}

int cpuset_parse(const struct topology *t, const char *text, int *cpus)
{
	struct list l = { .t = t, .text = text, .cpus = cpus };
	char *copy, *rest, *item;
	int rc = 0;

	if (!strncmp(text, "0x", 2)) {
		rc = add_mask(&l);
		return rc ? rc : l.n;
	}
	copy = rest = strdup(text);
	if (!copy)
		return fail_nomem();
	while (!rc && (item = strsep(&rest, ",")))
		rc = add_item(&l, item);
	free(copy);
	return rc ? rc : l.n;
}
