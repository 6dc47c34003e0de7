/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One guest's life: started as a process of QEMU, read record by record, ended. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/fail.h"
#include "base/search-path.h"
#include "lab/qemu/qemu-priv.h"
#include "process/child-setup.h"

#define QEMU "qemu-system-x86_64"
#define MOST_RECORD (256UL << 20)	/* bytes; more than any block has */

int qemu_find(void)
{
#ifndef __x86_64__
	return fail(STATUS_MACHINE, "exitbench lab has guests for x86-64 only so far");
#endif
	if (search_path_has(QEMU))
		return 0;
	return fail(STATUS_MACHINE, QEMU " is not installed: apt-get install qemu-system-x86");
}

static int memory_file(const char *name, int *fd)
{
	*fd = memfd_create(name, MFD_CLOEXEC);
	return *fd >= 0 ? 0 : fail(STATUS_MACHINE, "memfd_create for %s: %s", name, strerror(errno));
}

/* A copy above the standard files, kept over exec. */
static int hand_down(int fd)
{
	return fd < 0 ? -1 : fcntl(fd, F_DUPFD, 10);
}

/* In the new process. What it reports goes to its error file. */
static void become_qemu(const struct qemu *m, int initramfs, int line, pid_t parent)
{
	struct qemu_files files = { hand_down(initramfs), hand_down(m->out), hand_down(m->console),
		hand_down(line) };

	child_begin(parent);
	if (m->o.cpu >= 0) {
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET(m->o.cpu, &set);
		sched_setaffinity(0, sizeof(set), &set);
	}
	child_stdio(-1, m->errors);
	qemu_exec(QEMU, &m->o, &files);
	dprintf(2, QEMU ": %s\n", strerror(errno));
	_exit(127);
}

int qemu_start(const struct qemu_options *o, struct qemu **out)
{
	struct qemu *m = calloc(1, sizeof(*m));
	int line[2] = { -1, -1 }, err;
	pid_t self = getpid();

	if (!m)
		return fail_nomem();
	m->o = *o;
	m->out = m->console = m->errors = m->pidfd = m->line = -1;
	err = access(o->kernel, R_OK) ? fail(STATUS_USAGE, "%s: cannot read the kernel: %s",
		o->kernel, strerror(errno)) : memory_file("exitbench-guest", &m->out);
	if (!err)
		err = memory_file("exitbench-console", &m->console);
	if (!err)
		err = memory_file("exitbench-qemu", &m->errors);
	if (!err && o->line && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line))
		err = fail(STATUS_MACHINE, "socketpair for %s: %s", o->name, strerror(errno));
	if (err)
		goto undo;
	m->since = monotonic_ns();
	m->pid = fork();
	if (!m->pid)
		become_qemu(m, o->initramfs, line[1], self);
	if (m->pid > 0)
		m->pidfd = (int)syscall(SYS_pidfd_open, m->pid, 0);
	if (m->pidfd < 0)
		err = fail(STATUS_MACHINE, "cannot start %s for %s: %s", QEMU, o->name, strerror(errno));
undo:
	if (line[1] >= 0)
		close(line[1]);
	m->line = line[0];
	if (err)
		qemu_end(m);
	else
		*out = m;
	return err;
}

void qemu_end(struct qemu *m)
{
	const int fds[] = { m ? m->out : -1, m ? m->console : -1, m ? m->errors : -1,
		m ? m->pidfd : -1, m ? m->line : -1 };

	if (!m)
		return;
	/* Not yet waited for, so the pid cannot be another's. */
	if (m->pid > 0 && !m->ended) {
		kill(m->pid, SIGKILL);
		waitpid(m->pid, NULL, 0);
	}
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	free(m->buffer);
	free(m);
}

int qemu_pidfd(const struct qemu *m)
{
	return m->pidfd;
}

bool qemu_done(const struct qemu *m)
{
	return m->ended && m->complete;
}

int qemu_ask(struct qemu *m, uint32_t index)
{
	if (send(m->line, &index, sizeof(index), MSG_NOSIGNAL) == sizeof(index))
		return 0;
	return fail(STATUS_MACHINE, "the guest of %s does not listen any more: %s", m->o.name,
		strerror(errno));
}

/* What the guest has had of the CPU, in ns. */
static uint64_t cpu_ns(const struct qemu *m)
{
	struct timespec ts;
	clockid_t clock;

	if (clock_getcpuclockid(m->pid, &clock) || clock_gettime(clock, &ts))
		return 0;
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* SIZE bytes at the place where the reader is, or 0 when they are not there yet. */
static int take(struct qemu *m, uint64_t skip, void *to, size_t size)
{
	ssize_t n = pread(m->out, to, size, (off_t)(m->at + skip));

	return n == (ssize_t)size;
}

static int read_record(struct qemu *m, struct guest_record *head, const void **data)
{
	void *grown;

	if (!take(m, 0, head, sizeof(*head)))
		return 0;
	if (head->magic != GUEST_MAGIC || head->size > MOST_RECORD)
		return qemu_failed(m, "sends what is no record");
	if (head->size + 1 > m->room) {
		grown = realloc(m->buffer, head->size + 1);
		if (!grown)
			return fail_nomem();
		m->buffer = grown;
		m->room = head->size + 1;
	}
	if (head->size && !take(m, sizeof(*head), m->buffer, head->size))
		return 0;
	m->buffer[head->size] = '\0';
	m->at += sizeof(*head) + head->size;
	m->since = monotonic_ns();
	m->since_cpu = cpu_ns(m);
	m->spoke = true;
	*data = m->buffer;
	return 1;
}

/*
 * Seconds of silence. On a busy host a guest may wait long for the CPU, so that counts which
 * it has used; one that uses none counts a tenth.
 */
static double silent_for(const struct qemu *m)
{
	double wall = (double)(monotonic_ns() - m->since) / 1e9;
	double cpu = (double)(cpu_ns(m) - m->since_cpu) / 1e9;

	return cpu > wall / 10 ? cpu : wall / 10;
}

static void look_for_end(struct qemu *m)
{
	siginfo_t info = { 0 };

	if (m->ended || waitid(P_PID, m->pid, &info, WEXITED | WNOHANG) || !info.si_pid)
		return;
	m->ended = true;
	m->by_signal = info.si_code != CLD_EXITED;
	m->status = info.si_status;
}

static int ended_early(struct qemu *m)
{
	char what[64];

	if (m->by_signal)
		snprintf(what, sizeof(what), "was killed by signal %d (%s)", m->status,
			strsignal(m->status));
	else if (m->spoke)
		snprintf(what, sizeof(what), "ended before its plan did");
	else
		snprintf(what, sizeof(what), "ended before it had begun");
	return qemu_failed(m, what);
}

int qemu_next(struct qemu *m, struct guest_record *head, const void **data)
{
	double silent, limit = m->spoke ? m->o.limit : m->o.start_limit;
	char what[64];
	int got;

	/* First: whatever it wrote before it ended is there then. */
	look_for_end(m);
	got = read_record(m, head, data);
	if (got > 0 && head->kind == GUEST_ERROR)
		return qemu_failed(m, (const char *)*data);
	if (got > 0 && head->kind == GUEST_END)
		m->complete = true;
	if (got)
		return got;
	if (m->ended)
		return m->complete ? 0 : ended_early(m);
	silent = silent_for(m);
	if (limit <= 0 || silent <= limit)
		return 0;
	snprintf(what, sizeof(what), "hung: nothing from it in %.0f s of CPU time%s", silent,
		m->spoke ? "" : " after its start");
	return qemu_failed(m, what);
}
