/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a trace says of exit_mmap(): events as kernels write them, made up here. */
#include "config.h"
#include "tests/unit/unit.h"
#include "trace/teardown.h"

enum { WORKER = 100, CHILD = 200, THREAD = 201, OTHER = 300 };
enum { WORKER_MM = 0x1000, MM = 0x2000 };

#define MOST 4096
static struct trace_event events[MOST];
static size_t n;
static uint64_t now;

static void event(int kind, int tid, uint64_t mm, bool write, int other)
{
	assert_true(n < MOST);
	now += 10;
	events[n++] = (struct trace_event){ .ns = now, .mm = mm, .tid = tid, .other = other,
		.kind = kind, .write = write, .success = true };
}

static void lock(int tid, uint64_t mm, bool write)
{
	event(TRACE_LOCK_START, tid, mm, write, 0);
	event(TRACE_LOCK_ACQUIRED, tid, mm, write, 0);
}

static void unlock(int tid, uint64_t mm, bool write)
{
	event(TRACE_LOCK_RELEASED, tid, mm, write, 0);
}

static void locked(int tid, uint64_t mm, bool write)
{
	lock(tid, mm, write);
	unlock(tid, mm, write);
}

/* dup_mmap: the new lock is taken within the old one. */
static void dup_mmap(int tid, uint64_t from, uint64_t to)
{
	lock(tid, from, true);
	lock(tid, to, true);
	unlock(tid, to, true);
	unlock(tid, from, true);
}

static void fork_child(int child, uint64_t mm)
{
	dup_mmap(WORKER, WORKER_MM, mm);
	event(TRACE_FORK, WORKER, 0, false, child);
}

/* As since 6.0: for read, then for write. */
static void exit_mmap(int tid, uint64_t mm)
{
	locked(tid, mm, false);
	lock(tid, mm, true);
	event(TRACE_EXIT_MMAP, tid, mm, false, 0);
	unlock(tid, mm, true);
}

/* Since 6.16 the tracepoint comes before exit_mm, which takes the lock for read. */
static void die(int tid, uint64_t mm)
{
	event(TRACE_EXIT, tid, 0, false, 0);
	locked(tid, mm, false);
	exit_mmap(tid, mm);
}

static struct teardowns find(void)
{
	const int32_t roots[] = { WORKER };
	struct teardowns t;

	assert_int_equal(teardowns_find(events, n, roots, 1, &t), 0);
	n = 0;
	return t;
}

static void one_child(void **state)
{
	struct teardowns t;

	(void)state;
	fork_child(CHILD, MM);
	locked(CHILD, MM, true);	/* an mmap of its own */
	die(CHILD, MM);
	t = find();
	assert_int_equal(t.n, 1);
	assert_int_equal(t.v[0].by, BY_CHILD);
	assert_int_equal(t.v[0].owner, CHILD);
	assert_true(t.v[0].read_locked);
	assert_false(t.v[0].early);
	assert_int_equal(t.v[0].read_wait, 10);
	assert_int_equal(t.v[0].read_hold, 10);
	assert_int_equal(t.v[0].write_wait, 10);
	assert_int_equal(t.v[0].write_hold, 20);	/* the tracepoint lies within */
	assert_int_equal(t.v[0].end - t.v[0].begin, 60);
	assert_int_equal(t.v[0].meeting, MEET_NOBODY);
	teardowns_free(&t);
}

/* Before 6.16 sched_process_exit comes after exit_mm and all of exit_mmap. */
static void exit_tracepoint_last(void **state)
{
	struct teardowns t;

	(void)state;
	fork_child(CHILD, MM);
	locked(CHILD, MM, false);
	exit_mmap(CHILD, MM);
	event(TRACE_EXIT, CHILD, 0, false, 0);
	t = find();
	assert_int_equal(t.n, 1);
	assert_int_equal(t.v[0].by, BY_CHILD);
	assert_true(t.v[0].read_locked);
	assert_int_equal(t.v[0].end - t.v[0].begin, 60);
	teardowns_free(&t);
}

/* A variant that takes the write lock only: the read lock before it is exit_mm's. */
static void write_lock_only(void **state)
{
	struct teardowns t;

	(void)state;
	fork_child(CHILD, MM);
	event(TRACE_EXIT, CHILD, 0, false, 0);
	locked(CHILD, MM, false);
	lock(CHILD, MM, true);
	event(TRACE_EXIT_MMAP, CHILD, MM, false, 0);
	unlock(CHILD, MM, true);
	t = find();
	assert_int_equal(t.n, 1);
	assert_false(t.v[0].read_locked);
	assert_int_equal(t.v[0].end - t.v[0].begin, 30);
	teardowns_free(&t);
}

/* The same address again and again, the same pid too. */
static void reused(void **state)
{
	struct teardowns t;

	(void)state;
	for (int i = 0; i < 5; i++) {
		fork_child(CHILD, MM);
		die(CHILD, MM);
		locked(OTHER, MM, true);	/* somebody else's mm by now */
		locked(OTHER, MM, false);
	}
	t = find();
	assert_int_equal(t.n, 5);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(t.v[i].by, BY_CHILD);
		assert_int_equal(t.v[i].meeting, MEET_NOBODY);
	}
	teardowns_free(&t);
}

static void strangers(void **state)
{
	struct teardowns t;

	(void)state;
	lock(OTHER, 0x9000, true);
	lock(OTHER, MM, true);
	unlock(OTHER, MM, true);
	unlock(OTHER, 0x9000, true);
	event(TRACE_FORK, OTHER, 0, false, CHILD);
	die(CHILD, MM);
	t = find();
	assert_int_equal(t.n, 0);
	teardowns_free(&t);
}

/* A pid that was ours. */
static void pid_reused(void **state)
{
	struct teardowns t;

	(void)state;
	fork_child(CHILD, MM);
	die(CHILD, MM);
	event(TRACE_FORK, OTHER, 0, false, CHILD);
	event(TRACE_MARK_VICTIM, CHILD, 0, false, CHILD);
	locked(CHILD, 0x3000, true);
	die(CHILD, 0x3000);
	t = find();
	assert_int_equal(t.n, 1);
	assert_int_equal(t.v[0].by, BY_CHILD);
	assert_int_equal(t.oom[TRACE_MARK_VICTIM], 0);
	teardowns_free(&t);
}

static void last_thread(void **state)
{
	struct teardowns t;

	(void)state;
	fork_child(CHILD, MM);
	event(TRACE_FORK, CHILD, 0, false, THREAD);
	event(TRACE_EXIT, CHILD, 0, false, 0);
	locked(CHILD, MM, false);
	die(THREAD, MM);
	t = find();
	assert_int_equal(t.n, 1);
	assert_int_equal(t.v[0].by, BY_THREAD);
	assert_int_equal(t.v[0].tid, THREAD);
	assert_int_equal(t.v[0].owner, CHILD);
	assert_int_equal(t.v[0].meeting, MEET_NOBODY);	/* of itself */
	teardowns_free(&t);
}

static void reader_tears_down(void **state)
{
	struct teardowns t;

	(void)state;
	fork_child(CHILD, MM);
	locked(OTHER, MM, false);
	event(TRACE_EXIT, CHILD, 0, false, 0);
	locked(CHILD, MM, false);
	exit_mmap(OTHER, MM);
	t = find();
	assert_int_equal(t.n, 1);
	assert_int_equal(t.v[0].by, BY_OTHER);
	assert_int_equal(t.v[0].tid, OTHER);
	teardowns_free(&t);
}

static void exec(void **state)
{
	struct teardowns t;

	(void)state;
	fork_child(CHILD, MM);
	locked(CHILD, 0x3000, true);	/* the new mm */
	exit_mmap(CHILD, MM);
	die(CHILD, 0x3000);
	t = find();
	assert_int_equal(t.n, 2);
	assert_int_equal(t.v[0].by, BY_EXEC);
	assert_int_equal(t.v[1].by, BY_CHILD);
	teardowns_free(&t);
	/* vfork: there is no old mm. */
	event(TRACE_FORK, WORKER, 0, false, CHILD);
	locked(CHILD, 0x3000, true);
	die(CHILD, 0x3000);
	t = find();
	assert_int_equal(t.n, 1);
	assert_int_equal(t.v[0].by, BY_CHILD);
	teardowns_free(&t);
}

static void fork_fails(void **state)
{
	struct teardowns t;

	(void)state;
	dup_mmap(WORKER, WORKER_MM, MM);	/* failed before anything was copied */
	locked(WORKER, MM, false);
	locked(WORKER, MM, true);
	dup_mmap(WORKER, WORKER_MM, MM);	/* and with a partial tree */
	exit_mmap(WORKER, MM);
	fork_child(CHILD, MM);
	die(CHILD, MM);
	t = find();
	assert_int_equal(t.n, 3);
	assert_int_equal(t.v[0].by, BY_PARENT);
	assert_true(t.v[0].early);
	assert_int_equal(t.v[1].by, BY_PARENT);
	assert_false(t.v[1].early);
	assert_int_equal(t.v[2].by, BY_CHILD);
	teardowns_free(&t);
}

/* Where a reaper's read lock lies decides; one of each. */
static void meetings(void **state)
{
	struct teardowns t;

	(void)state;
	for (int kind = MEET_NOBODY; kind < MEETINGS; kind++) {
		fork_child(CHILD + kind, MM);
		if (kind == MEET_BEFORE)
			locked(OTHER, MM, false);
		event(TRACE_EXIT, CHILD + kind, 0, false, 0);
		locked(CHILD + kind, MM, false);
		if (kind == MEET_OVERLAP || kind == MEET_WRITER_WAITED)
			lock(OTHER, MM, false);
		locked(CHILD + kind, MM, false);	/* unmaps */
		if (kind == MEET_OVERLAP)
			unlock(OTHER, MM, false);
		event(TRACE_LOCK_START, CHILD + kind, MM, true, 0);
		if (kind == MEET_WRITER_WAITED)
			unlock(OTHER, MM, false);
		event(TRACE_LOCK_ACQUIRED, CHILD + kind, MM, true, 0);
		if (kind == MEET_AFTER)
			event(TRACE_LOCK_START, OTHER, MM, false, 0);
		event(TRACE_EXIT_MMAP, CHILD + kind, MM, false, 0);
		unlock(CHILD + kind, MM, true);
		if (kind == MEET_AFTER) {
			event(TRACE_LOCK_ACQUIRED, OTHER, MM, false, 0);
			unlock(OTHER, MM, false);
		}
	}
	t = find();
	assert_int_equal(t.n, MEETINGS);
	for (int kind = MEET_NOBODY; kind < MEETINGS; kind++) {
		assert_int_equal(t.v[kind].meeting, kind);
		assert_int_equal(t.v[kind].met, kind == MEET_NOBODY ? 0 : OTHER);
		assert_int_equal(t.v[kind].write_wait, kind == MEET_WRITER_WAITED ? 20 : 10);
	}
	teardowns_free(&t);
}

/* The reaper asks with trylock: no start, and it may fail. */
static void trylock(void **state)
{
	struct teardowns t;

	(void)state;
	fork_child(CHILD, MM);
	event(TRACE_MARK_VICTIM, CHILD, 0, false, CHILD);
	event(TRACE_LOCK_ACQUIRED, OTHER, MM, false, 0);
	events[n - 1].success = false;
	event(TRACE_START_REAPING, OTHER, 0, false, CHILD);
	event(TRACE_LOCK_ACQUIRED, OTHER, MM, false, 0);
	event(TRACE_FINISH_REAPING, OTHER, 0, false, CHILD);
	unlock(OTHER, MM, false);
	die(CHILD, MM);
	event(TRACE_SKIP_REAPING, OTHER, 0, false, OTHER);	/* not ours */
	t = find();
	assert_int_equal(t.n, 1);
	assert_int_equal(t.v[0].meeting, MEET_BEFORE);
	assert_true(t.v[0].marked > t.v[0].forked && t.v[0].marked < t.v[0].exited);
	assert_int_equal(t.oom[TRACE_MARK_VICTIM], 1);
	assert_int_equal(t.oom[TRACE_START_REAPING], 1);
	assert_int_equal(t.oom[TRACE_FINISH_REAPING], 1);
	assert_int_equal(t.oom[TRACE_SKIP_REAPING], 0);
	teardowns_free(&t);
}

/* A trace that ends in the middle, or begins there, or is nonsense. */
static void incomplete(void **state)
{
	struct teardowns t;
	uint64_t seed = 1;

	(void)state;
	fork_child(CHILD, MM);
	event(TRACE_EXIT, CHILD, 0, false, 0);
	locked(CHILD, MM, false);
	t = find();
	assert_int_equal(t.n, 0);
	teardowns_free(&t);
	die(CHILD, MM);
	t = find();
	assert_int_equal(t.n, 0);
	teardowns_free(&t);
	for (int i = 0; i < MOST; i++) {
		seed = seed * 6364136223846793005U + 1442695040888963407U;
		event(seed >> 33 & 7, WORKER + (seed >> 40 & 3), WORKER_MM + (seed >> 45 & 3),
			seed >> 50 & 1, WORKER + (seed >> 53 & 3));
	}
	t = find();
	for (size_t i = 0; i < t.n; i++)
		assert_true(t.v[i].end >= t.v[i].begin);
	teardowns_free(&t);
	t = find();	/* nothing at all */
	assert_int_equal(t.n, 0);
	teardowns_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_child),
		cmocka_unit_test(exit_tracepoint_last),
		cmocka_unit_test(write_lock_only),
		cmocka_unit_test(reused),
		cmocka_unit_test(strangers),
		cmocka_unit_test(pid_reused),
		cmocka_unit_test(last_thread),
		cmocka_unit_test(reader_tears_down),
		cmocka_unit_test(exec),
		cmocka_unit_test(fork_fails),
		cmocka_unit_test(meetings),
		cmocka_unit_test(trylock),
		cmocka_unit_test(incomplete),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
