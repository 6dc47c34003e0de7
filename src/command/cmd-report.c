/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench report: one HTML page with all of a comparison. */
#include "config.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/fail.h"
#include "base/stream.h"
#include "command/command.h"
#include "command/sides.h"
#include "report/page/page.h"
#include "text/json.h"

struct options {
	struct sides sides;
	const char *output;
	bool json;
};

static const struct option_row rows[] = {
	{ "output", 'o', "FILE", TO_TEXT(struct options, output),
		"where to; - for standard output" },
	SIDES_ROWS(struct options, sides, "; the same twice: that arm alone"),
	{ "json", 'j', NULL, TO_FLAG(struct options, json),
		"the file's name, verdict and cells as JSON" },
	{ 0 }
};

/* Is there a cell that both sides have samples of? Alone there is nothing to compare. */
static int compare(struct plot_source *s, const struct options *o, struct results *out,
	const struct results **made)
{
	struct compare_options c;
	int err;

	*made = NULL;
	if (s->alone)
		return 0;
	compare_defaults(&c);
	c.margin = o->sides.margin;
	err = results_make(s->d, o->sides.metrics, &c, out);
	*made = err ? NULL : out;
	return err;
}

/* The page was made in memory: so nobody ever finds half of one, or a temporary file. */
static int write_page(const char *output, const char *text, size_t n)
{
	FILE *out = stream_create(output);

	if (!out)
		return -STATUS_USAGE;
	fwrite(text, 1, n, out);
	return stream_end(out, output, 0);
}

static int make_page(struct page *p, const char *output)
{
	char *text = NULL;
	size_t n = 0;
	int err;

	p->out = open_memstream(&text, &n);
	if (!p->out)
		return fail_nomem();
	err = page_write(p);
	if (fclose(p->out) && !err)
		err = fail_nomem();
	if (!err)
		err = write_page(output, text, n);
	free(text);
	return err;
}

static int say(const struct options *o, const struct results *r, int cells)
{
	const char *verdict = r ? compare_verdict_name(r->verdict) : NULL;

	if (is_stream(o->output))
		return 0;
	if (!o->json) {
		printf("%s: %d cell%s%s%s\n", o->output, cells, cells == 1 ? "" : "s",
			verdict ? ", " : "", verdict ? verdict : "");
		return 0;
	}
	return json_print(json_pack("{s:o, s:i, s:s?}", "file", text_json(o->output), "cells", cells,
		"verdict", verdict), 0);
}

static int report(const struct options *o, const char *command)
{
	struct plot_source source = { .margin = o->sides.margin };
	struct results results;
	struct page page = { .source = &source, .metrics = o->sides.metrics, .command = command };
	int err = plot_open(&o->sides.data, &source), cells = 0;

	if (!err)
		err = compare(&source, o, &results, &page.results);
	if (!err)
		err = make_page(&page, o->output);
	if (!err) {
		cells = page.results ? page.results->n : dataset_cells(source.d);
		err = say(o, page.results, cells);
	}
	if (page.results)
		results_free(&results);
	dataset_close(source.d);
	return err;
}

static int check_options(const struct options *o)
{
	if (!o->output)
		return fail(STATUS_USAGE, "report: where to? Give -o FILE.html, or -o - for standard "
			"output");
	if (o->json && is_stream(o->output))
		return fail(STATUS_USAGE, "report: --json and -o - both want stdout; give one");
	for (int i = 0; i < 2; i++) {
		struct stat in, out;

		if (o->sides.data.files[i] && !stat(o->sides.data.files[i], &in) && !stat(o->output, &out) &&
		    in.st_ino == out.st_ino && in.st_dev == out.st_dev)
			return fail(STATUS_USAGE, "-o %s: is the result file itself; name another "
				"file", o->output);
	}
	return 0;
}

static int run(void *options, const struct arguments *a)
{
	struct options *o = options;
	int err = check_arguments(a, 1, 2, "two result files, or one");

	if (err)
		return err;
	sides_files(&o->sides, a);
	err = check_options(o);
	return err ? err : report(o, a->line);
}

const struct subcommand command_report = {
	.name = "report",
	.does = "one HTML page of all of a comparison",
	.about =
		"usage: exitbench report -o FILE.html [OPTION]... BEFORE AFTER\n"
		"       exitbench report -o FILE.html [OPTION]... FILE\n"
		"\n"
		"Writes the comparison of two result files, of the first two arms in one file, or what\n"
		"the only arm of one has measured, as one HTML page that needs nothing else: verdict,\n"
		"a table of all cells to sort and filter, pictures of each, warnings, both machines\n"
		"side by side, the commands to repeat it, and the numbers as CSV.\n",
	.rows = rows,
	.more =
		"Exit status: 0 done, whatever the verdict, 2 usage or bad input, 3 it cannot be\n"
		"written.\n",
	.size = sizeof(struct options),
	.run = run,
};
