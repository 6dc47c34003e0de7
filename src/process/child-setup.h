/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a new process does first, between fork and exec or whatever else it is for. */
#ifndef EXITBENCH_CHILD_SETUP_H
#define EXITBENCH_CHILD_SETUP_H

#include <sys/types.h>

/* Each signal does what it does by default, and none is blocked. */
void child_default_signals(void);

/* SIG comes when PARENT, which forked us, ends; if it is gone already, so are we. */
void child_follow(pid_t parent, int sig);

/*
 * All that a program needs that we start: a process group of its own, as Ctrl-C is the
 * controller's to handle, signals by default, SIGKILL when PARENT ends, and no core file, which
 * would fall where nobody asked for it.
 */
void child_begin(pid_t parent);

/* Makes IN standard input, OUT standard output and error; -1: /dev/null. 0, or -1 and errno. */
int child_stdio(int in, int out);

/* Waits for the end of a child, whatever comes in between: its wait status, or -1. */
int child_wait(pid_t pid);

#endif
