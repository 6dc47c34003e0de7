/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Before measuring: does a workload's child hold what the workload says it does? */
#include "config.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "link/check.h"
#include "process/proc.h"

#define BARE_VMAS 2		/* the image, and the area shared with the worker */
#define SLACK (128 << 10)	/* bytes of page tables and mapped pages that a bare child has */
#define MOST_VMAS 8192		/* whose flags are looked at: smaps is long */

struct check {
	const struct workload *workload;
	uint64_t want[HOLDINGS];	/* summed over the workers, for the counter */
};

static const struct {
	const char *file, *field;	/* in kB */
	const char *name;
	bool exact;
} fields[HOLDINGS] = {
	[HOLDS_VMAS] = { NULL, NULL, "VMAs", true },
	[HOLDS_ANON] = { "smaps_rollup", "Anonymous:", "bytes of anonymous memory", true },
	[HOLDS_HUGE] = { "smaps_rollup", "AnonHugePages:", "bytes of huge pages", true },
	[HOLDS_HUGETLB] = { "smaps_rollup", "Private_Hugetlb:", "bytes of hugetlb pages", true },
	[HOLDS_MAPPED] = { "status", NULL, "bytes of mapped file pages and shared memory", false },
	[HOLDS_LOCKED] = { "smaps_rollup", "Locked:", "bytes of locked memory", true },
	[HOLDS_COPIED] = { "smaps_rollup", "Private_Dirty:", "bytes of pages of its own", false },
	[HOLDS_SWAP] = { "smaps_rollup", "Swap:", "bytes in swap", false },
	[HOLDS_TABLES] = { "status", "VmPTE:", "bytes of page tables", false },
	[HOLDS_ACCOUNTED] = { NULL, NULL, "accounted VMAs", true },
	[HOLDS_THREADS] = { NULL, NULL, "other threads", true },
};

static FILE *open_proc(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return fopen(path, "re");
}

/* The number behind FIELD in a file of lines "field: number"; 0 where there is none. */
static int read_field(pid_t pid, const char *name, const char *field, uint64_t *value)
{
	FILE *f = open_proc(pid, name);
	char line[512];

	*value = 0;
	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, field, strlen(field)))
			*value = strtoull(line + strlen(field), NULL, 10);
	fclose(f);
	return 0;
}

/* How many lines of a file of PID are such. */
static int count_lines(pid_t pid, const char *name, bool (*such)(const char *line), uint64_t *n)
{
	FILE *f = open_proc(pid, name);
	char line[4352];

	*n = 0;
	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f))
		*n += such(line);
	fclose(f);
	return 0;
}

/* [vsyscall] is shown in every process, and is no VMA of it. */
static bool is_vma(const char *line)
{
	return !strstr(line, "[vsyscall]");
}

static bool is_accounted(const char *line)
{
	return !strncmp(line, "VmFlags:", 8) && strstr(line, " ac");
}

static int read_holding(pid_t pid, enum holding h, const uint64_t *holds, uint64_t *value)
{
	uint64_t shmem;
	int err;

	switch (h) {
	case HOLDS_VMAS:
		err = count_lines(pid, "maps", is_vma, value);
		*value -= *value < BARE_VMAS ? *value : BARE_VMAS;
		return err;
	case HOLDS_ACCOUNTED:
		*value = holds[h];
		return holds[HOLDS_VMAS] > MOST_VMAS ? 0 :
			count_lines(pid, "smaps", is_accounted, value);
	case HOLDS_MAPPED:		/* our executable is a memfd, or a file where it cannot */
		err = read_field(pid, "status", "RssShmem:", &shmem);
		err = err ? err : read_field(pid, "status", "RssFile:", value);
		*value = (*value + shmem) << 10;
		return err;
	case HOLDS_THREADS:
		err = read_field(pid, "status", "Threads:", value);
		*value -= *value > 0;
		return err;
	default:
		err = read_field(pid, fields[h].file, fields[h].field, value);
		*value <<= 10;
		return err;
	}
}

static bool as_wanted(enum holding h, uint64_t value, const struct block_result *r)
{
	uint64_t most = r->holds[h];

	if (h == HOLDS_SWAP || (h == HOLDS_COPIED && !most))
		most = UINT64_MAX;
	else if (!fields[h].exact)
		most += SLACK;
	else if (h == HOLDS_VMAS || h == HOLDS_ACCOUNTED)
		most += r->dose_vmas;
	return value >= r->holds[h] && value <= most;
}

/*
 * Of huge pages and of swap the kernel may give less than was asked for, without an error:
 * then the machine cannot. All else a child has when its calls succeed.
 */
static enum status why_not(const uint64_t *holds)
{
	return holds[HOLDS_HUGE] || holds[HOLDS_SWAP] ? STATUS_MACHINE : STATUS_FAULT;
}

/* After "its child holds 3 VMAs, not 4". */
static const char *what_to_do(const struct workload *w, enum status why)
{
	if (why == STATUS_MACHINE && w->remedy)
		return w->remedy;
	return "a fault of this workload, or a kernel that counts otherwise: please report it";
}

static int look(void *arg, pid_t pid, const struct block_result *r)
{
	struct check *c = arg;
	enum status why = why_not(r->holds);
	uint64_t value;

	for (int h = 0; h < HOLDINGS && c->workload->holds; h++) {
		c->want[h] += r->holds[h];
		if (h == HOLDS_COUNTED || r->hosted)
			continue;
		if (read_holding(pid, h, r->holds, &value))
			return fail(STATUS_MACHINE, "%s: cannot look at its child in /proc/%d: %s",
				c->workload->name, (int)pid, strerror(errno));
		if (!as_wanted(h, value, r))
			return fail(why, "%s: its child holds %" PRIu64 " %s, not %" PRIu64 "; %s",
				c->workload->name, value, fields[h].name, r->holds[h],
				what_to_do(c->workload, why));
	}
	return 0;
}

static bool can_look(void)
{
	static bool warned;
	bool can = proc_is_ours();

	if (!can && !warned)
		warn("no /proc of this pid namespace is mounted: what children hold is not checked");
	warned |= !can;
	return can;
}

uint64_t vmstat_read(const char *name)
{
	FILE *f = name ? fopen("/proc/vmstat", "re") : NULL;
	char line[256];
	uint64_t value = 0;

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, strlen(name)) && line[strlen(name)] == ' ')
			value = strtoull(line + strlen(name), NULL, 10);
	if (f)
		fclose(f);
	return value;
}

int check_workload(struct link *l, const struct link_order *order)
{
	struct check c = { .workload = order->workload };
	const char *counter = order->workload->counter;
	struct link_order o = *order;
	uint64_t before = vmstat_read(counter), rise;
	int err;

	o.request->check = 1;
	o.request->ops = 1;
	o.request->lead_in = 0;
	o.look = can_look() ? look : NULL;
	o.arg = &c;
	err = link_block(l, &o);
	o.request->check = 0;
	if (err || !counter)
		return err;
	rise = vmstat_read(counter) - before;
	if (rise < c.want[HOLDS_COUNTED])
		return fail(why_not(c.want), "%s: %s in /proc/vmstat rose by %" PRIu64 ", not by %"
			PRIu64 " or more: its child does not do what it should", c.workload->name,
			counter, rise, c.want[HOLDS_COUNTED]);
	return 0;
}
