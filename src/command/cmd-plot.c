/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench plot: percentile curves, and the change at each percentile, as pictures. */
#include "config.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "command.h"
#include "fail.h"
#include "plot.h"
#include "units.h"

static const char usage[] =
	"usage: exitbench plot -o DIR [OPTION]... BEFORE AFTER\n"
	"       exitbench plot -o DIR [OPTION]... FILE\n"
	"\n"
	"Draws two result files, the first two arms in one file, or the only arm of one; for\n"
	"each cell percentile curves with 95% intervals, and the change at each percentile\n"
	"with its interval and a band that holds for all of them at once. The numbers are\n"
	"left beside the pictures as .tsv; the scripts that draw them are exitbench's\n"
	"percentiles.gp and shift.gp, for gnuplot.\n"
	"\n"
	"  -o, --output DIR     where to; made if missing, with the directories above it\n"
	"  -m, --metric M,...   " METRIC_LIST(METRIC_IN_TEXT) "throughput, all\n"
	"                       (each cell's primary one)\n"
	"  -M, --margin PCT     a change that does not matter (1)\n"
	"  -b, --before ARM     the arm that is before, and\n"
	"  -a, --after ARM      the arm that is after (the first and the second); the same\n"
	"                       twice: that arm alone\n"
	"  -T, --terminal T,... svg, png, pdf, dumb: text on stdout, needs no DIR (svg,png)\n"
	"  -j, --json           the list of files as JSON\n"
	"  -h, --help           this text\n"
	"\n"
	"Exit status: 0 done, 2 usage or bad input, 3 gnuplot is missing or fails (the .tsv\n"
	"are written all the same).\n";

static const struct option longs[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "metric", required_argument, NULL, 'm' },
	{ "margin", required_argument, NULL, 'M' },
	{ "before", required_argument, NULL, 'b' },
	{ "after", required_argument, NULL, 'a' },
	{ "terminal", required_argument, NULL, 'T' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 }
};

enum terminal { TERMINAL_SVG, TERMINAL_PNG, TERMINAL_PDF, TERMINAL_DUMB, TERMINALS };
static const char *const terminals[] = { "svg", "png", "pdf", "dumb", NULL };
static const char *const pictures[] = { "percentiles", "shift" };
#define PICTURES 2

struct options {
	struct dataset_options data;
	double margin;
	unsigned int metrics, terminals;
	const char *dir;
	bool json, help;
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
	json_t *files;
};

static int set_option(struct options *o, int c, const char *value)
{
	switch (c) {
	case 'o':
		o->dir = value;
		break;
	case 'm':
		return parse_choices("--metric", value, metric_names, &o->metrics);
	case 'M':
		return parse_margin(value, &o->margin);
	case 'b':
		o->data.arms[0] = value;
		break;
	case 'a':
		o->data.arms[1] = value;
		break;
	case 'T':
		return parse_choices("--terminal", value, terminals, &o->terminals);
	case 'j':
		o->json = true;
		break;
	case 'h':
		o->help = true;
		break;
	}
	return 0;
}

/* DIR and what is missing above it. */
static int make_dir(const char *dir)
{
	char *path = strdup(dir);
	struct stat st;
	int err = 0;

	if (!path)
		return fail_nomem();
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

/* Makes the stem of the cell's files one that no other cell has. */
static int unique_stem(struct plotting *p, struct plot_words *w)
{
	char **grown = reallocarray(p->stems, p->nstems + 1, sizeof(*grown));
	size_t room = PLOT_STEM - 8, n = strnlen(w->stem, room);

	if (!grown)
		return fail_nomem();
	p->stems = grown;
	for (int i = 0, number = 2; i < p->nstems; i++)
		if (!strcmp(p->stems[i], w->stem)) {
			snprintf(w->stem + n, PLOT_STEM - n, "-%d", number++);
			i = -1;
		}
	grown[p->nstems] = strdup(w->stem);
	return grown[p->nstems] ? p->nstems++, 0 : fail_nomem();
}

static int list_file(struct plotting *p, const char *stem, const char *suffix)
{
	char *path;
	int err = 0, n = (int)strlen(p->o->dir);

	while (n > 1 && p->o->dir[n - 1] == '/')
		n--;
	if (asprintf(&path, "%.*s/%s.%s", n, p->o->dir, stem, suffix) < 0)
		return fail_nomem();
	if (!p->o->json)
		printf("  %s\n", path);
	else if (json_array_append_new(p->files, json_string(path)))
		err = fail(STATUS_MACHINE, "%s: no name for JSON, which is UTF-8", path);
	free(path);
	return err;
}

static int write_table(struct plotting *p, const struct plot_cell *c, const struct plot_words *w)
{
	char *path;
	FILE *out;
	bool done;
	int error;

	if (asprintf(&path, "%s/%s.tsv", p->o->dir, w->stem) < 0)
		return fail_nomem();
	out = fopen(path, "we");
	done = out && plot_write(&p->source, c, w, out);
	error = errno;
	if (out && fclose(out) && done) {
		done = false;
		error = errno;
	}
	if (!done)
		fail(STATUS_MACHINE, "%s: cannot write it: %s", path, strerror(error));
	free(path);
	return done ? list_file(p, w->stem, "tsv") : -STATUS_MACHINE;
}

/* All pictures of a cell but text. */
static int draw(struct plotting *p, const struct plot_words *w)
{
	struct gnuplot_job jobs[PICTURES * TERMINALS];
	char names[PICTURES * TERMINALS][PLOT_STEM + 24];
	char scripts[PICTURES][24], data[PLOT_STEM + 8];
	int n = 0, kinds = p->source.alone ? 1 : PICTURES, err;

	snprintf(data, sizeof(data), "%s.tsv", w->stem);
	for (int i = 0; i < kinds; i++) {
		snprintf(scripts[i], sizeof(scripts[i]), "%s.gp", pictures[i]);
		for (int t = 0; t < TERMINAL_DUMB; t++) {
			if (!(p->o->terminals & 1U << t))
				continue;
			snprintf(names[n], sizeof(names[n]), "%s.%s.%s", w->stem, pictures[i],
				terminals[t]);
			jobs[n] = (struct gnuplot_job){ scripts[i], names[n] };
			n++;
		}
	}
	err = n ? gnuplot_run(&p->gnuplot, p->o->dir, data, jobs, n) : 0;
	for (int i = 0; i < n && !err; i++)
		err = list_file(p, w->stem, names[i] + strlen(w->stem) + 1);
	return err;
}

/* As text; the table is in memory. */
static int draw_dumb(struct plotting *p, const struct plot_cell *c, const struct plot_words *w)
{
	const struct gnuplot_job jobs[] = { { "percentiles.gp", "" }, { "shift.gp", "" } };
	int fd = memfd_create("exitbench-plot", 0), again = fd < 0 ? -1 : dup(fd);
	FILE *out = again < 0 ? NULL : fdopen(again, "w");
	bool done = out && plot_write(&p->source, c, w, out);
	char data[48];
	int err = done ? 0 : fail(STATUS_MACHINE, "cannot keep a table in memory: %s",
		strerror(errno));

	snprintf(data, sizeof(data), "/proc/self/fd/%d", fd);
	if (!err)
		err = gnuplot_run(&p->gnuplot, NULL, data, jobs, p->source.alone ? 1 : PICTURES);
	if (out)
		fclose(out);
	else if (again >= 0)
		close(again);
	if (fd >= 0)
		close(fd);
	return err;
}

static int plot_one(struct plotting *p, int cell, enum metric metric)
{
	struct plot_words w;
	struct plot_cell c;
	int err = plot_cell_make(&p->source, cell, metric, &c);

	if (err)
		return err;
	plot_words(&p->source, &c, &w);
	err = unique_stem(p, &w);
	if (!err && !p->o->json && p->o->dir)
		printf("%s\n", w.title);
	if (!err && p->o->dir)
		err = write_table(p, &c, &w);
	if (!err && !p->no_gnuplot)
		err = draw(p, &w);
	if (!err && !p->no_gnuplot && p->o->terminals & 1U << TERMINAL_DUMB)
		err = draw_dumb(p, &c, &w);
	plot_cell_free(&c);
	return err;
}

static bool wanted(const struct plotting *p, int cell, int metric)
{
	if (p->o->metrics)
		return p->o->metrics & 1U << metric;
	return !strcmp(dataset_cell(p->source.d, cell)->primary, metric_names[metric]);
}

static int plot_all(struct plotting *p)
{
	int err = 0;

	for (int i = 0; i < dataset_cells(p->source.d) && !err; i++)
		for (int m = 0; metric_names[m] && !err; m++)
			if (wanted(p, i, m))
				err = plot_one(p, i, m);
	if (!err && !p->nstems)
		err = fail(STATUS_USAGE, "%s: holds no cell to draw; see exitbench show",
			p->o->data.files[0]);
	if (!err && p->o->json && json_dumpf(p->files, stdout, JSON_INDENT(2)))
		err = fail_nomem();
	if (!err && p->o->json)
		putchar('\n');
	if (!err && p->no_gnuplot)
		err = fail(STATUS_MACHINE, "%s", p->why);
	return err;
}

static int plot(const struct options *o)
{
	struct plotting p = { .o = o, .source = { .margin = o->margin }, .files = json_array() };
	int err = p.files ? plot_open(&o->data, &p.source) : fail_nomem();

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
	return 0;
}

int cmd_plot(int argc, char **argv)
{
	struct options o = { .margin = 0.01 };
	int c, err = 0;

	while (!err && (c = next_option(argc, argv, longs, &err)) != -1)
		err = set_option(&o, c, optarg);
	if (!err && o.help) {
		fputs(usage, stdout);
		return 0;
	}
	if (!err)
		err = check_arguments(argc, argv, 1, 2, "two result files, or one");
	if (!o.terminals)
		o.terminals = 1U << TERMINAL_SVG | 1U << TERMINAL_PNG;
	if (!err)
		err = check_options(&o);
	if (err)
		return err;
	o.data.files[0] = argv[optind];
	o.data.files[1] = optind + 1 < argc ? argv[optind + 1] : NULL;
	return plot(&o);
}
