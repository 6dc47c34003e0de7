/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A tracing instance of our own in tracefs: opened, read, and taken away again. */
#include "config.h"
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "base/fail.h"
#include "process/child-setup.h"
#include "process/proc.h"
#include "trace/tracing.h"

#define MOUNT_POINT "/sys/kernel/tracing"
#define TRACEFS_MAGIC 0x74726163

static bool mounted(const char *path)
{
	struct statfs s;

	return !statfs(path, &s) && s.f_type == TRACEFS_MAGIC;
}

/* Where tracefs is, mounted if need be where nobody else sees it; NULL with errno. */
static const char *find_tracefs(void)
{
	static const char *const usual[] = { MOUNT_POINT, "/sys/kernel/debug/tracing" };

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (mounted(usual[i]))
			return usual[i];
	if (access(MOUNT_POINT, F_OK) || unshare(CLONE_NEWNS) ||
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		mount("exitbench", MOUNT_POINT, "tracefs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
		return NULL;
	return MOUNT_POINT;
}

void tracing_reach(void)
{
	if (!geteuid())
		find_tracefs();
}

/* The pid in the name of one of our instances, 0 if it is none. */
static pid_t maker(const char *name)
{
	size_t len = strlen(TRACING_INSTANCE);
	char *end;
	long pid;

	if (strncmp(name, TRACING_INSTANCE, len))
		return 0;
	pid = strtol(name + len, &end, 10);
	return *end || pid <= 0 || pid > INT_MAX ? 0 : (pid_t)pid;
}

/* In a process of its own, for the mount: removes what nobody owns, tells it on FD. */
static void repair(int fd)
{
	const char *dir = find_tracefs();
	char path[512];
	struct dirent *d;
	DIR *instances;

	if (!dir)
		_exit(0);
	snprintf(path, sizeof(path), "%s/instances", dir);
	instances = opendir(path);
	while (instances && (d = readdir(instances))) {
		int claim;

		/* Who has just made it may not have claimed it yet. */
		if (!proc_is_gone(maker(d->d_name)))
			continue;
		snprintf(path, sizeof(path), "%s/instances/%s", dir, d->d_name);
		claim = guard_claim(path);
		if (claim >= 0 && !rmdir(path))
			dprintf(fd, "%s\n", d->d_name);
		if (claim >= 0)
			close(claim);
	}
	_exit(0);
}

void tracing_repair(void)
{
	char line[128];
	int fds[2];
	pid_t pid;
	FILE *f;

	if (geteuid() || pipe(fds))
		return;
	pid = fork();
	if (!pid) {
		close(fds[0]);
		repair(fds[1]);
	}
	close(fds[1]);
	f = fdopen(fds[0], "r");
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		warn("removed the tracing instance %s of a run that was killed", line);
	}
	if (f)
		fclose(f);
	else
		close(fds[0]);
	if (pid > 0)
		child_wait(pid);
}

#ifdef HAVE_TRACEFS
#include <event-parse.h>
#include <tracefs.h>

#define SMALL_KB 64		/* buffers of the CPUs that are not ours */
#define MOST_KB 16384		/* of a CPU, and of all together */
#define ALL_KB 262144

static const struct {
	const char *system, *name;
	const char *other;	/* the field that is `other` */
} points[TRACE_KINDS] = {
	[TRACE_FORK] = { "sched", "sched_process_fork", "child_pid" },
	[TRACE_EXIT] = { "sched", "sched_process_exit", NULL },
	[TRACE_EXIT_MMAP] = { "mmap", "exit_mmap", NULL },
	[TRACE_LOCK_START] = { "mmap_lock", "mmap_lock_start_locking", NULL },
	[TRACE_LOCK_ACQUIRED] = { "mmap_lock", "mmap_lock_acquire_returned", NULL },
	[TRACE_LOCK_RELEASED] = { "mmap_lock", "mmap_lock_released", NULL },
	[TRACE_MARK_VICTIM] = { "oom", "mark_victim", "pid" },
	[TRACE_WAKE_REAPER] = { "oom", "wake_reaper", "pid" },
	[TRACE_START_REAPING] = { "oom", "start_task_reaping", "pid" },
	[TRACE_FINISH_REAPING] = { "oom", "finish_task_reaping", "pid" },
	[TRACE_SKIP_REAPING] = { "oom", "skip_task_reaping", "pid" },
};

struct tracing {
	struct tracefs_instance *instance;
	int claim;		/* see guard_claim() */
	struct tep_handle *tep;
	struct tep_event *event[TRACE_KINDS];	/* NULL: not in this kernel */
	struct tep_format_field *mm[TRACE_KINDS], *write[TRACE_KINDS], *success[TRACE_KINDS],
		*other[TRACE_KINDS];
};

static int load_formats(struct tracing *t, const char *dir)
{
	static const char *const systems[] = { "sched", "mmap", "mmap_lock", "oom", "ftrace", NULL };

	t->tep = tracefs_local_events_system(dir, systems);
	if (!t->tep)
		return fail(STATUS_MACHINE, "%s: the formats of its events cannot be read", dir);
	for (int k = 0; k < TRACE_KINDS; k++) {
		t->event[k] = tep_find_event_by_name(t->tep, points[k].system, points[k].name);
		if (!t->event[k])
			continue;
		t->mm[k] = tep_find_field(t->event[k], "mm");
		t->write[k] = tep_find_field(t->event[k], "write");
		t->success[k] = tep_find_field(t->event[k], "success");
		if (points[k].other)
			t->other[k] = tep_find_field(t->event[k], points[k].other);
	}
	return 0;
}

/* What the kernel looks at before it writes an event: the name of the current process. */
static char *make_filter(const char *const *names, int n)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	for (int i = 0; i < n; i++)
		fprintf(f, "%scomm ~ \"%s\"", i ? " || " : "", names[i]);
	if (fclose(f)) {
		free(text);
		return NULL;
	}
	return text;
}

static int enable(struct tracing *t, const char *const *names, int nnames)
{
	char *filter = make_filter(names, nnames);
	int err = 0;

	if (!filter)
		return fail_nomem();
	for (int k = 0; k < TRACE_KINDS && !err; k++) {
		if (!t->event[k])
			continue;
		/* The OOM killer's are few, and come from whoever was running. */
		if (strcmp(points[k].system, "oom") &&
			tracefs_event_file_write(t->instance, points[k].system, points[k].name,
				"filter", filter) < 0)
			err = fail(STATUS_MACHINE, "%s:%s: the kernel does not take the filter %s",
				points[k].system, points[k].name, filter);
		if (!err && tracefs_event_enable(t->instance, points[k].system, points[k].name))
			err = fail(STATUS_MACHINE, "%s:%s cannot be turned on: %s",
				points[k].system, points[k].name, strerror(errno));
	}
	free(filter);
	return err;
}

static int make_instance(struct tracing *t, const char *dir, const int *cpus, int ncpus,
	struct guard *guard)
{
	int kb = ncpus * MOST_KB > ALL_KB ? ALL_KB / ncpus : MOST_KB, err;
	char name[64], path[512];

	snprintf(name, sizeof(name), TRACING_INSTANCE "%d", (int)getpid());
	snprintf(path, sizeof(path), "%s/instances/%s", dir, name);
	err = guard_rmdir(guard, path);
	if (err)
		return err;
	t->instance = tracefs_instance_create(name);
	t->claim = t->instance ? guard_claim(path) : -1;
	if (t->claim < 0)
		return fail(STATUS_MACHINE, "%s: cannot be made: %s", path, strerror(errno));
	tracefs_trace_off(t->instance);
	if (tracefs_instance_file_write(t->instance, "trace_clock", "mono") < 0)
		return fail(STATUS_MACHINE, "%s: the kernel has no trace clock \"mono\"", path);
	tracefs_instance_set_buffer_size(t->instance, SMALL_KB, -1);
	for (int i = 0; i < ncpus; i++)
		if (tracefs_instance_set_buffer_size(t->instance, kb, cpus[i]))
			return fail(STATUS_MACHINE, "%s: no %d kB for the buffer of CPU %d", path, kb,
				cpus[i]);
	return 0;
}

int tracing_open(const char *const *names, int nnames, const int *cpus, int ncpus,
	struct guard *guard, struct tracing **out)
{
	const char *dir = geteuid() ? NULL : find_tracefs();
	struct tracing *t;
	int err;

	if (!dir)
		return fail(STATUS_MACHINE, "tracing: %s", geteuid() ? "needs root" :
			errno == ENODEV ? "this kernel has no tracefs (CONFIG_FTRACE)" :
			strerror(errno));
	t = calloc(1, sizeof(*t));
	if (!t)
		return fail_nomem();
	t->claim = -1;
	err = load_formats(t, dir);
	if (!err)
		err = make_instance(t, dir, cpus, ncpus, guard);
	if (!err)
		err = enable(t, names, nnames);
	if (err) {
		tracing_close(t);
		return err;
	}
	*out = t;
	return 0;
}

void tracing_close(struct tracing *t)
{
	if (!t)
		return;
	if (t->instance) {
		tracefs_trace_off(t->instance);
		tracefs_instance_destroy(t->instance);
		tracefs_instance_free(t->instance);
	}
	if (t->claim >= 0)
		close(t->claim);
	tep_free(t->tep);
	free(t);
}

bool tracing_has(const struct tracing *t, enum trace_kind kind)
{
	return t->event[kind];
}

int tracing_start(struct tracing *t)
{
	if (tracefs_instance_file_clear(t->instance, "trace") || tracefs_trace_on(t->instance))
		return fail(STATUS_MACHINE, "tracing cannot be started: %s", strerror(errno));
	return 0;
}

int tracing_stop(struct tracing *t)
{
	return tracefs_trace_off(t->instance) ?
		fail(STATUS_MACHINE, "tracing cannot be stopped: %s", strerror(errno)) : 0;
}

struct reading {
	struct tracing *t;
	struct trace_event *v;
	size_t n, room;
	bool nomem;
};

static uint64_t number(struct tep_format_field *field, const struct tep_record *r)
{
	unsigned long long value = 0;

	if (field)
		tep_read_number_field(field, r->data, &value);
	return value;
}

static int take_event(struct tep_event *event, struct tep_record *r, int cpu, void *arg)
{
	struct reading *rd = arg;
	struct tracing *t = rd->t;
	int k = 0;

	(void)cpu;
	while (k < TRACE_KINDS && t->event[k] != event)
		k++;
	if (k == TRACE_KINDS)
		return 0;
	if (rd->n == rd->room) {
		size_t room = rd->room ? 2 * rd->room : 4096;
		struct trace_event *grown = reallocarray(rd->v, room, sizeof(*grown));

		rd->nomem = !grown;
		if (!grown)
			return 1;
		rd->v = grown;
		rd->room = room;
	}
	rd->v[rd->n++] = (struct trace_event){
		.ns = r->ts,
		.mm = number(t->mm[k], r),
		.tid = tep_data_pid(t->tep, r),
		.other = (int32_t)number(t->other[k], r),
		.kind = (uint8_t)k,
		.write = number(t->write[k], r),
		.success = number(t->success[k], r),
	};
	return 0;
}

/* Events that were overwritten or dropped: "overrun: N" of each CPU. */
static uint64_t count_lost(struct tracing *t)
{
	char name[64], *text, *at;
	uint64_t lost = 0;

	for (int cpu = 0;; cpu++) {
		snprintf(name, sizeof(name), "per_cpu/cpu%d/stats", cpu);
		if (!tracefs_file_exists(t->instance, name)) {
			/* CPU numbers may have gaps, though hardly more than this. */
			if (cpu > sysconf(_SC_NPROCESSORS_CONF))
				return lost;
			continue;
		}
		text = tracefs_instance_file_read(t->instance, name, NULL);
		at = text ? strstr(text, "overrun: ") : NULL;
		lost += at ? strtoull(at + 9, NULL, 10) : 0;
		at = text ? strstr(text, "dropped events: ") : NULL;
		lost += at ? strtoull(at + 16, NULL, 10) : 0;
		free(text);
	}
}

int tracing_read(struct tracing *t, struct trace_event **events, size_t *n, uint64_t *lost)
{
	struct reading rd = { .t = t };

	*lost = count_lost(t);
	if (tracefs_iterate_raw_events(t->tep, t->instance, NULL, 0, take_event, &rd) < 0 &&
		!rd.nomem) {
		free(rd.v);
		return fail(STATUS_MACHINE, "the trace cannot be read: %s", strerror(errno));
	}
	if (rd.nomem) {
		free(rd.v);
		return fail_nomem();
	}
	/* They came merged by time. */
	*events = rd.v;
	*n = rd.n;
	return 0;
}
#else
int tracing_open(const char *const *names, int nnames, const int *cpus, int ncpus,
	struct guard *guard, struct tracing **out)
{
	(void)names, (void)nnames, (void)cpus, (void)ncpus, (void)guard, (void)out;
	return fail(STATUS_MACHINE, "tracing: exitbench was built without libtracefs "
		"(apt-get install libtracefs-dev libtraceevent-dev, then ./configure)");
}

void tracing_close(struct tracing *t)
{
	(void)t;
}

bool tracing_has(const struct tracing *t, enum trace_kind kind)
{
	(void)t, (void)kind;
	return false;
}

int tracing_start(struct tracing *t)
{
	(void)t;
	return 0;
}

int tracing_stop(struct tracing *t)
{
	(void)t;
	return 0;
}

int tracing_read(struct tracing *t, struct trace_event **events, size_t *n, uint64_t *lost)
{
	(void)t, (void)events, (void)n, (void)lost;
	return 0;
}
#endif
