/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a shell starts a command. */
#ifndef EXITBENCH_SHELL_FORK_H
#define EXITBENCH_SHELL_FORK_H

enum shell_fork {
	SHELL_FORK_UNKNOWN,	/* ptrace was refused, or it started no process */
	SHELL_FORK,		/* fork, or clone without CLONE_VFORK */
	SHELL_VFORK,		/* vfork, posix_spawn: the child has its parent's mm until exec */
};

/*
 * Lets /bin/sh run SCRIPT and watches, with ptrace, the first process that it starts.
 * Needs no privilege; takes a few ms.
 */
enum shell_fork shell_fork_of(const char *script);

/* "fork", "vfork" or "unknown"; constant. */
const char *shell_fork_name(enum shell_fork how);

#endif
