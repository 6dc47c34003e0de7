/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a program of others in a group of its own, reads what it prints, and ends all of it. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/fail.h"
#include "base/search-path.h"
#include "process/child-setup.h"
#include "process/signals.h"
#include "process/tool-priv.h"
#include "process/tool.h"
#include "text/units.h"

#define POLL_MS 200
#define PATIENCE_NS (10 * NS_PER_S)	/* between asking it to end and killing it */
#define LINE_SIZE 4096

/* Settings of the kernel's makefiles, and of any make above us, are not to reach it. */
static void clean_environment(void)
{
	static const char *const kept[] = { "PATH", "HOME", "TMPDIR" };
	char *values[sizeof(kept) / sizeof(*kept)];

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		values[i] = getenv(kept[i]);
	clearenv();
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		if (values[i])
			setenv(kept[i], values[i], 1);
	setenv("LC_ALL", "C", 1);
	setenv("TZ", "UTC", 1);
}

static void kill_group(int sig)
{
	(void)sig;
	kill(0, SIGKILL);	/* its own group, see lead_group() */
}

static void run_tool(const char *const *argv, const char *dir, int in, int out)
{
	child_default_signals();
	if (child_stdio(in, out) || (dir && chdir(dir)))
		_exit(127);
	clean_environment();
	execvp(argv[0], (char *const *)argv);
	dprintf(2, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/*
 * Leads the group: when PARENT dies, all of it does. Asked to end it lets the tool do so, which
 * may have to tidy up.
 */
static void lead_group(pid_t parent, const char *const *argv, const char *dir, int in, int out)
{
	int status;
	pid_t pid;

	setpgid(0, 0);
	signal(SIGTERM, SIG_IGN);
	signal(SIGUSR1, kill_group);
	child_follow(parent, SIGUSR1);
	pid = fork();
	if (!pid)
		run_tool(argv, dir, in, out);
	/* Ends of pipes that somebody waits for. */
	syscall(SYS_close_range, 0, ~0U, 0);	/* not in every libc */
	status = pid > 0 ? child_wait(pid) : -1;
	_exit(status < 0 ? 127 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

int tool_spawn(const char *const *argv, const char *dir, int in, int out, pid_t *pid)
{
	pid_t parent = getpid();

	fflush(NULL);
	*pid = fork();
	if (*pid < 0)
		return fail(STATUS_MACHINE, "cannot start %s: %s", argv[0], strerror(errno));
	if (!*pid)
		lead_group(parent, argv, dir, in, out);
	setpgid(*pid, *pid);
	return 0;
}

int tool_reap(pid_t pid)
{
	siginfo_t info;
	int status;

	while (waitid(P_PID, pid, &info, WEXITED | WNOWAIT) && errno == EINTR)
		;
	kill(-pid, SIGKILL);	/* while the group's number cannot be another's */
	status = child_wait(pid);
	return status < 0 ? 255 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* What is being read from a tool. */
struct reading {
	const struct tool *t;
	pid_t pid;
	int fd;
	char line[LINE_SIZE];
	size_t at;
	uint64_t asked;		/* monotonic ns of asking it to end */
};

static void end_line(struct reading *r)
{
	r->line[r->at] = '\0';
	r->at = 0;
	if (r->t->line)
		r->t->line(r->t->arg, r->line);
}

/* False at the end. */
static bool read_some(struct reading *r)
{
	char buf[4096];
	ssize_t n = read(r->fd, buf, sizeof(buf));

	if (n <= 0)
		return n < 0 && errno == EINTR;
	if (r->t->log)
		fwrite(buf, 1, n, r->t->log);
	for (ssize_t i = 0; i < n; i++)
		if (buf[i] == '\n')
			end_line(r);
		else if (r->at < LINE_SIZE - 1)
			r->line[r->at++] = buf[i];
	return true;
}

static void end_if_interrupted(struct reading *r)
{
	uint64_t now = monotonic_ns();

	if (!signals_interrupted())
		return;
	if (!r->asked) {
		r->asked = now;
		/* Not waited for before tool_reap(): the group's number is still its own. */
		kill(-r->pid, SIGTERM);
	} else if (now - r->asked > PATIENCE_NS) {
		kill(-r->pid, SIGKILL);
	}
}

static void read_output(struct reading *r)
{
	struct pollfd p = { .fd = r->fd, .events = POLLIN };
	bool more = true;

	while (more) {
		if (poll(&p, 1, POLL_MS) > 0)
			more = read_some(r);
		end_if_interrupted(r);
		if (r->t->tick)
			r->t->tick(r->t->arg);
	}
	if (r->at)
		end_line(r);
}

int tool_run(const struct tool *t, int *status)
{
	struct reading r = { .t = t };
	int ends[2], err;

	if (signals_check())
		return -STATUS_INTERRUPTED;
	if (pipe2(ends, O_CLOEXEC))
		return fail(STATUS_MACHINE, "cannot make a pipe: %s", strerror(errno));
	err = tool_spawn(t->argv, t->dir, -1, ends[1], &r.pid);
	close(ends[1]);
	r.fd = ends[0];
	if (!err) {
		read_output(&r);
		*status = tool_reap(r.pid);
	}
	close(ends[0]);
	return err ? err : signals_check();
}

static void keep_first(void *arg, const char *line)
{
	char **first = arg;

	if (!*first)
		*first = strdup(line);
}

int tool_first_line(const char *const *argv, char **line)
{
	struct tool t = { .argv = argv, .line = keep_first, .arg = line };
	int status, err;

	*line = NULL;
	err = tool_run(&t, &status);
	if (!err && (status || !*line))
		err = fail(STATUS_MACHINE, "%s %s fails%s%s", argv[0], argv[1] ? argv[1] : "",
			*line ? ": " : "", *line ? *line : "");
	if (err) {
		free(*line);
		*line = NULL;
	}
	return err;
}

int tool_need(const char *name, const char *package, const char *why)
{
	if (search_path_has(name))
		return 0;
	return fail(STATUS_MACHINE, "%s is needed %s, and not installed: apt-get install %s", name,
		why, package);
}
