/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Published measurements of other people, from a JSON file (analysis/published.json says
 * how it is built up; the program carries a copy of it).
 */
#ifndef EXITBENCH_PUBLISHED_H
#define EXITBENCH_PUBLISHED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define PUBLISHED_FIGURES 8	/* that may be judged in one comparison */

struct published_side {
	size_t n;		/* runs */
	const json_t *runs;	/* array of objects of numbers; NULL: only what follows */
	double mean, sem_pct;	/* perf stat -r: of N runs, and its standard error in % */
};

/* A figure to judge. */
struct published_figure {
	const char *name;
	bool log;		/* of the runs' logarithms */
};

struct published_comparison {
	const char *id, *when, *who, *source, *test, *machine, *change, *measured, *unit,
		*reading;
	const char *note;	/* NULL: none */
	const char *what;	/* of the test */
	double operations;	/* of one run; 0: not said */
	struct published_side side[2];
	struct published_figure figure[PUBLISHED_FIGURES];
	size_t figures;
	const json_t *published_pct;	/* figure: change in %; NULL: none */
	/* of the same test, with more than one run a side; NULL: none */
	const struct published_comparison *lender;
	const char *lender_figure;
};

struct published {
	char *text;
	json_t *root;		/* owns all strings */
	struct published_comparison *v;
	size_t n;
};

/*
 * Reads FILE, or the built-in data (PUBLISHED_BUILTIN) if it is NULL. Returns 0, or
 * negative after fail() with the file, the line and what is wrong. published_free() in
 * either case.
 */
int published_load(const char *file, struct published *p);
void published_free(struct published *p);

/* The figure NAME of run I; NAN if it has none. */
double published_value(const struct published_side *side, size_t i, const char *name);

/* analysis/published.json. */
#define PUBLISHED_BUILTIN "built-in data"
extern const char published_image[], published_image_end[];

#endif
