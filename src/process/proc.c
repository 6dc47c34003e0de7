/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a process number is taken, and whether /proc is of our pid namespace. */
#include "config.h"
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "process/proc.h"

bool proc_is_gone(pid_t pid)
{
	int fd = pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;

	if (fd >= 0)
		close(fd);
	return fd < 0 && pid > 0 && errno == ESRCH;
}

bool proc_is_ours(void)
{
	char text[32];
	ssize_t n = readlink("/proc/self", text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	return atoi(text) == (int)getpid();
}

int usable_cpus(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) ? 1 : CPU_COUNT(&set);
}
