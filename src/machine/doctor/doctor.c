/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the checks, sorts and prints what they found. */
#include "config.h"
#include <stdlib.h>
#include <string.h>
#include "base/clean-text.h"
#include "base/fail.h"
#include "machine/doctor/doctor-priv.h"
#include "text/json.h"
#include "text/wrap.h"

#define INDENT 8

struct doctor {
	int n;
	struct finding findings[];
};

static const struct check *const tables[] = { doctor_system_checks, doctor_cpu_checks,
	doctor_kernel_checks };
#define TABLES (sizeof(tables) / sizeof(tables[0]))

static const char *const names[] = { "high", "medium", "low", "ok", "unknown" };

const char *severity_name(enum severity severity)
{
	return names[severity];
}

static void run_check(const struct check *c, struct examined *x)
{
	x->f->id = c->id;
	x->f->why = c->why;
	snprintf(x->f->fix, sizeof(x->f->fix), "%s", c->fix);
	x->f->severity = c->test(x);
	if (x->f->severity >= SEVERITY_OK)
		*x->f->fix = '\0';
}

static bool seen_guest(const json_t *env)
{
	const char *name = environment_text(env, "machine.hypervisor");

	return name && strcmp(name, "none");
}

/* Behind those of its severity: there the tables' order stays, most important first. */
static void add(struct doctor *d, const struct finding *f)
{
	int at = d->n++;

	for (; at && d->findings[at - 1].severity > f->severity; at--)
		d->findings[at] = d->findings[at - 1];
	d->findings[at] = *f;
}

int doctor_examine(
	const json_t *env, const struct doctor_probe *probe, struct doctor **out)
{
	struct finding f;
	struct examined x = { .env = env, .probe = probe, .guest = seen_guest(env), .f = &f };
	size_t size = sizeof(**out);

	for (size_t t = 0; t < TABLES; t++)
		for (const struct check *c = tables[t]; c->id; c++)
			size += sizeof(f);
	*out = calloc(1, size);
	if (!*out)
		return fail_nomem();
	for (size_t t = 0; t < TABLES; t++)
		for (const struct check *c = tables[t]; c->id; c++) {
			run_check(c, &x);
			add(*out, &f);
		}
	return 0;
}

void doctor_free(struct doctor *d)
{
	free(d);
}

const struct finding *doctor_findings(const struct doctor *d, int *n)
{
	*n = d->n;
	return d->findings;
}

int doctor_count(const struct doctor *d, enum severity severity)
{
	int count = 0;

	for (int i = 0; i < d->n; i++)
		count += d->findings[i].severity == severity;
	return count;
}

static json_t *ids(const struct doctor *d, enum severity severity)
{
	json_t *array = json_array();

	for (int i = 0; i < d->n; i++)
		if (d->findings[i].severity == severity)
			json_array_append_new(array, json_string(d->findings[i].id));
	return array;
}

json_t *doctor_json(const struct doctor *d)
{
	json_t *array = json_array();

	for (int i = 0; i < d->n; i++) {
		const struct finding *f = &d->findings[i];

		if (f->severity >= SEVERITY_OK)
			continue;
		json_array_append_new(array, json_pack("{ss ss so so so}", "id", f->id,
			"severity", severity_name(f->severity), "what", text_json(f->what),
			"why", text_json(f->why), "fix", text_json(f->fix)));
	}
	return json_pack("{so so so s{si si si}}", "findings", array, "ok",
		ids(d, SEVERITY_OK), "unknown", ids(d, SEVERITY_UNKNOWN), "counts",
		"high", doctor_count(d, SEVERITY_HIGH), "medium",
		doctor_count(d, SEVERITY_MEDIUM), "low", doctor_count(d, SEVERITY_LOW));
}

json_t *doctor_probe_json(const struct doctor_probe *p)
{
	return json_pack("{sf si si sf sf sf sf sf so sf}", "seconds", p->seconds, "cpu",
		p->cpu, "gaps", p->gaps, "gap_pct", p->gap_pct, "gap_median_us",
		p->gap_median_us, "gap_longest_us", p->gap_longest_us, "steal_pct",
		p->steal_pct, "others_pct", p->others_pct, "busiest", text_json(p->busiest),
		"busiest_pct", p->busiest_pct);
}

static void print_finding(const struct finding *f, FILE *out, bool verbose)
{
	char fix[sizeof(f->fix) + 8];

	wrap_text(out, severity_name(f->severity), f->what, INDENT);
	if (f->severity < SEVERITY_LOW || (verbose && f->severity == SEVERITY_LOW))
		wrap_text(out, "", f->why, INDENT);
	if (!*f->fix)
		return;
	snprintf(fix, sizeof(fix), "fix: %s", f->fix);
	wrap_text(out, "", fix, INDENT);
}

/* One paragraph of the names of all checks of a severity. */
static void print_names(const struct doctor *d, FILE *out, enum severity severity,
	const char *title)
{
	char text[2048] = "";

	for (int i = 0; i < d->n; i++)
		if (d->findings[i].severity == severity)
			text_add(text, sizeof(text), "%s%s", *text ? ", " : "",
				d->findings[i].id);
	if (*text)
		wrap_text(out, title, text, INDENT);
}

static void print_summary(const struct doctor *d, FILE *out)
{
	int high = doctor_count(d, SEVERITY_HIGH),
	    medium = doctor_count(d, SEVERITY_MEDIUM);
	int low = doctor_count(d, SEVERITY_LOW);
	const char *advice = "a quiet machine";

	if (high)
		advice = "trust interleaved arms here, not absolute times";
	else if (medium)
		advice = "fix what is medium before comparing boots";
	fprintf(out, "\n%d high, %d medium, %d low: %s\n", high, medium, low, advice);
}

void doctor_print(const struct doctor *d, FILE *out, bool verbose)
{
	for (int i = 0; i < d->n; i++)
		if (verbose || d->findings[i].severity < SEVERITY_OK)
			print_finding(&d->findings[i], out, verbose);
	if (!verbose) {
		print_names(d, out, SEVERITY_OK, "ok");
		print_names(d, out, SEVERITY_UNKNOWN, "unknown");
	}
	print_summary(d, out);
}
