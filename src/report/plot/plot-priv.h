/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the pictures share among themselves. */
#ifndef EXITBENCH_PLOT_PRIV_H
#define EXITBENCH_PLOT_PRIV_H

#include "report/plot/plot.h"

#define PICTURE_DECLARE(name) extern const struct picture picture_##name;
PICTURES(PICTURE_DECLARE)

/* What the values were measured in; throughput is operations per second all the same. */
static inline const char *plot_unit(const struct plot_source *s, const struct plot_data *c)
{
	return dataset_cell(s->d, c->cell)->unit;
}

/* plot-text.c: values and changes in words; each appends to BUF. */
void plot_add_value(char *buf, size_t size, const struct plot_source *s,
	const struct plot_data *c, double v);
/* What SIDE is called, behind its value: " before, ", " after"; nothing of one side alone. */
void plot_add_side_name(char *buf, size_t size, const struct plot_source *s,
	const struct plot_data *c, int side);
/* V of the sides that there are: "A before, B after". */
void plot_add_sides(char *buf, size_t size, const struct plot_source *s,
	const struct plot_data *c, const double v[2]);
/* The change and the verdict; of one side alone its median and p99. */
void plot_add_effect(const struct plot_subject *x, char *buf, size_t size);
/* That there are no samples, and why. */
void plot_add_no_samples(char *buf, size_t size, const struct plot_data *c);

/* plot-table.c: parts of a table. A number and END; "NaN" for what is none, or infinite. */
void plot_put(double v, char end, FILE *out);
/* All rows of C; the first column with so many DIGITS. */
void plot_put_columns(const struct plot_columns *c, int digits, FILE *out);
/* "# KEY<TAB>TEXT", unless TEXT is empty. */
void plot_put_word(const char *key, const char *text, FILE *out);
/* Metric, unit, margin, and published marks: what all tables of a cell begin with. */
void plot_put_metric(const struct plot_subject *x, FILE *out);

/* COUNT columns of N values, all NAN, for plot_columns_free(). 0 or negative after fail(). */
int plot_columns_new(struct plot_columns *c, int count, size_t n);
void plot_columns_free(struct plot_columns *c);

/*
 * plot-curve.c: one side's values at O's percentiles, with intervals, of blocks in any order:
 * VALUE and CI have room for o->npercentiles, and are in the unit of the samples. 0 or negative
 * after fail().
 */
int plot_curve(const struct dataset_blocks *b, int side, enum switch_level switch_level,
	const struct compare_options *o, double *value, struct interval *ci);

/*
 * plot-distribution.c: from one cell's blocks; COARSE: with fewer quantiles and bins. 0 or
 * negative after fail(), to be freed in any case.
 */
int plot_distribution_make(const struct dataset_blocks *b, bool coarse,
	struct plot_distribution *out);
void plot_distribution_free(struct plot_distribution *d);

/* plot-marks.c: adds the marks of 2017 and 2021, PLOT_MARKS at most. 0 or negative after fail(). */
int plot_marks(struct plot_source *s);
/* Do the marks belong to this metric: times of exit? */
bool plot_marked(const struct plot_source *s, const struct plot_data *c);

/* picture-shift.c: the table of the change, which picture-percentiles.c is drawn from, too. */
#define PLOT_CHANGE_COLUMNS "p\tbefore\tbefore_lo\tbefore_hi\tafter\tafter_lo\tafter_hi\t" \
	"change_pct\tci_lo_pct\tci_hi_pct\tband_lo_pct\tband_hi_pct"
void plot_change_comments(const struct plot_subject *x, FILE *out);
void plot_change_rows(const struct plot_subject *x, FILE *out);

#endif
