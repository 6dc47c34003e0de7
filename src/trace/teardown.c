/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events of a trace as teardowns: of whose address space, by whom, how long, under which locks. */
#include <stdlib.h>
#include <string.h>
#include "trace/teardown.h"

/* One task's hold of an mm's lock, or its wish for one. */
struct episode {
	int32_t tid;
	bool write, held, done;
	uint64_t start, acquired, released;
};

#define KEPT 8			/* latest episodes of an mm */

/* One address, and the latest mm that had it: they are reused at once. */
struct mm {
	uint64_t address;
	int32_t owner;
	bool forked;		/* its process was seen to be made */
	bool closed;		/* torn down: what is taken from now on is of latecomers */
	size_t record;		/* in the teardowns, once there; else SIZE_MAX */
	struct episode last[KEPT];
	int n;			/* episodes so far; the latest is last[(n - 1) % KEPT] */
};

struct task {
	int32_t tid, leader;
	uint64_t forked, marked, exited;
	uint64_t copying;	/* the mm that a fork under way has made, 0 */
	uint64_t held;		/* the mm whose lock it holds for write, 0 */
};

struct finder {
	struct task *tasks;
	size_t ntasks, task_room;
	struct mm *mms;
	size_t nmms, mm_room;
	struct teardowns *out;
	size_t room;
	bool nomem;
};

static void *grow(struct finder *f, void *v, size_t *room, size_t n, size_t size)
{
	void *grown;

	if (n < *room)
		return v;
	grown = reallocarray(v, *room ? 2 * *room : 64, size);
	if (!grown) {
		f->nomem = true;
		return NULL;
	}
	*room = *room ? 2 * *room : 64;
	return grown;
}

/* The latest of this id: ids are reused, too. */
static struct task *find_task(struct finder *f, int32_t tid)
{
	for (size_t i = f->ntasks; i--;)
		if (f->tasks[i].tid == tid)
			return &f->tasks[i];
	return NULL;
}

static struct task *add_task(struct finder *f, int32_t tid, int32_t leader, uint64_t ns)
{
	struct task *grown = grow(f, f->tasks, &f->task_room, f->ntasks, sizeof(*grown));

	if (!grown)
		return NULL;
	f->tasks = grown;
	f->tasks[f->ntasks] = (struct task){ .tid = tid, .leader = leader, .forked = ns };
	return &f->tasks[f->ntasks++];
}

static struct mm *find_mm(struct finder *f, uint64_t address)
{
	for (size_t i = 0; i < f->nmms; i++)
		if (f->mms[i].address == address)
			return &f->mms[i];
	return NULL;
}

static struct mm *add_mm(struct finder *f)
{
	struct mm *grown = grow(f, f->mms, &f->mm_room, f->nmms, sizeof(*grown));

	if (!grown)
		return NULL;
	f->mms = grown;
	return &f->mms[f->nmms++];
}

/* A new mm, made by TASK, where there was none or one that is gone. */
static struct mm *new_mm(struct finder *f, struct mm *m, uint64_t address, const struct task *task)
{
	if (!m)
		m = add_mm(f);
	if (m)
		*m = (struct mm){ .address = address, .owner = task->leader, .record = SIZE_MAX };
	return m;
}

static struct episode *latest(struct mm *m, int back)
{
	return back < m->n && back < KEPT ? &m->last[(m->n - 1 - back) % KEPT] : NULL;
}

/* TID's latest episode that is not done. */
static struct episode *open_episode(struct mm *m, int32_t tid)
{
	for (int i = 0; i < KEPT && i < m->n; i++) {
		struct episode *e = latest(m, i);

		if (e->tid == tid && !e->done)
			return e;
	}
	return NULL;
}

/* TID's latest that was for read and is done, before one that is given. */
static struct episode *read_before(struct mm *m, const struct episode *write)
{
	bool seen = false;

	for (int i = 0; i < KEPT && i < m->n; i++) {
		struct episode *e = latest(m, i);

		if (e == write)
			seen = true;
		else if (seen && e->tid == write->tid)
			return e->write || !e->done ? NULL : e;
	}
	return NULL;
}

static int reads_since(struct mm *m, int32_t tid, uint64_t since)
{
	int n = 0;

	for (int i = 0; i < KEPT && i < m->n; i++) {
		struct episode *e = latest(m, i);

		n += e->tid == tid && !e->write && e->done && e->start >= since;
	}
	return n;
}

/*
 * The read lock of exit_mmap(), or NULL where it takes the write lock alone. A task that
 * dies takes it in exit_mm() first; where its exit was seen to begin, that one is known.
 */
static struct episode *exit_read_lock(struct finder *f, struct mm *m, const struct episode *write)
{
	const struct task *t = find_task(f, write->tid);

	if (t && t->exited && t->leader == m->owner && reads_since(m, write->tid, t->exited) == 1)
		return NULL;
	return read_before(m, write);
}

static enum teardown_by who(struct finder *f, const struct mm *m, int32_t tid)
{
	const struct task *t = find_task(f, tid);

	if (!t || t->leader != m->owner)
		return BY_OTHER;
	if (!m->forked && t->copying == m->address)
		return BY_PARENT;
	return t->tid == m->owner ? BY_CHILD : BY_THREAD;
}

/* How the other's hold (or wish) of the lock stands to the teardown; the closest counts. */
static void meet(struct teardown *t, const struct episode *e)
{
	uint64_t write_start = t->end - t->write_hold - t->write_wait;
	enum meeting m = MEET_BEFORE;

	/* Who wants it only then has another mm, at the same address. */
	if (e->start >= t->end)
		return;
	if (e->acquired >= t->end)
		m = MEET_AFTER;
	else if (e->released > write_start && t->write_wait && e->acquired < t->end - t->write_hold)
		m = MEET_WRITER_WAITED;
	else if (e->released > t->begin)
		m = MEET_OVERLAP;
	if (m == MEET_BEFORE && t->meeting == MEET_AFTER)
		return;
	if (t->meeting == MEET_OVERLAP && m != MEET_WRITER_WAITED)
		return;
	if (t->meeting == MEET_WRITER_WAITED)
		return;
	t->meeting = m;
	t->met = e->tid;
	t->met_released = e->released;
}

static struct teardown *add_record(struct finder *f)
{
	struct teardown *grown = grow(f, f->out->v, &f->room, f->out->n, sizeof(*grown));

	if (!grown)
		return NULL;
	f->out->v = grown;
	memset(&grown[f->out->n], 0, sizeof(*grown));
	return &grown[f->out->n++];
}

/* The write lock that ended a teardown was released: E. */
static void record(struct finder *f, struct mm *m, struct episode *e, bool early)
{
	const struct task *owner = find_task(f, m->owner);
	struct episode *read = exit_read_lock(f, m, e);
	struct teardown *t = add_record(f);

	if (!t)
		return;
	t->mm = m->address;
	t->owner = m->owner;
	t->tid = e->tid;
	t->by = who(f, m, e->tid);
	t->early = early;
	t->forked = owner ? owner->forked : 0;
	t->marked = owner ? owner->marked : 0;
	t->exited = owner ? owner->exited : 0;
	t->begin = read ? read->start : e->start;
	t->end = e->released;
	t->write_wait = e->acquired - e->start;
	t->write_hold = e->released - e->acquired;
	t->read_locked = read;
	if (read) {
		t->read_wait = read->acquired - read->start;
		t->read_hold = read->released - read->acquired;
	}
	for (int i = 0; i < KEPT && i < m->n; i++) {
		struct episode *o = latest(m, i);
		const struct task *task = find_task(f, o->tid);

		if (o->done && !o->write && o->tid != e->tid && (!task || task->leader != m->owner))
			meet(t, o);
	}
	m->closed = true;
	m->record = f->out->n - 1;
}

static void lock_start(struct finder *f, const struct trace_event *ev)
{
	struct task *task = find_task(f, ev->tid);
	struct mm *m = find_mm(f, ev->mm);
	bool copying = task && ev->write && task->held && task->held != ev->mm;

	/* Nobody of ours has to do with it. */
	if (!task && !m)
		return;
	if (task && (!m || copying || (m->closed && ev->write)))
		m = new_mm(f, m, ev->mm, task);
	if (!m)
		return;
	if (copying)
		task->copying = ev->mm;
	else if (task && !m->n && task->leader != task->tid)
		/* After vfork it executes a program: now it has an mm of its own. */
		m->owner = task->leader = task->tid;
	m->last[m->n++ % KEPT] = (struct episode){ .tid = ev->tid, .write = ev->write,
		.start = ev->ns };
}

static void lock_acquired(struct finder *f, const struct trace_event *ev)
{
	struct task *task = find_task(f, ev->tid);
	struct mm *m = find_mm(f, ev->mm);
	struct episode *e = m ? open_episode(m, ev->tid) : NULL;

	/* A trylock has no start. */
	if (m && !e && ev->success) {
		lock_start(f, ev);
		m = find_mm(f, ev->mm);
		e = m ? open_episode(m, ev->tid) : NULL;
	}
	if (!e)
		return;
	if (!ev->success) {
		e->done = true;
		e->acquired = e->released = e->start;
		e->tid = 0;
		return;
	}
	e->held = true;
	e->acquired = ev->ns;
	if (task && ev->write && !task->held)
		task->held = ev->mm;
}

/* exit_mmap() of a fork that failed before it had copied anything: no tracepoint. */
static bool is_early(struct finder *f, struct mm *m, const struct episode *e)
{
	const struct task *t = find_task(f, e->tid);
	const struct episode *read = read_before(m, e);

	return t && e->write && !m->forked && t->copying == m->address && read;
}

static void lock_released(struct finder *f, const struct trace_event *ev)
{
	struct task *task = find_task(f, ev->tid);
	struct mm *m = find_mm(f, ev->mm);
	struct episode *e = m ? open_episode(m, ev->tid) : NULL;

	if (task && task->held == ev->mm)
		task->held = 0;
	if (!e || !e->held)
		return;
	e->done = true;
	e->released = ev->ns;
	if (m->record != SIZE_MAX && m->closed) {
		/* A latecomer, or one that went on. */
		if (!e->write)
			meet(&f->out->v[m->record], e);
		return;
	}
	if (m->closed)
		record(f, m, e, false);
	else if (is_early(f, m, e))
		record(f, m, e, true);
}

static void exit_mmap_seen(struct finder *f, const struct trace_event *ev)
{
	struct mm *m = find_mm(f, ev->mm);
	struct episode *e = m ? open_episode(m, ev->tid) : NULL;

	/* The release that comes next is the end. */
	if (m && e && e->held && e->write && m->record == SIZE_MAX)
		m->closed = true;
}

static void forked(struct finder *f, const struct trace_event *ev)
{
	struct task *parent = find_task(f, ev->tid), *before;
	struct mm *m;
	uint64_t copied;

	/* A pid of ours that somebody else's process has now. */
	while (!parent && (before = find_task(f, ev->other)))
		before->tid = -1;
	if (!parent)
		return;
	copied = parent->copying;
	parent->copying = 0;
	m = copied ? find_mm(f, copied) : NULL;
	if (m) {
		m->owner = ev->other;
		m->forked = true;
	}
	/* Without an mm of its own: a thread, or vfork, until it executes something. */
	add_task(f, ev->other, m ? ev->other : parent->leader, ev->ns);
}

static void take(struct finder *f, const struct trace_event *ev)
{
	struct task *t;

	switch ((enum trace_kind)ev->kind) {
	case TRACE_FORK:
		forked(f, ev);
		break;
	case TRACE_EXIT:
		t = find_task(f, ev->tid);
		if (t)
			t->exited = ev->ns;
		break;
	case TRACE_EXIT_MMAP:
		exit_mmap_seen(f, ev);
		break;
	case TRACE_LOCK_START:
		lock_start(f, ev);
		break;
	case TRACE_LOCK_ACQUIRED:
		lock_acquired(f, ev);
		break;
	case TRACE_LOCK_RELEASED:
		lock_released(f, ev);
		break;
	default:
		t = find_task(f, ev->other);
		if (!t)
			break;
		f->out->oom[ev->kind]++;
		if (ev->kind == TRACE_MARK_VICTIM)
			t->marked = ev->ns;
	}
}

/* Of two teardowns by one process, the first was of the mm it had before execve(). */
static void find_execs(struct teardowns *t)
{
	for (size_t i = 0; i < t->n; i++)
		for (size_t k = i + 1; k < t->n && t->v[i].by == BY_CHILD; k++)
			if (t->v[k].tid == t->v[i].tid && t->v[k].owner == t->v[i].owner &&
				t->v[k].forked == t->v[i].forked && t->v[k].by == BY_CHILD)
				t->v[i].by = BY_EXEC;
}

int teardowns_find(const struct trace_event *events, size_t n, const int32_t *roots, size_t nroots,
	struct teardowns *out)
{
	struct finder f = { .out = out };

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < nroots; i++)
		add_task(&f, roots[i], roots[i], 0);
	for (size_t i = 0; i < n && !f.nomem; i++)
		take(&f, &events[i]);
	find_execs(out);
	free(f.tasks);
	free(f.mms);
	if (f.nomem)
		teardowns_free(out);
	return f.nomem ? -1 : 0;
}

void teardowns_free(struct teardowns *t)
{
	free(t->v);
	memset(t, 0, sizeof(*t));
}
