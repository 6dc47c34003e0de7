/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Workloads by name; their parameters read, checked, merged and written. */
#include "config.h"
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "cell/params.h"
#include "contract/common-params.h"
#include "text/suggest.h"
#include "text/units.h"

_Static_assert(OWN_PARAMS > 0, "no room for a workload's own parameters");
_Static_assert(WORKLOAD_PARAMS <= 32, "struct param_values has a 32-bit mask");

const struct workload *workload_find(const char *name)
{
	const struct workload *const *w;

	for (w = workloads; *w; w++)
		if (!strcmp((*w)->name, name))
			return *w;
	return NULL;
}

int workload_lookup(const char *name, const struct workload **out)
{
	const struct workload *const *w;
	struct suggestion s;

	*out = workload_find(name);
	if (*out)
		return 0;
	suggest_start(&s, name);
	for (w = workloads; *w; w++)
		suggest_offer(&s, (*w)->name);
	return fail(STATUS_USAGE, "%s: no such workload%s (exitbench list shows them)",
		name, suggest_text(&s));
}

int workload_index(const struct workload *w)
{
	int i = 0;

	while (workloads[i] != w)
		i++;
	return i;
}

int params_own(const struct workload *w)
{
	int n = 0;

	while (n < WORKLOAD_PARAMS && w->params[n].name)
		n++;
	return n;
}

bool params_common(const struct workload *w)
{
	return w->program == PROGRAM_NONE;
}

int params_count(const struct workload *w)
{
	return params_own(w) + (params_common(w) ? COMMON_PARAMS : 0);
}

const struct param *params_at(const struct workload *w, int position)
{
	int own = params_own(w);

	return position < own ? &w->params[position] : &common_params[position - own];
}

int params_find(const struct workload *w, const char *name, size_t len)
{
	int i, n = params_count(w);
	const char *known;

	for (i = 0; i < n; i++) {
		known = params_at(w, i)->name;
		if (strlen(known) == len && !memcmp(known, name, len))
			return i;
	}
	return -1;
}

static bool in_range(const struct param *p, int64_t value)
{
	return value >= p->min && value <= p->max;
}

void params_defaults(const struct workload *w, struct param_values *values)
{
	int i;

	memset(values, 0, sizeof(*values));
	for (i = 0; i < params_count(w); i++)
		values->value[i] = params_at(w, i)->def;
}

static int unknown_param(const struct workload *w, const char *name)
{
	struct suggestion s;
	int i;

	suggest_start(&s, name);
	for (i = 0; i < params_count(w); i++)
		suggest_offer(&s, params_at(w, i)->name);
	return fail(STATUS_USAGE, "%s: workload %s has no such parameter%s", name,
		w->name, suggest_text(&s));
}

/* The shortest exact way to write VALUE; BUF of 32 is enough. */
static void format_value(const struct param *p, int64_t value, char *buf, size_t size)
{
	static const struct unit {
		const char *suffix;
		int64_t factor;
	} bytes[] = { { "G", 1 << 30 }, { "M", 1 << 20 }, { "k", 1 << 10 }, { "", 1 } },
	  times[] = { { "s", NS_PER_S }, { "ms", NS_PER_MS }, { "us", NS_PER_US }, { "ns", 1 } },
	  one = { "", 1 };
	const struct unit *u = p->unit == PARAM_BYTES ? bytes : p->unit == PARAM_NS ? times : &one;

	while (value ? value % u->factor : u->factor > 1)
		u++;
	snprintf(buf, size, "%" PRId64 "%s", value / u->factor, u->suffix);
}

/* TEXT as a value of P, whatever the range. */
static int parse_value(const struct param *p, const char *text, int64_t *value)
{
	switch (p->unit) {
	case PARAM_BYTES:
		return parse_size(p->name, text, value);
	case PARAM_NS:
		return parse_duration(p->name, text, 1, value);
	case PARAM_FLAG:
		if (strcmp(text, "0") && strcmp(text, "1"))
			return fail(STATUS_USAGE, "%s %s: write 0 or 1", p->name, text);
		*value = text[0] - '0';
		return 0;
	case PARAM_COUNT:
		break;
	}
	return parse_count(p->name, text, value);
}

static int set_value(const struct workload *w, int position, const char *text,
	struct param_values *values)
{
	const struct param *p = params_at(w, position);
	char min[32], max[32];
	int64_t value;
	int rc;

	if (values->set & UINT32_C(1) << position)
		return fail(STATUS_USAGE,
			"%s %s: %s is given twice; keep one, or compare "
			"values with --arm",
			p->name, text, p->name);
	rc = parse_value(p, text, &value);
	if (rc)
		return rc;
	if (!in_range(p, value)) {
		format_value(p, p->min, min, sizeof(min));
		format_value(p, p->max, max, sizeof(max));
		return fail(STATUS_USAGE,
			"%s %s: out of range for workload %s; use %s to %s", p->name,
			text, w->name, min, max);
	}
	values->value[position] = value;
	values->set |= UINT32_C(1) << position;
	return 0;
}

int params_set(const struct workload *w, const char *text, struct param_values *values)
{
	const char *eq = strchr(text, '=');
	char *name;
	int position, rc;

	if (!eq || eq == text || !eq[1])
		return fail(STATUS_USAGE, "%s: not a parameter; write name=value", text);
	position = params_find(w, text, (size_t)(eq - text));
	if (position >= 0)
		return set_value(w, position, eq + 1, values);
	name = strndup(text, (size_t)(eq - text));
	if (!name)
		return fail_nomem();
	rc = unknown_param(w, name);
	free(name);
	return rc;
}

int params_set_list(const struct workload *w, const char *text,
	struct param_values *values)
{
	char *copy, *rest, *item;
	int rc = 0;

	if (!*text)
		return 0;
	copy = rest = strdup(text);
	if (!copy)
		return fail_nomem();
	while (!rc && (item = strsep(&rest, ",")))
		rc = params_set(w, item, values);
	free(copy);
	return rc;
}

void params_merge(struct param_values *to, const struct param_values *from)
{
	int i;

	for (i = 0; i < WORKLOAD_PARAMS; i++)
		if (from->set & UINT32_C(1) << i)
			to->value[i] = from->value[i];
	to->set |= from->set;
}

char *params_format(const struct workload *w, const struct param_values *values,
	uint32_t mask)
{
	char number[32], *text = NULL;
	const struct param *p;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	bool first = true, bad;
	int i;

	if (!f)
		return NULL;
	for (i = 0; i < params_count(w); i++) {
		if (!(mask & UINT32_C(1) << i))
			continue;
		p = params_at(w, i);
		format_value(p, values->value[i], number, sizeof(number));
		fprintf(f, "%s%s=%s", first ? "" : ",", p->name, number);
		first = false;
	}
	bad = ferror(f);
	if (fclose(f) || bad) {
		free(text);
		return NULL;
	}
	return text;
}
