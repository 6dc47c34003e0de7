/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether /bin/sh starts its commands with fork or vfork: it is traced until it has. */
#include "config.h"
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>
#include "link/shell-fork.h"
#include "process/child-setup.h"

#define OPTIONS (PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL)

static void become_shell(const char *script, pid_t parent)
{
	/* It follows us: until it is traced, it would stand still for ever without us. */
	child_begin(parent);
	if (child_stdio(-1, -1) || ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		_exit(126);
	raise(SIGSTOP);
	execl("/bin/sh", "sh", "-c", script, (char *)NULL);
	_exit(127);
}

/* The new process is traced, too, and stops at once: it goes on without us. */
static void let_go(pid_t shell)
{
	unsigned long child = 0;

	if (ptrace(PTRACE_GETEVENTMSG, shell, NULL, &child))
		return;
	if (waitpid((pid_t)child, NULL, __WALL) == (pid_t)child)
		ptrace(PTRACE_DETACH, (pid_t)child, NULL, NULL);
}

/* From stop to stop until it has started a process, or has ended: *ended. */
static enum shell_fork watch(pid_t shell, bool *ended)
{
	long signal = 0;
	int status;

	for (;;) {
		if (ptrace(PTRACE_CONT, shell, NULL, (void *)signal) ||
			waitpid(shell, &status, 0) != shell)
			return SHELL_FORK_UNKNOWN;
		*ended = WIFEXITED(status) || WIFSIGNALED(status);
		if (*ended)
			return SHELL_FORK_UNKNOWN;
		signal = WSTOPSIG(status);
		switch (status >> 16) {
		case PTRACE_EVENT_VFORK:
			let_go(shell);
			return SHELL_VFORK;
		case PTRACE_EVENT_FORK:
		case PTRACE_EVENT_CLONE:
			let_go(shell);
			return SHELL_FORK;
		}
		if (signal == SIGTRAP)	/* exec */
			signal = 0;
	}
}

enum shell_fork shell_fork_of(const char *script)
{
	enum shell_fork how = SHELL_FORK_UNKNOWN;
	bool ended = false;
	pid_t self = getpid(), shell = fork();
	int status = 0;

	if (shell < 0)
		return how;
	if (!shell)
		become_shell(script, self);
	if (waitpid(shell, &status, 0) != shell || !WIFSTOPPED(status))
		return how;
	if (!ptrace(PTRACE_SETOPTIONS, shell, NULL, (void *)(uintptr_t)OPTIONS))
		how = watch(shell, &ended);
	if (ended)
		return how;
	/* Not waited for yet, so the number is still its own. */
	if (ptrace(PTRACE_DETACH, shell, NULL, NULL))
		kill(shell, SIGKILL);
	waitpid(shell, NULL, 0);
	return how;
}

const char *shell_fork_name(enum shell_fork how)
{
	static const char *const names[] = { [SHELL_FORK_UNKNOWN] = "unknown",
		[SHELL_FORK] = "fork", [SHELL_VFORK] = "vfork" };

	return names[how];
}
