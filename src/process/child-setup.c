/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a new process begins: its group, signals, standard files, and whose end ends it. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "process/child-setup.h"

void child_default_signals(void)
{
	const struct sigaction act = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, &act, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

void child_follow(pid_t parent, int sig)
{
	prctl(PR_SET_PDEATHSIG, sig);
	if (getppid() != parent)
		_exit(127);
}

void child_begin(pid_t parent)
{
	setpgid(0, 0);
	child_default_signals();
	child_follow(parent, SIGKILL);
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0 });
}

int child_stdio(int in, int out)
{
	int null = in < 0 || out < 0 ? open("/dev/null", O_RDWR) : -1;

	in = in < 0 ? null : in;
	out = out < 0 ? null : out;
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		return -1;
	if (null > 2)
		close(null);
	return 0;
}

int child_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}
