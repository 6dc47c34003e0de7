/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tracepoints, tracers and probes that someone left on. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "machine/environment/environment-priv.h"
#include "text/json.h"

#define EVENTS_MAX 32	/* names recorded; all are counted */

struct events {
	const char *dir;
	json_t *names;
	int count;
};

/* Counts the lines of one set_event file, "system:event" each. */
static void add_events(struct env *e, struct events *ev, char *text)
{
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n")))
		if (*line && ev->count++ < EVENTS_MAX &&
			json_array_append_new(ev->names, text_json(line)))
			e->nomem = true;
	free(text);
}

static void instance_events(struct env *e, void *arg, const char *name)
{
	struct events *ev = arg;

	add_events(e, ev, env_read(e, "%s/instances/%s/set_event", ev->dir, name));
}

static void collect_events(struct env *e, const char *dir)
{
	struct events ev = { dir, json_array(), 0 };
	char *text = env_read(e, "%s/set_event", dir);
	char path[128];

	if (!text) {
		json_decref(ev.names);
		env_put(e, "trace.events", json_null());
		env_put(e, "trace.event_count", json_null());
		return;
	}
	add_events(e, &ev, text);
	snprintf(path, sizeof(path), "%s/instances", dir);
	env_each(e, path, instance_events, &ev);
	env_put(e, "trace.events", ev.names);
	env_put(e, "trace.event_count", json_integer(ev.count));
}

static json_t *count_lines(const char *text)
{
	int lines = 0;

	if (!text)
		return json_null();
	while (*text) {
		lines++;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return json_integer(lines);
}

void env_trace(struct env *e)
{
	const char *dir = "sys/kernel/tracing";

	if (!env_exists(e, "sys/kernel/tracing/set_event"))
		dir = "sys/kernel/debug/tracing";
	collect_events(e, dir);
	env_put(e, "trace.tracing_on", env_as(env_scalar, env_read(e, "%s/tracing_on", dir)));
	env_put(e, "trace.current_tracer",
		env_as(text_json, env_read(e, "%s/current_tracer", dir)));
	env_put(e, "trace.kprobes",
		env_as(count_lines, env_read(e, "sys/kernel/debug/kprobes/list")));
}
