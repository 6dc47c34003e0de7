/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pictures of a dataset: what there is to draw, the words around it, the tables that
 * gnuplot (and anybody else) reads, and gnuplot itself. The page draws the same itself
 * (chart.h).
 */
#ifndef EXITBENCH_PLOT_H
#define EXITBENCH_PLOT_H

#include <stdio.h>
#include "dataset/calibration.h"
#include "dataset/dataset.h"

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

/*
 * The measurement in the order of time, some rounds (or blocks) at a time. Levels are
 * those of blocks (LEVEL_QUANTILE), geometric means of them.
 */
struct plot_moment {
	double t;		/* s spent on this cell so far */
	double level[2];	/* in the metric's unit */
	double change;		/* log ratio, mean over the rounds; NAN unless paired */
	struct interval ci;	/* likewise; NAN: fewer than two rounds */
	double disturbed;	/* share of operations; NAN: not known */
};

struct plot_time {
	struct plot_moment *moment;	/* owned */
	size_t n;
	size_t units;			/* rounds, or blocks where sides are not paired */
	bool paired;
	double *boot;			/* owned; where another boot begins */
	size_t nboots;
	double first, last;		/* change in the first and last third; NAN */
	double drift;			/* log of highest to lowest level */
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
	struct plot_time time;
};

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
int plot_time_make(const struct dataset_blocks *b, bool coarse, struct plot_time *out);
void plot_time_free(struct plot_time *t);

/* Throughput over the numbers of cores that one workload was measured on. */
struct plot_cores_point {
	int cores;
	double value[2];	/* operations per second, median over blocks; NAN: none */
	struct interval ci[2];
	double efficiency[2];	/* per core, over that of the fewest cores */
};

struct plot_cores {
	int cell;			/* one of them, for the words */
	struct plot_cores_point *point;	/* owned; ascending */
	size_t n;
};

/*
 * The cells of the dataset that differ from CELL in the number of cores alone; n is 0
 * unless CELL is the first of several. 0 or negative after fail().
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

#define PLOT_STEM 96

enum plot_kind {
	PLOT_PERCENTILES,
	PLOT_SHIFT,
	PLOT_ECDF,
	PLOT_HISTOGRAM,
	PLOT_TIME,
	PLOT_CORES,
	PLOT_CALIBRATION,
	PLOT_KINDS
};

extern const char *const plot_names[];	/* "percentiles", ..., NULL at the end */

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

void plot_words(const struct plot_source *s, const struct plot_data *c, enum plot_kind kind,
	struct plot_words *out);
/* "p50 21.4 µs before, 21.8 µs after; p99 ..." */
void plot_values(const struct plot_source *s, const struct plot_data *c, char *buf, size_t size);
/* "Before: 1000 samples in 20 blocks; ..." */
void plot_amounts(const struct plot_source *s, const struct plot_data *c, char *buf, size_t size);
void plot_words_cores(const struct plot_source *s, const struct plot_cores *c,
	struct plot_words *out);
void plot_words_calibration(const struct plot_calibration *c, struct plot_words *out);

/* The table of a picture, with its words. True if all of it could be written. */
bool plot_write(const struct plot_source *s, const struct plot_data *c, enum plot_kind kind,
	const struct plot_words *w, FILE *out);
bool plot_write_cores(const struct plot_cores *c, const struct plot_words *w, FILE *out);
bool plot_write_calibration(const struct plot_calibration *c, const struct plot_words *w,
	FILE *out);

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
