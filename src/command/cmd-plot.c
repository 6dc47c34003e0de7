/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench plot: what was measured and compared, as pictures. */
#include "config.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/safe-path.h"
#include "base/stream.h"
#include "base/text-of.h"
#include "command/command.h"
#include "command/sides.h"
#include "report/plot/plot.h"
#include "text/json.h"

enum terminal { TERMINAL_SVG, TERMINAL_PNG, TERMINAL_PDF, TERMINAL_DUMB, TERMINALS };
static const char *const terminals[] = { "svg", "png", "pdf", "dumb", NULL };

#define BATCH 48		/* pictures that one gnuplot draws */

struct options {
	struct sides sides;
	unsigned int kinds, terminals;
	const char *dir;
	bool json;
};

static const struct option_row rows[] = {
	{ "output", 'o', "DIR", TO_TEXT(struct options, dir),
		"where to; made if missing, with the directories above it" },
	SIDES_ROWS(struct options, sides, "; the same twice: that arm alone"),
	{ "kind", 'k', "KIND,...", TO_CHOICES(struct options, kinds), NULL, .words = picture_names,
		.shown = "all; as text percentiles and shift" },
	{ "terminal", 'T', "T,...", TO_CHOICES(struct options, terminals),
		"dumb is text on stdout and needs no DIR", .words = terminals, .shown = "svg,png" },
	{ "json", 'j', NULL, TO_FLAG(struct options, json), "the list of files as JSON" },
	{ 0 }
};

/* The run through all cells. */
struct plotting {
	const struct options *o;
	struct plot_source source;
	struct gnuplot gnuplot;
	bool no_gnuplot;
	char why[512];		/* not */
	char **stems;		/* taken */
	int nstems;
	struct gnuplot_job waiting[BATCH];
	int nwaiting;
	json_t *files;
};

/* DIR and what is missing above it. */
static int make_dir(const char *dir)
{
	struct stat st;
	char *path;
	int err = safe_path_find(dir, &path);

	if (err)
		return err;
	for (char *p = path + 1; *path && !err; p++) {
		char c = *p;

		if (c && c != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0777) && errno != EEXIST)
			err = errno;
		*p = c;
		if (!c)
			break;
	}
	free(path);
	if (!err && (stat(dir, &st) || !S_ISDIR(st.st_mode)))
		err = *dir ? ENOTDIR : ENOENT;
	return err ? fail(STATUS_USAGE, "-o %s: cannot make that directory: %s; name another", dir,
		strerror(err)) : 0;
}

/* Makes the stem of these files one that no others have. */
static int unique_stem(struct plotting *p, char stem[PLOT_STEM])
{
	char **grown = reallocarray(p->stems, p->nstems + 1, sizeof(*grown));
	size_t room = PLOT_STEM - 8, n = strnlen(stem, room);

	if (!grown)
		return fail_nomem();
	p->stems = grown;
	for (int i = 0, number = 2; i < p->nstems; i++)
		if (!strcmp(p->stems[i], stem)) {
			snprintf(stem + n, PLOT_STEM - n, "-%d", number++);
			i = -1;
		}
	grown[p->nstems] = strdup(stem);
	return grown[p->nstems] ? p->nstems++, 0 : fail_nomem();
}

static int list_file(struct plotting *p, const char *name)
{
	int err = 0, n = (int)strlen(p->o->dir);
	char *path;

	while (n > 1 && p->o->dir[n - 1] == '/')
		n--;
	path = text_of("%.*s/%s", n, p->o->dir, name);
	if (!path)
		return fail_nomem();
	if (!p->o->json)
		printf("  %s\n", path);
	else if (json_array_append_new(p->files, text_json(path)))
		err = fail_nomem();
	free(path);
	return err;
}

static int write_table(struct plotting *p, const struct plot_subject *of,
	const struct picture *kind, const struct plot_words *w, const char *name)
{
	char *path = text_of("%s/%s", p->o->dir, name);
	FILE *out = path ? stream_create(path) : NULL;
	int err = path ? -STATUS_MACHINE : fail_nomem();

	if (out) {
		plot_write(of, kind, w, out);
		err = stream_end(out, path, 0);
	}
	free(path);
	return err ? err : list_file(p, name);
}

/* Starting gnuplot takes longer than drawing: many pictures at a time. */
static int draw_waiting(struct plotting *p)
{
	int n = p->nwaiting;

	p->nwaiting = 0;
	return n ? gnuplot_run(&p->gnuplot, p->o->dir, p->waiting, n) : 0;
}

static int draw(struct plotting *p, const struct picture *kind, const char *stem, const char *data)
{
	int err = 0;

	for (int t = 0; t < TERMINAL_DUMB && !err; t++) {
		struct gnuplot_job *next = &p->waiting[p->nwaiting];

		if (!(p->o->terminals & 1U << t))
			continue;
		next->script = kind->name;
		snprintf(next->data, sizeof(next->data), "%s", data);
		snprintf(next->out, sizeof(next->out), "%s.%s.%s", stem, kind->name,
			terminals[t]);
		err = list_file(p, next->out);
		if (!err && ++p->nwaiting == BATCH)
			err = draw_waiting(p);
	}
	return err;
}

/* As text; the table is in memory. */
static int draw_dumb(struct plotting *p, const struct plot_subject *of, const struct picture *kind,
	const struct plot_words *w)
{
	int fd = memfd_create("exitbench-plot", 0), again = fd < 0 ? -1 : dup(fd);
	FILE *out = again < 0 ? NULL : fdopen(again, "w");
	bool done = out && plot_write(of, kind, w, out);
	struct gnuplot_job job = { .script = kind->name };
	int err = done ? 0 : fail(STATUS_MACHINE, "cannot keep a table in memory: %s",
		strerror(errno));

	snprintf(job.data, sizeof(job.data), "/proc/self/fd/%d", fd);
	if (!err)
		err = gnuplot_run(&p->gnuplot, NULL, &job, 1);
	if (out)
		fclose(out);
	else if (again >= 0)
		close(again);
	if (fd >= 0)
		close(fd);
	return err;
}

/* The table, if it is to be written, and the picture. */
static int plot_kind(struct plotting *p, const struct plot_subject *of, const struct picture *kind,
	const struct plot_words *w, bool table)
{
	char data[sizeof(p->waiting[0].data)];
	int err = 0;

	if (kind->common_table)
		snprintf(data, sizeof(data), "%s.tsv", w->stem);
	else
		snprintf(data, sizeof(data), "%s.%s.tsv", w->stem, kind->name);
	if (table && p->o->dir)
		err = write_table(p, of, kind, w, data);
	if (!err && !p->no_gnuplot && p->o->dir)
		err = draw(p, kind, w->stem, data);
	if (!err && !p->no_gnuplot && p->o->terminals & 1U << TERMINAL_DUMB)
		err = draw_dumb(p, of, kind, w);
	return err;
}

/* All that is wanted of X. The first picture of the common table leaves it to the others. */
static int plot_subject(struct plotting *p, const struct plot_subject *x)
{
	unsigned int kinds = p->o->kinds & pictures_of(x->of);
	char stem[PLOT_STEM] = "";
	struct plot_words w;
	bool common = false;
	int err = 0;

	for (int k = 0; k < PICTURE_COUNT && !err; k++) {
		if (!(kinds & 1U << k) || (pictures[k]->of_change && p->source.alone))
			continue;
		plot_words(x, pictures[k], &w);
		if (!*stem) {
			err = unique_stem(p, w.stem);
			memcpy(stem, w.stem, sizeof(stem));
			if (!p->o->json && p->o->dir)
				printf("%s: %s\n", w.cell, w.finding);
		}
		memcpy(w.stem, stem, sizeof(stem));
		if (!err)
			err = plot_kind(p, x, pictures[k], &w, !(pictures[k]->common_table && common));
		common |= pictures[k]->common_table;
	}
	return err;
}

static int plot_cell(struct plotting *p, int cell, enum metric metric)
{
	struct plot_data c;
	const struct plot_subject x = { .of = PLOT_OF_CELL, .source = &p->source, .cell = &c };
	int err = plot_data_make(&p->source, cell, metric, NULL, &c);

	if (err)
		return err;
	err = plot_subject(p, &x);
	plot_data_free(&c);
	return err;
}

/* Over cores; nothing where there is one number of cores only. */
static int plot_group(struct plotting *p, int cell)
{
	struct plot_cores c;
	const struct plot_subject x = { .of = PLOT_OF_CORES, .source = &p->source, .cores = &c };
	int err = plot_cores_make(&p->source, cell, &c);

	if (!err && c.columns.n)
		err = plot_subject(p, &x);
	plot_cores_free(&c);
	return err;
}

static int plot_calibrations(struct plotting *p)
{
	struct calibration *list;
	/* Of the file alone, where it holds nothing else. */
	int n = p->source.d ? dataset_calibrations(p->source.d, &list) :
		calibrations_in_file(p->o->sides.data.files[0], &list), err = n < 0 ? n : 0;

	for (int i = 0; i < n && !err; i++) {
		const struct plot_subject x = { .of = PLOT_OF_CALIBRATION,
			.calibration = &list[i] };

		err = plot_subject(p, &x);
	}
	if (n >= 0)
		calibrations_free(list, n);
	return err;
}

static bool wanted(const struct plotting *p, int cell, int metric)
{
	return p->o->sides.metrics ? p->o->sides.metrics & 1U << metric :
			       (int)dataset_primary(p->source.d, cell) == metric;
}

static int plot_all(struct plotting *p)
{
	int err = 0, cells = p->source.d ? dataset_cells(p->source.d) : 0;

	for (int i = 0; i < cells && !err; i++)
		for (int m = 0; metric_names[m] && !err; m++)
			if (wanted(p, i, m) && p->o->kinds & pictures_of(PLOT_OF_CELL))
				err = plot_cell(p, i, m);
	for (int i = 0; i < cells && !err; i++)
		if (p->o->kinds & pictures_of(PLOT_OF_CORES))
			err = plot_group(p, i);
	if (!err && p->o->kinds & pictures_of(PLOT_OF_CALIBRATION))
		err = plot_calibrations(p);
	if (!err)
		err = draw_waiting(p);
	if (!err && !p->nstems)
		err = fail(STATUS_USAGE, "%s: holds nothing of that to draw; see exitbench show",
			p->o->sides.data.files[0]);
	if (!err && p->o->json)
		err = json_print(json_incref(p->files), 0);
	if (!err && p->no_gnuplot)
		err = fail(STATUS_MACHINE, "%s", p->why);
	return err;
}

/* A file that was made to calibrate holds nothing to compare; its calibration is drawn. */
static int open_source(const struct options *o, struct plot_source *out)
{
	struct calibration *list;
	int n, err;

	if (o->sides.data.files[1] || o->sides.data.arms[0] || o->sides.data.arms[1] ||
	    !(o->kinds & pictures_of(PLOT_OF_CALIBRATION)))
		return plot_open(&o->sides.data, out);
	n = calibrations_in_file(o->sides.data.files[0], &list);
	if (n < 0)
		return n;
	calibrations_free(list, n);
	err = plot_open(&o->sides.data, out);
	return n ? 0 : err;
}

static int plot(const struct options *o)
{
	struct plotting p = { .o = o, .source = { .margin = o->sides.margin }, .files = json_array() };
	int err = p.files ? open_source(o, &p.source) : fail_nomem();

	if (!err && o->dir)
		err = make_dir(o->dir);
	if (!err && gnuplot_find(&p.gnuplot)) {
		p.no_gnuplot = true;
		snprintf(p.why, sizeof(p.why), "%s", fail_message());
		if (!o->dir)
			err = -STATUS_MACHINE;
	}
	if (!err)
		err = plot_all(&p);
	gnuplot_free(&p.gnuplot);
	dataset_close(p.source.d);
	while (p.nstems)
		free(p.stems[--p.nstems]);
	free(p.stems);
	json_decref(p.files);
	return err;
}

static int check_options(const struct options *o)
{
	bool text = o->terminals & 1U << TERMINAL_DUMB;

	if (!o->dir && o->terminals != 1U << TERMINAL_DUMB)
		return fail(STATUS_USAGE,
			"plot: where to? Give -o DIR, or --terminal dumb for text");
	if (o->json && text)
		return fail(STATUS_USAGE,
			"plot: --json and --terminal dumb both want stdout; give one");
	return o->dir ? check_no_stream("directory of pictures", o->dir) : 0;
}

static int run(void *options, const struct arguments *a)
{
	struct options *o = options;
	int err = check_arguments(a, 1, 2, "two result files, or one");

	if (!o->terminals)
		o->terminals = 1U << TERMINAL_SVG | 1U << TERMINAL_PNG;
	if (!o->kinds)
		o->kinds = o->terminals == 1U << TERMINAL_DUMB ?
			pictures_in_text() : ~0U;
	if (!err)
		err = check_options(o);
	if (err)
		return err;
	sides_files(&o->sides, a);
	return plot(o);
}

const struct subcommand command_plot = {
	.name = "plot",
	.does = "pictures: percentiles, change, distribution, time, cores",
	.about =
		"usage: exitbench plot -o DIR [OPTION]... BEFORE AFTER\n"
		"       exitbench plot -o DIR [OPTION]... FILE\n"
		"\n"
		"Draws two result files, the first two arms in one file, or the only arm of one. For\n"
		"each cell: percentile curves with 95% intervals; the change at each percentile with\n"
		"its interval and a band that holds for all of them at once (shift); the distribution\n"
		"(ecdf, histogram); level, change and disturbed operations over time; for each workload\n"
		"throughput and efficiency over cores; and what calibrate found. The numbers are left\n"
		"beside the pictures as .tsv; the scripts that draw them, percentiles.gp and so on, are\n"
		"for gnuplot. doc/plots.md tells how to read each.\n",
	.rows = rows,
	.more =
		"Exit status: 0 done, 2 usage or bad input, 3 gnuplot is missing or fails (the .tsv\n"
		"are written all the same).\n",
	.size = sizeof(struct options),
	.run = run,
};
