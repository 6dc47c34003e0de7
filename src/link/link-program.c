/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocks of workloads that are programs: started together, waited for, their samples read. */
#include "config.h"
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/fail.h"
#include "base/read-text.h"
#include "base/text-of.h"
#include "cell/params.h"
#include "contract/protocol.h"
#include "contract/ticks.h"
#include "link/link-program.h"
#include "link/link-start.h"
#include "link/link.h"
#include "link/shell-fork.h"
#include "machine/cgroup/memcg.h"
#include "process/child-setup.h"
#include "process/proc.h"
#include "process/signals.h"

#define MOST_WORDS 7

#define LEAST_HANG_LOOKS 2	/* seconds apart */

struct worker_area *program_area(void)
{
	size_t size = (area_size(0, LINK_CAPACITY) + CACHE_LINE - 1) & ~(size_t)(CACHE_LINE - 1);
	struct worker_area *a = aligned_alloc(CACHE_LINE, size);

	if (!a)
		return NULL;
	memset(a, 0, sizeof(*a));
	area_lay_out(a, 0, LINK_CAPACITY);
	return a;
}

/*
 * Where the program of this name is: in $EXITBENCH_LIBEXECDIR, below the directory of our
 * own executable (in a build tree), or where it was installed. malloc'ed; NULL after fail().
 */
static char *program_find(const char *name)
{
	const char *dir = secure_getenv("EXITBENCH_LIBEXECDIR");
	char own[PATH_MAX], *path;
	ssize_t n;

	if (dir) {
		path = text_of("%s/%s", dir, name);
		goto out;
	}
	n = readlink("/proc/self/exe", own, sizeof(own) - 1);
	own[n > 0 ? n : 0] = '\0';
	if (n > 0 && strrchr(own, '/')) {
		*strrchr(own, '/') = '\0';
		path = text_of("%s/programs/%s", own, name);
		if (!path || !access(path, X_OK))
			goto out;
		free(path);
	}
	path = text_of("%s/%s", PKGLIBEXECDIR, name);
	if (!path || !access(path, X_OK))
		goto out;
	fail(STATUS_MACHINE, "%s: %s (set EXITBENCH_LIBEXECDIR to its directory, or make install)",
		path, strerror(errno));
	free(path);
	return NULL;
out:
	if (!path)
		fail_nomem();
	return path;
}

/* The value that W's parameter of this name has in PARAM. */
static int64_t value_of(const struct workload *w, const int64_t *param, const char *name)
{
	int at = params_find(w, name, strlen(name));

	assert(at >= 0);
	return param[at];
}

static char *spawn_script(uint64_t count, bool fork)
{
	return text_of("i=0; while [ $i -lt %" PRIu64 " ]; do %s; i=$((i + 1)); done", count,
		fork ? "(/bin/true)" : "/bin/true");
}

char *program_note(const struct workload *w, const int64_t *param, char *text, size_t size)
{
	char *script = NULL, *shell = NULL;
	bool fork;

	*text = '\0';
	if (w->program != PROGRAM_SPAWN_TRUE)
		return text;
	fork = value_of(w, param, "fork");
	script = spawn_script(2, fork);
	shell = realpath("/bin/sh", NULL);
	if (script)
		snprintf(text, size, "fork=%d: /bin/sh, which is %s, starts its commands with %s",
			fork, shell ? shell : "unknown",
			shell_fork_name(shell_fork_of(script)));
	free(script);
	free(shell);
	return text;
}

void program_cgroup_close(struct program_cgroup *c)
{
	guard_close(c->guard);
	if (c->path)
		close(c->claim);
	free(c->path);
	memset(c, 0, sizeof(*c));
}

static int need_cgroup(struct program_cgroup *c)
{
	int err = c->guard ? 0 : guard_open(&c->guard);

	if (!err && !c->path)
		err = memcg_make(c->guard, &c->path, &c->claim);
	return err;
}

static bool is_oom(const struct workload *w)
{
	return w->program == PROGRAM_OOM_EXIT || w->program == PROGRAM_OOM_REAPED;
}

/* oom-victim exit|reaped CGROUP PAGES COUNT [PARALLEL] */
static int make_oom_command(const struct program_job *job, uint64_t count, char **argv)
{
	const struct workload *w = job->workload;
	const int64_t *param = job->request->param;
	bool reaped = w->program == PROGRAM_OOM_REAPED;
	int err = need_cgroup(job->cgroup);

	if (err)
		return err;
	argv[0] = program_find("oom-victim");
	if (!argv[0])
		return -STATUS_MACHINE;
	argv[1] = strdup(reaped ? "reaped" : "exit");
	argv[2] = strdup(job->cgroup->path);
	argv[3] = text_of("%" PRId64, value_of(w, param, "pages"));
	argv[4] = text_of("%" PRIu64, count);
	if (reaped)
		argv[5] = text_of("%" PRId64, value_of(w, param, "parallel"));
	return argv[1] && argv[2] && argv[3] && argv[4] && (argv[5] || !reaped) ? 0 : fail_nomem();
}

/* What to execute, NULL at its end; argv[0] is the file, too. For free_command(). */
static int make_command(const struct program_job *job, char *argv[MOST_WORDS])
{
	const struct workload *w = job->workload;
	const struct block_request *q = job->request;
	uint64_t count = q->lead_in + q->ops;

	if (w->program == PROGRAM_EXIT_TIME) {
		argv[0] = program_find(value_of(w, q->param, "static") ?
			"exit-time-static" : "exit-time");
		if (!argv[0])
			return -STATUS_MACHINE;
		argv[1] = text_of("%" PRIu64, count);
		return argv[1] ? 0 : fail_nomem();
	}
	if (is_oom(w))
		return make_oom_command(job, count, argv);
	argv[0] = strdup("/bin/sh");
	argv[1] = strdup("-c");
	argv[2] = spawn_script(count, value_of(w, q->param, "fork"));
	return argv[0] && argv[1] && argv[2] ? 0 : fail_nomem();
}

static void free_command(char *argv[MOST_WORDS])
{
	for (int i = 0; i < MOST_WORDS; i++)
		free(argv[i]);
}

/* In the new process: everything is ready before the gate opens, then exec. */
static void become_program(const struct program_job *job, const struct program_slot *s,
	char *const argv[], int gate, pid_t parent)
{
	char byte;

	child_begin(parent);
	if (topology_bind(job->topology, s->cpu) || child_stdio(-1, s->out))
		_exit(126);
	if (read(gate, &byte, 1))	/* ends when the controller closes its side */
		_exit(126);
	execv(argv[0], argv);
	dprintf(2, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static int start(const struct program_job *job, struct program_slot *slots, int n, char *argv[])
{
	pid_t self = getpid();
	int gate[2];

	if (pipe2(gate, O_CLOEXEC))
		return fail(STATUS_MACHINE, "pipe for %s: %s", job->workload->name, strerror(errno));
	for (int i = 0; i < n; i++) {
		slots[i].out = memfd_create(job->workload->name, MFD_CLOEXEC);
		slots[i].pid = slots[i].out < 0 ? -1 : fork();
		if (!slots[i].pid) {
			close(gate[1]);
			become_program(job, &slots[i], argv, gate[0], self);
		}
		if (slots[i].pid < 0) {
			fail(STATUS_MACHINE, "cannot start %s on CPU %d: %s%s", job->workload->name,
				slots[i].cpu, strerror(errno), start_limit(errno));
			slots[i].pid = 0;
			close(gate[0]);
			close(gate[1]);
			return -STATUS_MACHINE;
		}
		setpgid(slots[i].pid, slots[i].pid);
	}
	for (int i = 0; i < n; i++)
		slots[i].area->result.begin = clock_now(job->request->clock);
	close(gate[1]);
	close(gate[0]);
	return 0;
}

static int describe_end(const struct program_job *job, const struct program_slot *s, int status)
{
	char text[256] = "";
	off_t size = lseek(s->out, 0, SEEK_END);
	ssize_t n = pread(s->out, text, sizeof(text) - 1,
		size > (off_t)sizeof(text) - 1 ? size - (off_t)sizeof(text) + 1 : 0);
	char *line;

	text[n > 0 ? n : 0] = '\0';
	while (*text && text[strlen(text) - 1] == '\n')
		text[strlen(text) - 1] = '\0';
	line = strrchr(text, '\n');
	line = line ? line + 1 : text;
	if (WIFSIGNALED(status))
		return fail(STATUS_MACHINE, "%s on CPU %d was killed by signal %d (%s)",
			job->workload->name, s->cpu, WTERMSIG(status), strsignal(WTERMSIG(status)));
	return fail(STATUS_MACHINE, "%s on CPU %d ended with status %d: %s", job->workload->name,
		s->cpu, WEXITSTATUS(status), *line ? line : "it said nothing");
}

/* As check_place() of workers, while it has not been waited for. */
static int check_place(const struct program_job *job, const struct program_slot *s)
{
	cpu_set_t set;

	if (s->cpu >= CPU_SETSIZE || sched_getaffinity(s->pid, sizeof(set), &set) ||
		(CPU_COUNT(&set) == 1 && CPU_ISSET(s->cpu, &set)))
		return 0;
	return fail(STATUS_MACHINE, "%s on CPU %d was moved: that CPU was taken offline, or out of "
		"our cpuset, or someone set its affinity", job->workload->name, s->cpu);
}

/*
 * Waits for one that has ended, and kills what it left in its process group, whose number
 * cannot be another's before it is waited for. One whose CPU went away before it was bound to it
 * ends with a status, but the CPU is why.
 */
static int reap(const struct program_job *job, struct program_slot *s)
{
	int status, err = check_place(job, s);

	kill(-s->pid, SIGKILL);
	status = child_wait(s->pid);
	s->pid = 0;
	return WIFSIGNALED(status) || (status && !err) ? describe_end(job, s, status) : err;
}

/* Waits for those that have ended; how many still run, or negative. */
static int collect(const struct program_job *job, struct program_slot *slots, int n)
{
	int running = 0, err = 0;

	for (int i = 0; i < n; i++) {
		siginfo_t info = { 0 };
		int bad;

		if (!slots[i].pid)
			continue;
		if (!waitid(P_PID, slots[i].pid, &info, WEXITED | WNOHANG | WNOWAIT) && !info.si_pid) {
			running++;
			continue;
		}
		slots[i].ended = clock_now(job->request->clock);
		bad = reap(job, &slots[i]);
		err = err ? err : bad;
	}
	return err ? err : running;
}

/* Moves as long as the program does: what it printed, what its children have faulted in. */
static uint64_t progress(const struct program_slot *s)
{
	char path[64], text[512] = "";
	unsigned long long child_faults = 0;
	const char *p;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)s->pid);
	if (proc_is_ours())
		read_first_line(path, text, sizeof(text));
	p = strrchr(text, ')');
	if (p)
		sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %llu", &child_faults);
	return (uint64_t)lseek(s->out, 0, SEEK_END) + child_faults;
}

struct watch {
	uint64_t progress, since;
	int looks;
};

/* As check_hang() of workers: seconds without anything, and enough looks at it. */
static int check_hang(const struct program_job *job, const struct program_slot *slots, int n,
	struct watch *w)
{
	uint64_t now = monotonic_ns(), sum = 0;

	for (int i = 0; i < n; i++)
		sum += slots[i].pid ? progress(&slots[i]) : 0;
	if (sum != w->progress || !w->since) {
		*w = (struct watch){ sum, now, 0 };
		return 0;
	}
	if (++w->looks <= LEAST_HANG_LOOKS || (double)(now - w->since) <= job->hang * 1e9)
		return 0;
	return fail(STATUS_MACHINE, "%s hung: nothing for %g s; killed", job->workload->name,
		job->hang);
}

static int wait_for_all(const struct program_job *job, struct program_slot *slots, int n)
{
	struct watch watch = { 0 };
	int left;

	for (;;) {
		const struct timespec second = { .tv_sec = 1 };
		uint32_t seen = __atomic_load_n(job->event, __ATOMIC_ACQUIRE);
		long timeout;

		left = collect(job, slots, n);
		if (left <= 0)
			return left;
		if (signals_check())
			return -STATUS_INTERRUPTED;
		timeout = syscall(SYS_futex, job->event, FUTEX_WAIT, seen, &second, NULL, 0);
		if (timeout && errno == ETIMEDOUT) {
			int err = check_hang(job, slots, n, &watch);

			if (err)
				return err;
		}
	}
}

/*
 * What still runs is killed with its children, which are in its process group; it was not
 * waited for, so both numbers are its own.
 */
static void end(struct program_slot *slots, int n)
{
	for (int i = 0; i < n; i++) {
		if (slots[i].pid > 0) {
			kill(-slots[i].pid, SIGKILL);
			kill(slots[i].pid, SIGKILL);
			child_wait(slots[i].pid);
		}
		if (slots[i].out >= 0)
			close(slots[i].out);
		slots[i].pid = 0;
		slots[i].out = -1;
	}
}

/* A sample a line, in ticks of the counter; those of the lead-in come first. */
static int read_samples(const struct program_job *job, const struct program_slot *s)
{
	enum metric metric = job->workload->program == PROGRAM_OOM_EXIT ? METRIC_CYCLE : METRIC_EXIT;
	struct operation *op = area_operations(s->area);
	FILE *f = NULL;
	int fd = dup(s->out);
	uint64_t ticks, count = job->request->lead_in + job->request->ops, i;

	if (fd >= 0 && !lseek(fd, 0, SEEK_SET))
		f = fdopen(fd, "r");
	if (!f) {
		if (fd >= 0)
			close(fd);
		return fail(STATUS_MACHINE, "cannot read what %s wrote: %s", job->workload->name,
			strerror(errno));
	}
	for (i = 0; i < count && fscanf(f, "%" SCNu64, &ticks) == 1; i++)
		if (i >= job->request->lead_in)
			op[i - job->request->lead_in].metric[metric] = ticks;
	fclose(f);
	if (i == count)
		return 0;
	return fail(STATUS_MACHINE, "%s on CPU %d printed %" PRIu64 " samples of %" PRIu64,
		job->workload->name, s->cpu, i, count);
}

static int fill_result(const struct program_job *job, const struct program_slot *s)
{
	const struct block_request *q = job->request;
	struct block_result *r = &s->area->result;
	uint64_t mean;

	r->kind = BLOCK_OK;
	r->ops = q->ops;
	r->lead_in = q->lead_in;
	r->start = r->begin;
	r->end = r->finish = s->ended;
	/* All of its time is that of all operations: throughput is of the recorded share. */
	mean = (r->end - r->begin) / (q->lead_in + q->ops);
	r->start = r->end - mean * q->ops;
	for (uint64_t i = 0; i < q->ops; i++)
		area_operations(s->area)[i] = (struct operation){ .metric[METRIC_CYCLE] = mean };
	return job->workload->program == PROGRAM_SPAWN_TRUE ? 0 : read_samples(job, s);
}

int program_block(const struct program_job *job, struct program_slot *slots, int n)
{
	char *argv[MOST_WORDS] = { NULL };
	int err = 0;

	if (job->workload->program != PROGRAM_SPAWN_TRUE && job->request->clock != CLOCK_KIND_COUNTER)
		err = fail(STATUS_MACHINE, "%s counts cycles, but this kernel does not keep time by "
			"them: see current_clocksource", job->workload->name);
	if (!err)
		err = make_command(job, argv);

	for (int i = 0; i < n; i++) {
		memset(&slots[i].area->result, 0, sizeof(slots[i].area->result));
		slots[i].pid = 0;
		slots[i].out = -1;
	}
	if (!err)
		err = start(job, slots, n, argv);
	if (!err)
		err = wait_for_all(job, slots, n);
	for (int i = 0; i < n && !err; i++)
		err = fill_result(job, &slots[i]);
	end(slots, n);
	free_command(argv);
	return err;
}
