/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cell's calibration: what two equal arms show, and what known doses come out as. It is
 * kept as a note of kind CALIBRATION_NOTE, one JSON object (doc/result-format.md), with the
 * run of the equal arms; the runs that it was made from are in the same file.
 */
#ifndef EXITBENCH_CALIBRATION_H
#define EXITBENCH_CALIBRATION_H

#include <jansson.h>
#include "analysis/compare/compare.h"
#include "store/store.h"

#define CALIBRATION_NOTE "calibration"
#define CALIBRATION_POINTS 24
#define CALIBRATION_DOSES 8

/* The purpose of runs that are no measurements of the user's, in their settings. */
#define CALIBRATION_PURPOSE "calibration"

/* All in per cent. */
struct calibration_estimate {
	double pct, lo, hi;		/* 95% interval */
};

/* The effect's interval of equal arms, as it was after so long. */
struct calibration_point {
	double seconds;
	double half_width;		/* per cent */
	double detectable;		/* per cent: found with a probability of 80% */
};

struct calibration_dose {
	double asked;			/* per cent */
	int64_t amount;			/* of the parameter, above the base's */
	double injected;		/* per cent of the base's level */
	struct calibration_estimate recovered;
};

enum calibration_side { CALIBRATION_USER, CALIBRATION_KERNEL, CALIBRATION_SIDES };

extern const char *const calibration_sides[];	/* "user", "kernel" */
extern const char *const calibration_parameters[];	/* of a workload: each side's doses */

struct calibration_doses {
	int64_t base;			/* what the undosed arm has of the parameter */
	struct calibration_dose v[CALIBRATION_DOSES];
	int n;
	double slope, slope_se;		/* recovered against injected; NAN: too few doses */
	double intercept;		/* per cent */
};

struct calibration {
	char *workload, *params, *place, *metric;	/* owned */
	int cores;
	double level;			/* ns: LEVEL_QUANTILE of the metric, no dose */
	double seconds;			/* that the equal arms were measured */
	struct calibration_estimate equal;
	struct calibration_point points[CALIBRATION_POINTS];
	int npoints;
	struct calibration_doses side[CALIBRATION_SIDES];
};

void calibration_free(struct calibration *c);

/* As kept: a new reference, NULL without memory. */
json_t *calibration_json(const struct calibration *c);

/* Reads one: 0; 1: the text is no calibration; negative after fail(). */
int calibration_read(const char *text, struct calibration *c);

/*
 * Every calibration in N files, in the order made: *list is for calibrations_free(). Notes
 * that are none are passed over. Returns how many or negative after fail().
 */
int calibrations_load(struct store *const *s, int n, struct calibration **list);
/* Likewise of the file PATH. */
int calibrations_in_file(const char *path, struct calibration **list);
void calibrations_free(struct calibration *list, int n);

#endif
