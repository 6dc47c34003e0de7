/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Children that a memory cgroup's OOM killer kills, one after the other or, held before
 * their exit until the OOM reaper is at them, several at a time.
 *
 *	oom-victim exit CGROUP PAGES COUNT
 *	oom-victim reaped CGROUP PAGES COUNT PARALLEL
 *
 * CGROUP is a directory of the memory controller, v1 or v2, in which this makes a cgroup
 * for each child of a batch; what is left of them, its maker removes. Prints a line for each child,
 * in cycles: fork to reaped (exit), or from being let go to reaped (reaped).
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "contract/sys.h"

#define MOST_PARALLEL 64
#define SLACK_PAGES 512		/* that the limit is above the child's pages: its page tables */
#define PATIENCE_S 25		/* while nothing moves: the reaper sleeps 2 s since 5.18 */

static void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
static void die(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fprintf(stderr, "oom-victim: ");
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(3);
}

static int write_file(const char *dir, const char *file, const char *text)
{
	char path[4096];
	int fd, ok;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ok = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return ok ? 0 : -1;
}

/* What the kernel counts: oom_kill in memory.events (v2) or memory.oom_control (v1, 4.13). */
static long oom_kills(const char *dir)
{
	static const char *const files[] = { "memory.events", "memory.oom_control" };
	char path[4096], line[128];
	long n = -1;

	for (int i = 0; i < 2 && n < 0; i++) {
		FILE *f;

		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		f = fopen(path, "r");
		while (f && fgets(line, sizeof(line), f))
			if (!strncmp(line, "oom_kill ", 9))
				n = atol(line + 9);
		if (f)
			fclose(f);
	}
	return n;
}

/* A cgroup with room for PAGES, and none for swapping out. */
static void make_cgroup(char *dir, size_t size, const char *parent, int which, long pages)
{
	long bytes = (pages + SLACK_PAGES) * sysconf(_SC_PAGESIZE);
	char text[32];

	snprintf(dir, size, "%s/%d-%d", parent, (int)getpid(), which);
	if (mkdir(dir, 0755) && errno != EEXIST)
		die("%s: %s", dir, strerror(errno));
	snprintf(text, sizeof(text), "%ld", bytes);
	if (!write_file(dir, "memory.max", text)) {
		write_file(dir, "memory.swap.max", "0");
		return;
	}
	/* The one with swap may never be below the other. */
	write_file(dir, "memory.memsw.limit_in_bytes", "-1");
	if (write_file(dir, "memory.limit_in_bytes", text))
		die("%s/memory.limit_in_bytes: %s", dir, strerror(errno));
	write_file(dir, "memory.memsw.limit_in_bytes", text);
}

/* Goes into the cgroup and touches twice what it may have. */
static void be_victim(const char *dir, long pages, int gate)
{
	size_t page = sysconf(_SC_PAGESIZE), size = 2 * (pages + SLACK_PAGES) * page;
	volatile char *area;
	char byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	write_file("/proc/self", "oom_score_adj", "1000");
	if (write_file(dir, "cgroup.procs", "0")) {
		fprintf(stderr, "oom-victim: %s/cgroup.procs: %s\n", dir, strerror(errno));
		_exit(3);
	}
	area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		-1, 0);
	if (area == MAP_FAILED)
		_exit(4);
	madvise((void *)area, size, MADV_NOHUGEPAGE);
	if (gate >= 0 && read(gate, &byte, 1) < 0)
		_exit(5);
	for (size_t i = 0; i < size; i += page)
		area[i] = 1;
	_exit(6);	/* it should not come to this */
}

static void check_status(int status)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 6)
		die("a child was not killed: does the cgroup's limit hold? (memory.limit_in_bytes, "
		    "memory.max)");
	die("a child ended with %s %d", WIFSIGNALED(status) ? "signal" : "status",
		WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static void exit_one_by_one(const char *cgroup, long pages, long count)
{
	char dir[4096];
	long kills;

	make_cgroup(dir, sizeof(dir), cgroup, 0, pages);
	kills = oom_kills(dir);
	for (long i = 0; i < count; i++) {
		uint64_t start = arch_counter(), end;
		pid_t pid = fork();
		int status = 0;

		if (!pid)
			be_victim(dir, pages, -1);
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			die("fork or wait: %s", strerror(errno));
		end = arch_counter();
		check_status(status);
		printf("%" PRIu64 "\n", end - start);
	}
	if (kills >= 0 && oom_kills(dir) - kills != count)
		die("the kernel counts %ld OOM kills, not %ld", oom_kills(dir) - kills, count);
	rmdir(dir);
}

enum stage { STARTED, HELD, LET_GO, GONE };

struct victim {
	pid_t pid;
	enum stage stage;
	char dir[4096];
	long kills, anon;	/* resident pages that it had when it was killed */
	uint64_t start, end;	/* cycles: let go, reaped */
};

static void start_victim(struct victim *v, const char *cgroup, int which, long pages)
{
	int gate[2];

	make_cgroup(v->dir, sizeof(v->dir), cgroup, which, pages);
	v->kills = oom_kills(v->dir);
	v->stage = STARTED;
	v->anon = pages + SLACK_PAGES / 2;	/* the least, page tables taken off */
	if (pipe2(gate, O_CLOEXEC))
		die("pipe: %s", strerror(errno));
	v->pid = fork();
	if (v->pid < 0)
		die("fork: %s", strerror(errno));
	if (!v->pid) {
		close(gate[1]);
		be_victim(v->dir, pages, gate[0]);
	}
	if (ptrace(PTRACE_SEIZE, v->pid, NULL, (void *)(PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL)))
		die("ptrace: %s (see kernel.yama.ptrace_scope)", strerror(errno));
	close(gate[0]);
	close(gate[1]);		/* off it goes */
}

/* Resident pages of no file; the reaper makes them fewer. -1: gone. */
static long anon_of(pid_t pid)
{
	char path[64], text[128];
	long size, rss, shared;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/statm", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return sscanf(text, "%ld %ld %ld", &size, &rss, &shared) == 3 ? rss - shared : -1;
}

static void look_at(struct victim *v)
{
	int status;
	long anon;

	if (v->stage == HELD) {
		/* Counts lag by a few pages of each CPU. */
		if (anon_of(v->pid) > v->anon - v->anon / 64 - 64)
			return;
		v->start = arch_counter();
		if (ptrace(PTRACE_CONT, v->pid, NULL, NULL))
			die("ptrace: %s", strerror(errno));
		v->stage = LET_GO;
		return;
	}
	if (v->stage == GONE || waitpid(v->pid, &status, WNOHANG | __WALL) != v->pid)
		return;
	if (WIFSTOPPED(status)) {
		if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8)) {
			/*
			 * The reaper may have been before us, who waited for a CPU: then it has
			 * fewer by now than the cgroup has room for, and would never lose more.
			 */
			v->stage = HELD;
			anon = anon_of(v->pid);
			if (anon > v->anon)
				v->anon = anon;
		} else {
			ptrace(PTRACE_CONT, v->pid, NULL, (void *)(long)WSTOPSIG(status));
		}
		return;
	}
	v->end = arch_counter();
	v->stage = GONE;
	check_status(status);
	if (!v->start)
		die("a child was not held at its exit");
}

/* Watches from another CPU, if there is one: this must not get in the victims' way. */
static bool move_aside(void)
{
	cpu_set_t own, others;

	CPU_ZERO(&own);
	CPU_ZERO(&others);
	if (sched_getaffinity(0, sizeof(own), &own))
		return false;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (!CPU_ISSET(cpu, &own))
			CPU_SET(cpu, &others);
	return !sched_setaffinity(0, sizeof(others), &others);
}

/* That nobody can set. */
static time_t seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* Changes as long as a page is touched or taken, or a child gets on. */
static int64_t progress(const struct victim *v, int n)
{
	int64_t sum = 0;

	for (int i = 0; i < n; i++)
		sum += ((int64_t)v[i].stage << 40) + (v[i].stage == GONE ? 0 : anon_of(v[i].pid));
	return sum;
}

static void watch(struct victim *v, int n, bool aside)
{
	const struct timespec pause = { .tv_nsec = 100000 };
	time_t now, looked = 0, since = 0;
	int gone = 0, held = 0;
	int64_t was = -1, is;

	while (gone < n) {
		gone = held = 0;
		for (int i = 0; i < n; i++) {
			look_at(&v[i]);
			gone += v[i].stage == GONE;
			held += v[i].stage >= HELD;
		}
		now = seconds();
		if (now != looked) {
			looked = now;
			is = progress(v, n);
			if (is != was)
				since = now;
			was = is;
			if (now - since > PATIENCE_S)
				die("%d of %d children were OOM victims, %d died, and nothing moves "
				    "for %d s: does the OOM reaper come?", held, n, gone, PATIENCE_S);
		}
		if (!aside)
			nanosleep(&pause, NULL);
	}
}

static void reaped_batch(const char *cgroup, long pages, int n)
{
	static struct victim v[MOST_PARALLEL];
	cpu_set_t own;
	bool aside;

	memset(v, 0, sizeof(v));
	for (int i = 0; i < n; i++)
		start_victim(&v[i], cgroup, i, pages);
	sched_getaffinity(0, sizeof(own), &own);
	aside = move_aside();
	watch(v, n, aside);
	sched_setaffinity(0, sizeof(own), &own);
	for (int i = 0; i < n; i++) {
		if (v[i].kills >= 0 && oom_kills(v[i].dir) - v[i].kills != 1)
			die("the kernel counts %ld OOM kills, not 1", oom_kills(v[i].dir) - v[i].kills);
		rmdir(v[i].dir);
		printf("%" PRIu64 "\n", v[i].end - v[i].start);
	}
}

int main(int argc, char **argv)
{
	long pages = argc > 3 ? atol(argv[3]) : 0, count = argc > 4 ? atol(argv[4]) : 0;
	bool reaped = argc == 6 && !strcmp(argv[1], "reaped");
	long parallel = reaped ? atol(argv[5]) : 1;

	if (pages < 1 || count < 1 || parallel < 1 || parallel > MOST_PARALLEL ||
		(!reaped && (argc != 5 || strcmp(argv[1], "exit")))) {
		fprintf(stderr, "usage: oom-victim exit CGROUP PAGES COUNT\n"
			"       oom-victim reaped CGROUP PAGES COUNT PARALLEL\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	if (!reaped)
		exit_one_by_one(argv[2], pages, count);
	while (reaped && count > 0) {
		long n = count < parallel ? count : parallel;

		reaped_batch(argv[2], pages, (int)n);
		count -= n;
	}
	return 0;
}
