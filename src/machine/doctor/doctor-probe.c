/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listens to the machine for a second: interruptions, steal time, other programs. */
#include "config.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <gsl/gsl_sort.h>
#include "base/fail.h"
#include "base/read-text.h"
#include "machine/doctor/doctor.h"

#define GAP_NS 10000
#define GAPS_KEPT 8192	/* for the median; all are counted */

struct process {
	int pid;
	unsigned long ticks;
	char name[32];
};

struct processes {
	struct process *list;
	int n, size;
};

/* Time of all CPUs since boot, in USER_HZ ticks. */
struct ticks {
	double busy, steal, all;
};

static int64_t now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static void read_ticks(struct ticks *out)
{
	double t[8];
	char line[512];

	memset(out, 0, sizeof(*out));
	read_first_line("/proc/stat", line, sizeof(line));
	if (sscanf(line, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", &t[0], &t[1], &t[2], &t[3],
		    &t[4], &t[5], &t[6], &t[7]) == 8) {
		out->busy = t[0] + t[1] + t[2];
		out->steal = t[7];
		for (int i = 0; i < 8; i++)
			out->all += t[i];
	}
}

static int read_process(const char *pid, struct process *p)
{
	char path[64], line[512], *open, *close;
	unsigned long user, kernel;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	read_first_line(path, line, sizeof(line));
	close = strrchr(line, ')');
	open = close ? strchr(line, '(') : NULL;
	if (!open ||
		sscanf(close + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
			&user, &kernel) != 2)
		return -1;
	p->pid = atoi(pid);
	p->ticks = user + kernel;
	snprintf(p->name, sizeof(p->name), "%.*s", (int)(close - open - 1), open + 1);
	return 0;
}

static void read_processes(struct processes *all)
{
	struct process p, *bigger;
	struct dirent *entry;
	DIR *dir = opendir("/proc");

	while (dir && (entry = readdir(dir))) {
		if (!isdigit((unsigned char)entry->d_name[0]) ||
			read_process(entry->d_name, &p) || p.pid == getpid())
			continue;
		if (all->n == all->size) {
			all->size = all->size ? 2 * all->size : 256;
			bigger = reallocarray(all->list, all->size, sizeof(p));
			if (!bigger)
				break;
			all->list = bigger;
		}
		all->list[all->n++] = p;
	}
	if (dir)
		closedir(dir);
}

/*
 * Which process used most since BEFORE; one that is new used all of its time since.
 * Both lists are in the order of /proc, by pid.
 */
static void find_busiest(const struct processes *before, const struct processes *after,
	struct doctor_probe *out)
{
	unsigned long most = 0;
	int j = 0;

	for (int i = 0; i < after->n; i++) {
		const struct process *p = &after->list[i];
		unsigned long used = p->ticks;

		while (j < before->n && before->list[j].pid < p->pid)
			j++;
		if (j < before->n && before->list[j].pid == p->pid)
			used -= before->list[j].ticks < used ? before->list[j].ticks
							     : used;
		if (used <= most)
			continue;
		most = used;
		snprintf(out->busiest, sizeof(out->busiest), "%s", p->name);
	}
	out->busiest_pct = 100.0 * most / sysconf(_SC_CLK_TCK) / out->seconds;
}

/* Reads the clock until the time is over; a step above GAP_NS is time spent elsewhere. */
static void listen_for_gaps(double *gaps, double seconds, struct doctor_probe *out)
{
	int64_t start = now_ns(CLOCK_MONOTONIC), last = start, total = 0, longest = 0,
		now;
	int64_t end = start + (int64_t)(seconds * 1e9);
	int kept;

	while (last < end) {
		now = now_ns(CLOCK_MONOTONIC);
		if (now - last > GAP_NS) {
			if (out->gaps < GAPS_KEPT)
				gaps[out->gaps] = (double)(now - last);
			out->gaps++;
			total += now - last;
			longest = now - last > longest ? now - last : longest;
		}
		last = now;
	}
	out->seconds = (last - start) / 1e9;
	out->gap_pct = 100.0 * total / (last - start);
	out->gap_longest_us = longest / 1e3;
	kept = out->gaps < GAPS_KEPT ? out->gaps : GAPS_KEPT;
	gsl_sort(gaps, 1, (size_t)kept);
	out->gap_median_us = kept ? gaps[kept / 2] / 1e3 : 0;
}

/* Stays on the CPU we are on, so that moving to another is not taken for a gap. */
static int stay_here(cpu_set_t *old, int *cpu)
{
	cpu_set_t one;

	*cpu = sched_getcpu();
	if (*cpu < 0 || *cpu >= CPU_SETSIZE || sched_getaffinity(0, sizeof(*old), old))
		return fail(STATUS_MACHINE, "doctor: cannot tell the current CPU: %s",
			strerror(errno));
	CPU_ZERO(&one);
	CPU_SET(*cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		return fail(STATUS_MACHINE, "doctor: cannot stay on CPU %d: %s", *cpu,
			strerror(errno));
	return 0;
}

int doctor_probe(double seconds, struct doctor_probe *out)
{
	struct processes before = { 0 }, after = { 0 };
	double *gaps = calloc(GAPS_KEPT, sizeof(*gaps));
	int64_t own;
	struct ticks t0, t1;
	double others;
	cpu_set_t old;
	int ret;

	memset(out, 0, sizeof(*out));
	ret = gaps ? stay_here(&old, &out->cpu) : fail_nomem();
	if (ret)
		goto out;
	read_processes(&before);
	own = now_ns(CLOCK_PROCESS_CPUTIME_ID);
	read_ticks(&t0);
	listen_for_gaps(gaps, seconds, out);
	read_ticks(&t1);
	own = now_ns(CLOCK_PROCESS_CPUTIME_ID) - own;
	read_processes(&after);
	sched_setaffinity(0, sizeof(old), &old);
	if (t1.all > t0.all)
		out->steal_pct = 100 * (t1.steal - t0.steal) / (t1.all - t0.all);
	others = (t1.busy - t0.busy) / sysconf(_SC_CLK_TCK) - own / 1e9;
	out->others_pct = others > 0 ? 100 * others / out->seconds : 0;
	find_busiest(&before, &after, out);
out:
	free(before.list);
	free(after.list);
	free(gaps);
	return ret;
}
