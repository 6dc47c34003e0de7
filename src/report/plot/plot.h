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

struct picture;

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
	double margin;
	struct plot_mark mark[PLOT_MARKS];
	size_t nmarks;
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

/*
 * How the samples are distributed: quantiles, close enough for a curve, and a histogram
 * from p0.1 to p99.5 of both sides together.
 */
struct plot_quantile {
	double share;		/* 0 to 1 */
	double value[2];
};

struct plot_bin {
	double from, to;
	double share[2];	/* of all samples of the side */
};

struct plot_distribution {
	struct plot_quantile *quantile;		/* owned */
	size_t nquantiles;
	struct plot_bin *bin;			/* owned; ascending, without gaps */
	size_t nbins;
	bool log;				/* bins of equal ratio */
	double below, above;			/* share of all samples outside the bins */
	double gap, gap_at;	/* furthest vertical distance of the curves, and where */
	double middle[2][2];			/* p5 and p95 of each side */
};

/* One cell and metric. */
struct plot_data {
	int cell;
	enum metric metric;
	bool has[2];			/* has this side samples? */
	size_t samples[2], blocks[2];
	const struct compare_result *table;	/* as compare reports it */
	struct compare_result *own_table;	/* owned; NULL if it was given */
	struct plot_point *point;	/* owned */
	size_t n;
	struct plot_distribution distribution;
	struct plot_made {
		const struct picture *of;
		void *data;		/* owned; that picture's own, see picture->make */
	} made[PICTURE_COUNT];
};

/* What OF has made of the cell. */
static inline void *plot_made(const struct plot_data *c, const struct picture *of)
{
	for (int i = 0; i < PICTURE_COUNT; i++)
		if (c->made[i].of == of)
			return c->made[i].data;
	return NULL;
}

/*
 * Loads and compares; TABLE is compare's result where there is one already (borrowed), or
 * NULL. A side without samples is no error. Returns 0 or negative after fail().
 */
int plot_data_make(const struct plot_source *s, int cell, enum metric metric,
	const struct compare_result *table, struct plot_data *out);
void plot_data_free(struct plot_data *c);

/* One side's values at the N percentiles, with intervals, of blocks in any order. */
int plot_curve(const struct dataset_blocks *b, int side, enum switch_level switch_level,
	const struct compare_options *o, double *value, struct interval *ci);

/* From one cell's blocks; 0 or negative after fail(), to be freed in any case. */
int plot_distribution_make(const struct dataset_blocks *b, bool coarse,
	struct plot_distribution *out);
void plot_distribution_free(struct plot_distribution *d);

#define PLOT_MOST 128	/* points of a cell's curve, quantiles, bins or moments, at most */

/*
 * Throughput over the numbers of cores that one workload was measured on, in columns of N
 * values, with the fewest cores first. NAN: there is none.
 */
struct plot_cores {
	int cell;		/* one of them, for the words */
	size_t n;
	double *cores;		/* owned, with all columns behind it */
	double *value[2];	/* operations per second, median over blocks */
	double *lo[2], *hi[2];	/* its interval */
	double *efficiency[2];	/* per core, in % of that on the fewest cores */
};

/*
 * The cells of the dataset that differ from CELL in the number of cores alone; n is 0
 * unless CELL is the first of several. 0 or negative after fail(), to be freed in any case.
 */
int plot_cores_make(const struct plot_source *s, int cell, struct plot_cores *out);
void plot_cores_free(struct plot_cores *c);

/* What calibrate found in a cell: known doses recovered, what was detectable after how long. */
struct plot_dose {
	const char *side;	/* "user", "kernel" */
	double injected_pct, recovered_pct, lo, hi;
};

struct plot_detectable {
	double time_s, detectable_pct;
};

struct plot_calibration {
	char cell[512];		/* "exit of fork-exit, 1 core compact" */
	struct plot_dose dose[CALIBRATION_SIDES * CALIBRATION_DOSES];
	size_t ndoses;
	struct plot_detectable detectable[CALIBRATION_POINTS];
	size_t ndetectable;
};

void plot_calibration_make(const struct calibration *c, struct plot_calibration *out);

/* Fills in the marks of 2017 and 2021. 0 or negative after fail(). */
int plot_marks(struct plot_source *s);

/* Do the marks belong to this metric: times of exit? */
bool plot_marked(const struct plot_source *s, const struct plot_data *c);

/* What a picture is of: one of a cell, of a workload on several numbers of cores, ... */
enum plot_of { PLOT_OF_CELL, PLOT_OF_CORES, PLOT_OF_CALIBRATION };

struct plot_subject {
	enum plot_of of;
	const struct plot_source *source;	/* not of a calibration */
	const struct plot_data *cell;
	const struct plot_cores *cores;
	const struct plot_calibration *calibration;
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
	void (*free)(void *made);	/* also what make() left when it failed */

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
	const char *script;	/* "shift.gp" */
	const char *data;	/* table */
	const char *out;	/* file name; "": as text on stdout */
};

/*
 * Runs gnuplot once in directory DIR (NULL: here) for N pictures. All names must be
 * harmless: they are not quoted. Returns 0 or negative after fail().
 */
int gnuplot_run(const struct gnuplot *g, const char *dir, const struct gnuplot_job *jobs, int n);

#endif
