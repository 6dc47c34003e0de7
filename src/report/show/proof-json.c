/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A proof as JSON. */
#include "config.h"
#include "report/show/proof.h"
#include "text/json.h"

static const char *const by_names[TEARDOWN_BY] = { "child", "thread", "parent", "exec", "other" };
static const char *const meeting_names[MEETINGS] = { "nobody", "before", "overlap", "writer_waited",
	"after" };

static const char *const kind_names[TRACE_KINDS] = { "sched_process_fork", "sched_process_exit",
	"exit_mmap", "mmap_lock_start_locking", "mmap_lock_acquire_returned", "mmap_lock_released",
	"mark_victim", "wake_reaper", "start_task_reaping", "finish_task_reaping",
	"skip_task_reaping" };

static json_t *times_json(const struct proof_times *t)
{
	if (!t->n)
		return json_null();
	return json_pack("{s:I, s:f, s:f, s:f}", "n", (json_int_t)t->n, "p50", t->p50, "p90", t->p90,
		"max", t->max);
}

static json_t *counts_json(const size_t *counts, int from, int to, const char *const *names)
{
	json_t *json = json_object();

	for (int i = from; i < to; i++)
		json_object_set_new(json, names[i], json_integer((json_int_t)counts[i]));
	return json;
}

static json_t *events_json(const struct proof *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->nevents; i++) {
		const struct trace_event *e = &p->events[i];

		json_array_append_new(list, json_pack("{s:I, s:s, s:i, s:i, s:b, s:b}", "ns",
			(json_int_t)e->ns, "event", kind_names[e->kind], "task", (int)e->tid, "other",
			(int)e->other, "write", e->write, "success", e->success));
	}
	return json_pack("{s:i, s:i, s:i, s:s, s:o}", "child", (int)p->one.owner, "torn_down_by",
		(int)p->one.tid, "met", (int)p->one.met, "meeting",
		meeting_names[p->one.meeting], "events", list);
}

static json_t *trace_json(const struct proof *p, bool timeline)
{
	if (!p->traced || p->verdict == PROOF_SKIPPED)
		return json_null();
	return json_pack("{s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"lost", (json_int_t)p->lost, "early", (json_int_t)p->early,
		"by", counts_json(p->by, 0, TEARDOWN_BY, by_names),
		"met", counts_json(p->meetings, 0, MEETINGS, meeting_names),
		"oom", counts_json(p->oom, TRACE_MARK_VICTIM, TRACE_KINDS, kind_names),
		"teardown", times_json(&p->teardown), "read_wait", times_json(&p->read_wait),
		"read_hold", times_json(&p->read_hold), "lock_wait", times_json(&p->write_wait),
		"lock_hold", times_json(&p->write_hold), "from_victim", times_json(&p->exit),
		"operation", timeline && p->nevents ? events_json(p) : json_null());
}

json_t *proof_json(const struct proof *p, bool timeline)
{
	static const char *const verdicts[] = { "seen", "not_seen", "skipped" };

	return json_pack("{s:s, s:o, s:s, s:s, s:o, s:b, s:I, s:s?, s:o, s:o}",
		"workload", p->workload->name, "params", text_json(p->params), "proof", p->workload->proof,
		"verdict", verdicts[p->verdict], "why", text_json(p->verdict == PROOF_SEEN ? NULL : p->why),
		"traced", p->traced, "operations", (json_int_t)p->ops, "counter", p->workload->counter,
		"counter_rise", p->workload->counter ? json_integer((json_int_t)p->rise) : json_null(),
		"trace", trace_json(p, timeline));
}
