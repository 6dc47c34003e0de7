/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tool.c and tool-hash.c share. */
#ifndef EXITBENCH_TOOL_PRIV_H
#define EXITBENCH_TOOL_PRIV_H

#include <sys/types.h>

/* Starts ARGV with these descriptors; IN of -1 is /dev/null. */
int tool_spawn(const char *const *argv, const char *dir, int in, int out, pid_t *pid);

/* Waits for its end, kills what is left of its group; its exit status as for tool_run(). */
int tool_reap(pid_t pid);

#endif
