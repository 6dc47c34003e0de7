/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes by their numbers, in /proc. */
#ifndef EXITBENCH_PROC_H
#define EXITBENCH_PROC_H

#include <stdbool.h>
#include <sys/types.h>

/* Nobody has this number (here: another pid namespace has its own); false for 0 and below. */
bool proc_is_gone(pid_t pid);

/*
 * Is there a /proc whose numbers are those of our processes? Without a mount there is none, and
 * in a pid namespace it may be that of the one outside, where they are somebody else's.
 */
bool proc_is_ours(void);

/* How many we may run on; 1 if that is not known. */
int usable_cpus(void);

#endif
