/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a report's numbers come from: runs, machines, the commands to repeat it, data. */
#include "config.h"
#include <stdlib.h>
#include <string.h>
#include "base/clean-text.h"
#include "base/fail.h"
#include "machine/environment/environment.h"
#include "report/page/page.h"
#include "report/show/show.h"
#include "report/svg/svg.h"

#define MOST_RUNS 60		/* that get a row */

struct runs {
	const struct page *p;
	struct show show;
	const char *file;
	int n;
	char *last;		/* command before; owned */
};

static void cell(FILE *out, const char *text)
{
	put_markup(out, "<td>", text ? text : "-", "");
}

static int run_row(void *arg, const struct store_run *r)
{
	struct runs *runs = arg;
	FILE *out = runs->p->out;
	char text[256];

	if (runs->n++ >= MOST_RUNS)
		return 0;
	fputs("<tr>", out);
	snprintf(text, sizeof(text), "%lld: %s", (long long)r->id, show_status(&runs->show, r));
	cell(out, runs->file);
	cell(out, text);
	cell(out, r->label);
	cell(out, r->kernel);
	cell(out, r->boot);
	cell(out, r->started);
	cell(out, r->finished);
	snprintf(text, sizeof(text), "%s, resolution %.9g %s", r->clock ? r->clock : "unknown",
		r->resolution, r->unit);
	cell(out, text);
	snprintf(text, sizeof(text), "%s, seed %lld", r->version, (long long)r->seed);
	cell(out, text);
	fputs("\n", out);
	return 0;
}

static int command_row(void *arg, const struct store_run *r)
{
	struct runs *runs = arg;

	/* Runs of several boots repeat one. */
	if (runs->n++ >= MOST_RUNS || (runs->last && !strcmp(runs->last, r->command)))
		return 0;
	put_markup(runs->p->out, "", r->command, "\n");
	free(runs->last);
	runs->last = strdup(r->command);
	return runs->last ? 0 : fail_nomem();
}

/* FN for each run of both files, or of the one. */
static int each_run(const struct page *p, int (*fn)(void *arg, const struct store_run *r))
{
	struct runs runs = { .p = p };
	const char *file[2] = { dataset_side(p->source->d, 0)->file,
		dataset_side(p->source->d, 1)->file };
	int err = 0;

	for (int i = 0; i < 2 && !err; i++) {
		if (i && !strcmp(file[0], file[1]))
			break;
		runs.file = file[i];
		runs.show.in_use = store_in_use(file[i]);
		err = store_open(file[i], STORE_READ, &runs.show.store);
		if (err)
			break;
		err = store_runs(runs.show.store, fn, &runs);
		store_close(runs.show.store);
	}
	free(runs.last);
	if (!err && runs.n > MOST_RUNS && fn == run_row)
		fprintf(p->out, "<tr><td colspan=9>and %d more\n", runs.n - MOST_RUNS);
	return err;
}

/* A side's fact as text; malloc'ed. */
static char *fact_text(const json_t *value)
{
	if (!value || json_is_null(value))
		return strdup("not known");
	if (json_is_string(value))
		return strdup(*json_string_value(value) ? json_string_value(value) : "(empty)");
	return json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(9));
}

static int fact_row(const struct page *p, const char *section, const char *key, const json_t *a,
	const json_t *b, bool one)
{
	char *before = fact_text(a), *after = fact_text(b);
	bool differs = before && after && !one && strcmp(before, after);
	int err = before && after ? 0 : fail_nomem();

	if (!err) {
		fprintf(p->out, "<tr%s><td>", differs ? " class=differs" : "");
		put_markup(p->out, "", section, ".");
		text_put(key, TEXT_MARKUP, p->out);
		cell(p->out, before);
		if (!one)
			cell(p->out, after);
		if (!one)
			fprintf(p->out, "<td>%s", differs ? "≠ differs" : "");
		fputs("\n", p->out);
	}
	free(before);
	free(after);
	return err;
}

/* The members of one section, those that only AFTER has last. */
static int section_rows(const struct page *p, const char *name, json_t *before, json_t *after,
	bool one)
{
	json_t *value;
	const char *key;
	int err = 0;

	json_object_foreach(before, key, value)
		if (!err)
			err = fact_row(p, name, key, value, json_object_get(after, key), one);
	json_object_foreach(after, key, value)
		if (!err && !one && !json_object_get(before, key))
			err = fact_row(p, name, key, NULL, value, one);
	return err;
}

static void on_difference(void *arg, const struct environment_difference *diff)
{
	const struct page *p = arg;

	fputs("<tr class=differs>", p->out);
	cell(p->out, diff->key);
	cell(p->out, diff->before);
	cell(p->out, diff->after);
	cell(p->out, diff->kind == ENVIRONMENT_MACHINE ? "≠ another machine" : "≠ set up differently");
	fputs("\n", p->out);
}

static int differences(const struct page *p, const json_t *before, const json_t *after)
{
	int n = environment_diff(before, after, NULL, NULL);

	if (n < 0)
		return n;
	if (!n) {
		fputs("<p>Before and after agree in every fact that matters for the comparison.</p>\n",
			p->out);
		return 0;
	}
	fputs("<p>These facts matter for the comparison and differ:</p>\n<div class=wide><table "
	      "class=facts><thead><tr><th scope=col>fact<th scope=col>before<th scope=col>after"
	      "<th scope=col></tr></thead>\n", p->out);
	n = environment_diff(before, after, on_difference, (void *)p);
	fputs("</table></div>\n", p->out);
	return n < 0 ? n : 0;
}

static int environments(const struct page *p)
{
	json_t *before = dataset_side(p->source->d, 0)->environment;
	json_t *after = dataset_side(p->source->d, 1)->environment;
	bool one = p->source->alone || json_equal(before, after);
	const char *name;
	json_t *section;
	int err = 0;

	fputs("<h2>Machine and kernel</h2>\n", p->out);
	if (!before && !after) {
		fputs("<p>The result file does not say what it was measured on.</p>\n", p->out);
		return 0;
	}
	if (one)
		fputs(p->source->alone ? "" : "<p>Both sides were measured on the same machine and "
			"boot.</p>\n", p->out);
	else if (!before || !after)
		fprintf(p->out, "<p>It is not known what %s was measured on.</p>\n",
			compare_side_names[!!before]);
	else
		err = differences(p, before, after);
	fprintf(p->out, "<details><summary>All facts%s</summary>\n<div class=wide><table class=facts>"
		"<thead><tr><th scope=col>fact<th scope=col>%s%s</tr></thead>\n",
		one ? "" : ", side by side", one ? "" : "before",
		one ? "" : "<th scope=col>after<th scope=col>");
	json_object_foreach(before ? before : after, name, section)
		if (!err)
			err = section_rows(p, name, json_object_get(before, name),
				json_object_get(after, name), one);
	fputs("</table></div></details>\n", p->out);
	return err;
}

static void how(const struct page *p)
{
	fputs("<h2>How it was measured</h2>\n<p>Each operation is the life of one child: fork, the "
	      "workload's work, exit, wait. ", p->out);
	if (p->results && p->results->switch_level == COMPARE_BLOCK)
		fputs("The arms took turns, block by block, in random order; what drifts more slowly "
		      "than that cancels. ", p->out);
	else if (p->results)
		fputs("The sides were not measured in turns within one boot. ", p->out);
	fputs("doc/method.md, doc/statistics.md and doc/plots.md of exitbench say more.</p>\n", p->out);
}

/* As a URL has it; what is usual in a CSV stays one byte. */
static void put_url(const char *text, size_t n, FILE *out)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    ",.-+_:/=";

	for (; n; n--, text++)
		if (*text && strchr(plain, *text))
			putc(*text, out);
		else
			fprintf(out, "%%%02X", (unsigned char)*text);
}

/* The comparison as CSV, behind a link that a browser saves. */
static int data(const struct page *p)
{
	char *text = NULL;
	size_t n = 0;
	FILE *csv;

	fputs("<h2>Data</h2>\n<p>", p->out);
	if (p->results) {
		csv = open_memstream(&text, &n);
		if (!csv)
			return fail_nomem();
		results_csv(p->results, csv);
		if (fclose(csv)) {
			free(text);
			return fail_nomem();
		}
		fputs("<a id=download download=exitbench.csv href=\"data:text/csv;charset=utf-8,",
			p->out);
		put_url(text, n, p->out);
		fputs("\">Percentiles, changes, intervals and verdicts of all cells as CSV</a>. ",
			p->out);
		free(text);
	}
	fputs("Every sample: <code>exitbench export --csv FILE</code>.</p>\n", p->out);
	return 0;
}

int page_about(const struct page *p)
{
	int err;

	how(p);
	fputs("<div class=wide tabindex=0 role=region aria-label=\"Table of runs\"><table class=facts>"
	      "<thead><tr><th scope=col>file<th scope=col>run<th scope=col>label<th scope=col>kernel"
	      "<th scope=col>boot<th scope=col>started<th scope=col>finished<th scope=col>clock"
	      "<th scope=col>exitbench</tr></thead>\n", p->out);
	err = each_run(p, run_row);
	fputs("</table></div>\n", p->out);
	if (!err)
		err = environments(p);
	if (err)
		return err;
	fputs("<h2>To repeat it</h2>\n<pre tabindex=0>", p->out);
	err = each_run(p, command_row);
	put_markup(p->out, "", p->command, "</pre>\n");
	return err ? err : data(p);
}
