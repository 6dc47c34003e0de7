/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pictures of a dataset: what there is to draw, the words around it, the table that
 * gnuplot (and anybody else) reads, and gnuplot itself.
 */
#ifndef EXITBENCH_PLOT_H
#define EXITBENCH_PLOT_H

#include <stdio.h>
#include "dataset.h"

/* A dataset, or the one arm of it that is looked at alone. */
struct plot_source {
	struct dataset *d;
	bool alone;		/* both sides of D are the same arm */
	double margin;
};

/*
 * dataset_open() that also takes a file with one arm, or the same arm named twice. Returns
 * 0 or negative after fail().
 */
int plot_open(const struct dataset_options *o, struct plot_source *out);

/* Both sides' value at P, each with its own interval, and the change. NAN: there is none. */
struct plot_point {
	double p;
	double value[2];	/* in the metric's unit */
	struct interval ci[2];	/* likewise */
	double change;		/* log ratio, like its interval and band */
	struct interval change_ci, change_band;
};

/* One cell and metric. */
struct plot_cell {
	int cell;
	enum metric metric;
	bool has[2];			/* has this side samples? */
	size_t samples[2], blocks[2];
	struct compare_result *table;	/* as compare reports it */
	struct plot_point *point;	/* owned */
	size_t n;
};

/*
 * Loads and compares. A side without samples is no error. Returns 0 or negative after
 * fail().
 */
int plot_cell_make(const struct plot_source *s, int cell, enum metric metric,
	struct plot_cell *out);
void plot_cell_free(struct plot_cell *c);

#define PLOT_STEM 96

/* What is written in and about a picture. UTF-8 without control characters. */
struct plot_words {
	char title[768];	/* the finding */
	char subtitle[1024];
	char note[768];		/* why it is not settled, and doubts; "" for none */
	char side[2][160];	/* for the legend */
	char empty[256];	/* instead of percentile curves; "" if there are some */
	char no_change[256];	/* instead of the change; "" if there is one */
	char stem[PLOT_STEM];	/* of file names: a-z, 0-9 and '-' alone */
};

void plot_words(const struct plot_source *s, const struct plot_cell *c, struct plot_words *out);

/*
 * Text of unknown origin for a picture: control characters become blanks, what is not
 * UTF-8 a question mark, what is longer than COLUMNS is cut short with an ellipsis.
 */
char *plot_clean(const char *text, int columns, char *buf, size_t size);

/* The table with its words. True if all of it could be written. */
bool plot_write(const struct plot_source *s, const struct plot_cell *c,
	const struct plot_words *w, FILE *out);

struct gnuplot {
	char *program, *scripts;	/* absolute; owned */
};

/*
 * Finds gnuplot, version 5 or later, and our scripts: in $EXITBENCH_DATADIR, beside the
 * program in its build tree, or where they were installed. Free in any case.
 */
int gnuplot_find(struct gnuplot *g);
void gnuplot_free(struct gnuplot *g);

/* One picture. */
struct gnuplot_job {
	const char *script;	/* "shift.gp" */
	const char *out;	/* file name; "": as text on stdout */
};

/*
 * Runs gnuplot once in directory DIR (NULL: here) for the N pictures of table DATA. All
 * names must be harmless: they are not quoted. Returns 0 or negative after fail().
 */
int gnuplot_run(const struct gnuplot *g, const char *dir, const char *data,
	const struct gnuplot_job *jobs, int n);

#endif
