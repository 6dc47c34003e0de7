/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pictures of a dataset: what there is to draw, the words around it, the tables that
 * gnuplot (and anybody else) reads, and gnuplot itself. The page draws the same as SVG: what
 * gnuplot makes of one cell is 150 kB, these are 5, and take the page's colours.
 */
#ifndef EXITBENCH_PLOT_H
#define EXITBENCH_PLOT_H

#include <stdio.h>
#include "dataset/calibration.h"
#include "dataset/dataset.h"

/*
 * The kinds of pictures, each a file of its own, picture-NAME.c, and a script for gnuplot,
 * NAME.gp. Adding one here makes it one of --kind, draws it and puts it on the page.
 */
#define PICTURES(X) X(percentiles) X(shift) X(ecdf) X(histogram) X(time) X(cores) X(calibration)

#define PICTURE_INDEX(name) PICTURE_##name,
enum { PICTURES(PICTURE_INDEX) PICTURE_COUNT };
#undef PICTURE_INDEX

/* A figure that others published, as a mark on the change of exit. */
struct plot_mark {
	int year;
	double p;		/* percentile; NAN: it was of a mean */
	double pct;		/* change in % */
};

#define PLOT_MARKS 24

/* A dataset, or the one arm of it that is looked at alone. */
struct plot_source {
	struct dataset *d;
	bool alone;		/* both sides of D are the same arm */
	bool coarse;		/* many cells: fewer points, replicates and bins */
	double margin;		/* 0.01: 1% */
	struct plot_mark mark[PLOT_MARKS];
	size_t nmarks;
};

/*
 * dataset_open() that also takes a file with one arm, or the same arm named twice. The caller
 * sets out->margin and zeroes the rest; out->d is for dataset_close() in any case. Returns 0 or
 * negative after fail().
 */
int plot_open(const struct dataset_options *o, struct plot_source *out);

/*
 * Columns of N values each, as a picture's table has them and in that order; NAN: there is
 * none. Those that it does not have are NULL.
 */
#define PLOT_COLUMNS 12
struct plot_columns {
	size_t n;
	double *v[PLOT_COLUMNS];	/* v[0] is owned, with all others behind it */
};

/*
 * The columns of a cell's points: percentiles; each side's value with its own interval, in
 * the metric's unit; the change with its interval and band, in per cent.
 */
enum {
	POINT_P, POINT_BEFORE, POINT_BEFORE_LO, POINT_BEFORE_HI, POINT_AFTER, POINT_AFTER_LO,
	POINT_AFTER_HI, POINT_CHANGE, POINT_CI_LO, POINT_CI_HI, POINT_BAND_LO, POINT_BAND_HI,
	POINT_COLUMNS
};
#define PLOT_MOST 64
/* The column of a side's value; those of its interval's ends are behind it. */
#define POINT_SIDE(side) ((side) ? POINT_AFTER : POINT_BEFORE)

/*
 * How the samples are distributed: quantiles, close enough for a curve, and a histogram
 * from p0.1 to p99.5 of both sides together.
 */
struct plot_distribution {
	struct plot_columns quantiles;	/* share in %, before, after */
	/* From, to, share of the side's samples in % before, after; a last row has no width. */
	struct plot_columns bins;
	bool log;				/* bins of equal ratio */
	double below, above;			/* share of all samples outside the bins, 0 to 1 */
	double gap;	/* furthest vertical distance of the curves, 0 to 1; NAN: one side only */
	double gap_at, middle[2][2];	/* where; p5 and p95 of each side; in the samples' unit */
};

/* One cell and metric. */
struct plot_data {
	int cell;
	enum metric metric;
	bool has[2];			/* has this side samples? */
	size_t samples[2], blocks[2];
	const struct compare_result *table;	/* as compare reports it */
	struct compare_result *own_table;	/* owned; NULL if it was given */
	struct plot_columns points;	/* POINT_COLUMNS; PLOT_MOST at most, by percentile */
	struct plot_distribution distribution;
	void *made[PICTURE_COUNT];	/* owned; each picture's own, see picture->make */
};

/* Are there two sides to compare? */
static inline bool plot_compared(const struct plot_source *s, const struct plot_data *c)
{
	return !s->alone && c->has[0] && c->has[1];
}

/*
 * Loads and compares; TABLE is compare's result where there is one already (borrowed), or
 * NULL. A side without samples is no error. Returns 0 or negative after fail().
 */
int plot_data_make(const struct plot_source *s, int cell, enum metric metric,
	const struct compare_result *table, struct plot_data *out);
void plot_data_free(struct plot_data *c);

/* Throughput over the numbers of cores that one workload was measured on. */
struct plot_cores {
	int cell;			/* one of them, for the words */
	struct plot_columns columns;	/* CORES_COLUMNS, the fewest cores first */
};

/*
 * Operations per second, median over blocks, with its interval; those per core, in % of what
 * they are on the fewest cores.
 */
enum {
	CORES_N, CORES_BEFORE, CORES_BEFORE_LO, CORES_BEFORE_HI, CORES_AFTER, CORES_AFTER_LO,
	CORES_AFTER_HI, CORES_EFFICIENCY_BEFORE, CORES_EFFICIENCY_AFTER, CORES_COLUMNS
};
#define CORES_SIDE(side) ((side) ? CORES_AFTER : CORES_BEFORE)

/*
 * The cells of the dataset that differ from CELL in the number of cores alone; no rows
 * unless CELL is the first of several. 0 or negative after fail(), to be freed in any case.
 */
int plot_cores_make(const struct plot_source *s, int cell, struct plot_cores *out);
void plot_cores_free(struct plot_cores *c);

/* What a picture is of: one of a cell, of a workload on several numbers of cores, ... */
enum plot_of { PLOT_OF_CELL, PLOT_OF_CORES, PLOT_OF_CALIBRATION };

struct plot_subject {
	enum plot_of of;
	const struct plot_source *source;	/* not of a calibration */
	const struct plot_data *cell;
	const struct plot_cores *cores;
	const struct calibration *calibration;
};

/* A kind of picture: all that gnuplot and the page need to know of it. */
struct picture {
	const char *name;	/* of --kind, files, and gnuplot's script */
	const char *title;	/* over it on the page */
	enum plot_of of;
	bool common_table;	/* it is drawn from the cell's table, not from one of its own */
	bool of_change;		/* there is none of one arm alone */
	bool in_text;		/* drawn as text where no kind is named */
	const char *columns;	/* of its table: names with tabs between */

	/* Its own numbers, of a cell's blocks; NULL: it has none. 0 or negative after fail(). */
	int (*make)(const struct dataset_blocks *b, bool coarse, void **made);
	void (*free)(void *made);	/* also what make() left when it failed, and NULL */

	/* Each appends to BUF. What it shows, in words; */
	void (*finding)(const struct plot_subject *x, char *buf, size_t size);
	/* on the page, where that is other; NULL: it is not; */
	void (*caption)(const struct plot_subject *x, char *buf, size_t size);
	/* why there is none, though the subject has samples; NULL: there always is. */
	void (*empty)(const struct plot_subject *x, char *buf, size_t size);

	/* Comments before its table, NULL: none, and its rows. */
	void (*comments)(const struct plot_subject *x, FILE *out);
	void (*rows)(const struct plot_subject *x, FILE *out);

	/* As SVG in a page; LABEL is the id of what says what it shows. */
	void (*draw)(const struct plot_subject *x, const char *label, FILE *out);
};

/* In the order of PICTURES(), and their names with NULL at the end. */
extern const struct picture *const pictures[PICTURE_COUNT];
extern const char *const picture_names[PICTURE_COUNT + 1];

/* A mask, 1 << index, of those that are OF it. */
unsigned int pictures_of(enum plot_of of);
/* Of those that are drawn as text where no kind is named. */
unsigned int pictures_in_text(void);

#define PLOT_STEM 96

/* What is written in and about a picture. UTF-8 without control characters. */
struct plot_words {
	char cell[512];		/* "exit of touch-exit, 2 cores compact" */
	char finding[768];
	char subtitle[1024];
	char note[768];		/* why it is not settled, and doubts; "" for none */
	char side[2][160];	/* for the legend */
	char empty[256];	/* in place of the picture; "" if there is one */
	char stem[PLOT_STEM];	/* of file names: a-z, 0-9 and '-' alone */
};

/* The words about X in PICTURE. */
void plot_words(const struct plot_subject *x, const struct picture *picture,
	struct plot_words *out);
/* "Before: 1000 samples in 20 blocks; ..." */
void plot_amounts(const struct plot_source *s, const struct plot_data *c, char *buf, size_t size);

/* The table of a picture, with its words. True if all of it could be written. */
bool plot_write(const struct plot_subject *x, const struct picture *picture,
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
	const char *script;		/* "shift" */
	char data[PLOT_STEM + 24];	/* table */
	char out[PLOT_STEM + 24];	/* file name; "": as text on stdout */
};

/*
 * Runs gnuplot once in directory DIR (NULL: here) for N pictures. All names must be
 * harmless: they are not quoted. Returns 0 or negative after fail().
 */
int gnuplot_run(const struct gnuplot *g, const char *dir, const struct gnuplot_job *jobs, int n);

#endif
