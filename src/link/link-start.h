/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting and ending worker processes; used by link.c only. */
#ifndef EXITBENCH_LINK_START_H
#define EXITBENCH_LINK_START_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "contract/protocol.h"
#include "machine/topology/topology.h"

/* A copy of the worker's executable: a sealed memfd, or a nameless temporary file. */
struct image {
	int fd;
};

struct started_worker {
	int cpu;
	pid_t pid;
	struct worker_area *area;
	size_t size;
	struct image image;	/* its own, or fd -1 */
};

/* The executable, from inside ours or from $EXITBENCH_WORKER. 0 or -STATUS_MACHINE. */
int start_image(struct image *out);
void image_close(struct image *image);

/* A zeroed memfd of SIZE bytes, mapped: *fd is close-on-exec and at least 10. */
int start_shared_area(const char *name, size_t size, int *fd, void **area);

/*
 * Starts a worker on CPU. SHARED: the image all of them run, NULL for a copy of its own.
 * It dies with the thread that called this. 0 or -STATUS_MACHINE.
 */
int start_worker(const struct topology *t, int cpu, int group_fd, const struct image *shared,
	struct started_worker *out);

void start_kill(struct started_worker *w);

/* Waits a second for a worker that was told to quit, then kills it; frees its area. */
void start_end(struct started_worker *w, bool dead);

/* The limit that an errno points to, in parentheses behind a blank, or "". */
const char *start_limit(int error);

/* What a worker's exit status means. */
const char *start_failure(int status);

#endif
