/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What has to be put back when we end, whatever way: a small process of its own session
 * waits for our end, kill -9 included, and puts it back.
 */
#ifndef EXITBENCH_GUARD_H
#define EXITBENCH_GUARD_H

struct guard;

/* Starts it. 0 or -STATUS_MACHINE. It sees the mounts that the caller has now. */
int guard_open(struct guard **out);

/*
 * What it will do, the last first; paths without line breaks, at most 4000 bytes in all.
 * Call these before the thing is done: putting back what is not there is no error.
 * 0, or -STATUS_MACHINE when it is gone.
 */
int guard_rmdir(struct guard *g, const char *path);
/* A cgroup and those in it: their processes are killed first. */
int guard_cgroup(struct guard *g, const char *path);
/* TEXT (its first line) goes into the file, if that still begins with WORD. */
int guard_write(struct guard *g, const char *path, const char *word, const char *text);

/*
 * Says that DIR, which was made, is in use: a descriptor, close-on-exec, until whose end nobody
 * else gets one; -1 when somebody has it, or it is gone. This is how what a killed run left is
 * told from what a run has made: by a lock, since the number of a process means nothing in
 * another pid namespace.
 */
int guard_claim(const char *dir);

/* Lets it do all of that now, and ends it. NULL is fine. */
void guard_close(struct guard *g);

#endif
