/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a trace of processes that die to what happened in exit_mmap(): who tore an mm down,
 * how long that took, how long it waited for mmap_lock and held it, and who else had the
 * lock then. Pure computation on events in order of time.
 *
 * What is seen of exit_mmap() are the locks it takes: mmap_lock for read around the
 * unmapping (6.0 and later), then for write around the freeing of page tables and VMAs,
 * and the tracepoint mmap:exit_mmap before it releases that. dup_mmap, faults, exec and
 * exit_mm take the same lock; what is counted here is told from them by this order.
 */
#ifndef EXITBENCH_TEARDOWN_H
#define EXITBENCH_TEARDOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum trace_kind {
	TRACE_FORK,		/* other: the new task */
	TRACE_EXIT,		/* sched_process_exit */
	TRACE_EXIT_MMAP,
	TRACE_LOCK_START,	/* of mmap_lock: mm, write */
	TRACE_LOCK_ACQUIRED,	/* and success */
	TRACE_LOCK_RELEASED,
	TRACE_MARK_VICTIM,	/* of the OOM killer, other: the victim */
	TRACE_WAKE_REAPER,
	TRACE_START_REAPING,
	TRACE_FINISH_REAPING,
	TRACE_SKIP_REAPING,
	TRACE_KINDS,
};

struct trace_event {
	uint64_t ns;
	uint64_t mm;
	int32_t tid;		/* in whose context */
	int32_t other;
	uint8_t kind;
	bool write, success;
};

enum teardown_by {
	BY_CHILD,		/* the process whose mm it was: its first thread */
	BY_THREAD,		/* another thread of it */
	BY_PARENT,		/* fork failed: there never was a child */
	BY_EXEC,		/* the process itself, which has a new mm: execve() */
	BY_OTHER,		/* somebody who had pinned the mm: a reader of /proc, a reaper */
	TEARDOWN_BY,
};

/* What another task that took the mm's mmap_lock for read met: a reaper, process_mrelease(). */
enum meeting {
	MEET_NOBODY,		/* no such task was seen with the lock: ESRCH, or too late */
	MEET_BEFORE,		/* it had released the lock before exit_mmap() began */
	MEET_OVERLAP,		/* both held the lock for read */
	MEET_WRITER_WAITED,	/* and exit_mmap() had to wait for it to get the write lock */
	MEET_AFTER,		/* it got the lock only after exit_mmap() was done */
	MEETINGS,
};

struct teardown {
	uint64_t mm;
	int32_t owner;		/* the process whose mm it was; of BY_PARENT the parent */
	int32_t tid;		/* who tore it down */
	enum teardown_by by;
	bool early;		/* the early return: nothing was mapped, no mmap:exit_mmap */
	bool read_locked;	/* the read lock was seen (6.0 and later) */
	uint64_t forked, marked, exited;	/* ns: made, an OOM victim, dying; 0: not seen */
	uint64_t begin, end;	/* ns: from the first lock wanted to the last released */
	uint64_t read_wait, read_hold, write_wait, write_hold;	/* ns */
	enum meeting meeting;
	int32_t met;		/* with whom */
	uint64_t met_released;	/* ns: the end of their lock that `meeting` is of */
};

struct teardowns {
	struct teardown *v;
	size_t n;
	size_t oom[TRACE_KINDS];	/* events of the OOM killer and reaper about them, by kind */
};

/*
 * Finds the teardowns of all mms that ROOTS (process ids) and their descendants made.
 * EVENTS are in order of time. 0, or -1 without memory. For teardowns_free().
 */
int teardowns_find(const struct trace_event *events, size_t n, const int32_t *roots, size_t nroots,
	struct teardowns *out);
void teardowns_free(struct teardowns *t);

#endif
