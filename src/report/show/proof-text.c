/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A proof for people. */
#include "config.h"
#include <inttypes.h>
#include <string.h>
#include "base/clean-text.h"
#include "report/show/proof.h"
#include "text/units.h"
#include "text/wrap.h"

#define INDENT 14

static void put_line(FILE *out, const char *name, const char *text)
{
	char first[64];

	snprintf(first, sizeof(first), "  %-*s", INDENT - 2, name);
	wrap_text(out, first, text, INDENT);
}

static void put_times(FILE *out, const char *name, const struct proof_times *t)
{
	char p50[32], p90[32], max[32], text[160];

	if (!t->n)
		return;
	snprintf(text, sizeof(text), "median %s, p90 %s, most %s", format_ns(t->p50, p50, sizeof(p50)),
		format_ns(t->p90, p90, sizeof(p90)), format_ns(t->max, max, sizeof(max)));
	put_line(out, name, text);
}

static void put_counts(FILE *out, const char *name, const size_t *counts, int n,
	const char *const *what)
{
	char text[512] = "";

	for (int i = 0; i < n; i++)
		if (counts[i])
			text_add(text, sizeof(text), "%s%zu %s", *text ? ", " : "", counts[i], what[i]);
	if (*text)
		put_line(out, name, text);
}

static void put_meetings(FILE *out, const struct proof *p)
{
	static const char *const what[MEETINGS] = {
		[MEET_NOBODY] = "nobody",
		[MEET_BEFORE] = "somebody who was done before exit_mmap",
		[MEET_OVERLAP] = "somebody with the read lock at the same time",
		[MEET_WRITER_WAITED] = "somebody for whom exit_mmap had to wait",
		[MEET_AFTER] = "somebody who came when it was done",
	};
	size_t met = 0;

	for (int m = MEET_NOBODY + 1; m < MEETINGS; m++)
		met += p->meetings[m];
	if (met || p->workload->shows & SHOWS_MEETING)
		put_counts(out, "met", p->meetings, MEETINGS, what);
}

static void put_oom(FILE *out, const struct proof *p)
{
	static const char *const what[TRACE_KINDS] = {
		[TRACE_MARK_VICTIM] = "marked victims",
		[TRACE_WAKE_REAPER] = "times the reaper was woken",
		[TRACE_START_REAPING] = "reaped by it",
		[TRACE_FINISH_REAPING] = "to the end",
		[TRACE_SKIP_REAPING] = "skipped by it",
	};

	put_counts(out, "OOM", p->oom, TRACE_KINDS, what);
}

static const char *event_name(const struct trace_event *e)
{
	static const char *const names[TRACE_KINDS] = {
		[TRACE_FORK] = "forked", [TRACE_EXIT] = "exits", [TRACE_EXIT_MMAP] = "exit_mmap ends",
		[TRACE_MARK_VICTIM] = "oom: mark_victim", [TRACE_WAKE_REAPER] = "oom: wake_reaper",
		[TRACE_START_REAPING] = "oom: start_task_reaping",
		[TRACE_FINISH_REAPING] = "oom: finish_task_reaping",
		[TRACE_SKIP_REAPING] = "oom: skip_task_reaping",
	};

	switch ((enum trace_kind)e->kind) {
	case TRACE_LOCK_START:
		return e->write ? "wants the lock for write" : "wants the lock for read";
	case TRACE_LOCK_ACQUIRED:
		if (!e->success)
			return "does not get the lock";
		return e->write ? "gets it for write" : "gets it for read";
	case TRACE_LOCK_RELEASED:
		return e->write ? "releases it, for write" : "releases it, for read";
	default:
		return names[e->kind];
	}
}

static void put_timeline(FILE *out, const struct proof *p)
{
	uint64_t zero = p->nevents ? p->events[0].ns : 0;

	fprintf(out, "  one operation; process %d, the mm's lock; since its fork, in us\n",
		(int)p->one.owner);
	for (size_t i = 0; i < p->nevents; i++) {
		const struct trace_event *e = &p->events[i];
		const char *who = e->tid == p->one.owner ? "the child" :
			e->tid == p->one.met ? "the other" : "task";

		fprintf(out, "  %12.3f  %s %d %s\n", (double)(e->ns - zero) / 1e3, who, (int)e->tid,
			event_name(e));
	}
}

static void put_seen(FILE *out, const struct proof *p)
{
	char text[256];

	if (p->verdict != PROOF_SEEN) {
		put_line(out, p->verdict == PROOF_SKIPPED ? "skipped" : "NOT SEEN", p->why);
		return;
	}
	snprintf(text, sizeof(text), "yes, %s, %" PRIu64 " operations",
		p->traced ? "traced" : "by its effects, without tracing", p->ops);
	put_line(out, "seen", text);
}

void proof_text(const struct proof *p, bool timeline, FILE *out)
{
	static const char *const by[TEARDOWN_BY] = {
		[BY_CHILD] = "by the child itself",
		[BY_THREAD] = "by another of its threads",
		[BY_PARENT] = "by the parent, whose fork failed",
		[BY_EXEC] = "of the old mm, at exec",
		[BY_OTHER] = "by somebody who had pinned the mm",
	};
	char text[160];

	fprintf(out, "%s  %s\n", p->workload->name, p->params);
	put_line(out, "proof", p->workload->proof);
	put_seen(out, p);
	if (p->workload->counter && p->verdict != PROOF_SKIPPED) {
		snprintf(text, sizeof(text), "%s rose by %" PRIu64, p->workload->counter, p->rise);
		put_line(out, "vmstat", text);
	}
	put_counts(out, "torn down", p->by, TEARDOWN_BY, by);
	if (p->early) {
		snprintf(text, sizeof(text), "%zu by the early return", p->early);
		put_line(out, "", text);
	}
	put_meetings(out, p);
	put_oom(out, p);
	put_times(out, "teardown", &p->teardown);
	put_times(out, "read wait", &p->read_wait);
	put_times(out, "read hold", &p->read_hold);
	put_times(out, "lock_wait", &p->write_wait);
	put_times(out, "lock_hold", &p->write_hold);
	put_times(out, "from victim", &p->exit);
	if (timeline && p->nevents)
		put_timeline(out, p);
}
