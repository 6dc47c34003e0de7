/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a result file holds, for people. */
#include "config.h"
#include <math.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clean-text.h"
#include "base/fail.h"
#include "cell/cell-text.h"
#include "report/show/show.h"
#include "text/wrap.h"

#define LABEL 14		/* columns, with its indent */

static void put_line(const char *label, const char *text)
{
	char first[LABEL + 1];

	snprintf(first, sizeof(first), "  %s", label);
	wrap_text(stdout, first, text, LABEL);
}

static int put_arm(void *arg, const struct store_arm *a)
{
	bool *first = arg;
	char *line;

	if (asprintf(&line, "%s%s%s", a->name, *a->params ? ": " : "", a->params) < 0)
		return fail_nomem();
	put_line(*first ? "arms" : "", line);
	*first = false;
	free(line);
	return 0;
}

static int put_note(void *arg, const char *kind, const char *text)
{
	bool *first = arg;
	char *line;

	if (*first)
		putchar('\n');
	*first = false;
	if (asprintf(&line, "%s: %s", kind, text) < 0)
		return fail_nomem();
	put_line("note", line);
	free(line);
	return 0;
}

struct cells {
	struct show *s;
	int64_t run;
	const struct store_cell *at;
};

/* Operations per second, and what more cores than one bring. */
static int put_throughput(void *arg, const struct store_arm *a)
{
	const struct cells *to = arg;
	struct scaling scale;
	int err = scaling_of(to->s->store, to->run, to->at, a->id, &scale);

	if (err || !isfinite(scale.throughput))
		return err;
	printf("    ");
	text_put(a->name, TEXT_LINE, stdout);
	printf("  %.0f operations/s", scale.throughput);
	if (to->at->cores > 1 && isfinite(scale.efficiency))
		printf(", %.2f times one core's: efficiency %.0f%%",
			scale.efficiency * to->at->cores, 100 * scale.efficiency);
	putchar('\n');
	return 0;
}

/* An arm's, in the first column of a table. */
static void put_name(const char *name)
{
	int columns = text_columns(name, SIZE_MAX);

	text_put(name, TEXT_LINE, stdout);
	printf("%*s", columns < 9 ? 9 - columns : 0, "");
}

/* Every operation that was started, and what became of it. */
static int put_accounts(void *arg, const struct store_arm *a)
{
	const struct cells *to = arg;
	struct store_totals t;
	int err = store_totals(to->s->store, to->at->id, a->id, &t);

	if (err || !(t.blocks + t.warmups))
		return err;
	printf("    ");
	put_name(a->name);
	printf(" %6" PRId64 "%11" PRId64 "%11" PRId64 "%9" PRId64 "%10" PRId64
	       "%9" PRId64 "%8" PRId64 "\n",
		t.blocks, t.started, t.ops, t.warmup_ops, t.lead_in, t.fill, t.failed);
	return 0;
}

static int put_quality(void *arg, const struct store_arm *a)
{
	const struct cells *to = arg;
	struct store_totals t;
	char per_op[32] = "-", share[32] = "-";
	int err = store_totals(to->s->store, to->at->id, a->id, &t);

	if (err || !(t.blocks + t.warmups))
		return err;
	if (t.ops > 0) {
		snprintf(per_op, sizeof(per_op), "%.2f", (double)t.bytes / (double)t.ops);
		snprintf(share, sizeof(share), "%.2f%%",
			100 * (double)t.disturbed / (double)t.ops);
	}
	printf("    ");
	put_name(a->name);
	printf(" %8" PRId64 "%12" PRId64 "%9s%12" PRId64 "%12.1f%12s\n",
		t.warmups, t.disturbed, share, t.involuntary, t.steal_ms, per_op);
	return 0;
}

static int put_cell(void *arg, const struct store_cell *c)
{
	struct cells *to = arg;
	char *params = cell_params(c->workload, c->params, to->s->verbose), *line = NULL;
	int err = 0;

	if (!params || asprintf(&line, "%s, %d core%s, %s%s%s%s%s%s", c->workload, c->cores,
			c->cores == 1 ? "" : "s", c->place, c->cpus ? " (CPU " : "",
			c->cpus ? c->cpus : "", c->cpus ? ")" : "", *params ? ", " : "",
			params) < 0)
		err = fail_nomem();
	if (err)
		goto out;
	putchar('\n');
	put_line("cell", line);
	put_line("judged by", c->primary);
	printf("    arm       blocks    started = recorded + warm-up + lead-in +   fill "
	       "+ failed\n");
	to->at = c;
	err = store_arms(to->s->store, to->run, put_accounts, to);
	if (err)
		goto out;
	printf("    arm       warm-ups   disturbed    share    switches    steal ms    "
	       "bytes/op\n");
	err = store_arms(to->s->store, to->run, put_quality, to);
	if (!err)
		err = store_arms(to->s->store, to->run, put_throughput, to);
out:
	free(line);
	free(params);
	return err;
}

/* "label", TEXT formatted; nothing where there is nothing to say. */
__attribute__((format(printf, 2, 3)))
static void put_fact(const char *label, const char *fmt, ...)
{
	char *line;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&line, fmt, ap) < 0)
		line = NULL;
	va_end(ap);
	if (line && *line)
		put_line(label, line);
	free(line);
}

static void put_facts(const struct show *s, const struct store_run *r)
{
	printf("\n");
	put_fact("run", "%lld: %s", (long long)r->id, show_status(s, r));
	put_fact("label", "%s", r->label ? r->label : "");
	put_fact("started", "%s%s%s", r->started, r->finished ? ", finished " : "",
		r->finished ? r->finished : "");
	put_fact("kernel", "%s", r->kernel ? r->kernel : "");
	put_fact("boot", "%s", r->boot);
	put_fact("command", "%s", r->command);
	put_fact("exitbench", "%s, seed %lld", r->version, (long long)r->seed);
	put_fact("samples", "in %s, resolution %.9g%s%s", r->unit, r->resolution,
		r->clock ? ", clock " : "", r->clock ? r->clock : "");
	put_fact("arms switch", "by %s", r->switch_level);
	if (s->verbose) {
		put_fact("uuid", "%s", r->uuid);
		put_fact("settings", "%s", r->settings ? r->settings : "");
	}
}

static int put_run(void *arg, const struct store_run *r)
{
	struct show *s = arg;
	struct cells cells = { .s = s, .run = r->id };
	int64_t checked;
	bool first = true;
	/* Sums over blocks are told of those only that are what was written. */
	int err = show_check(s, r->id, &checked);

	if (err)
		return err;
	put_facts(s, r);
	if (checked)
		put_fact("check sums", "of %lld blocks, all right", (long long)checked);
	err = store_arms(s->store, r->id, put_arm, &first);
	if (!err)
		err = store_cells(s->store, r->id, put_cell, &cells);
	first = true;
	return err ? err : store_notes(s->store, r->id, put_note, &first);
}

static int count_run(void *arg, const struct store_run *r)
{
	(void)r;
	++*(int *)arg;
	return 0;
}

int show_text(struct show *s)
{
	int runs = 0, err = store_runs(s->store, count_run, &runs);

	if (err)
		return err;
	text_put(store_path(s->store), TEXT_LINE, stdout);
	printf(": %d run%s\n", runs, runs == 1 ? "" : "s");
	return store_runs(s->store, put_run, s);
}
