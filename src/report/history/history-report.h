/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Published comparisons read again: what each can and cannot support, for every format. */
#ifndef EXITBENCH_HISTORY_REPORT_H
#define EXITBENCH_HISTORY_REPORT_H

#include <stdio.h>
#include "analysis/compare/history.h"
#include "report/history/published.h"

struct history_figure {
	const struct published_figure *f;
	struct history_test test;
};

struct history_entry {
	const struct published_comparison *c;
	struct history_figure figure[PUBLISHED_FIGURES];
	bool one_run;			/* on a side: no interval by itself */
	/* one run a side only: */
	struct history_test naive;	/* operations taken as independent; se NAN: unknown */
	struct history_test borrowed;	/* of the headline, with the lender's scatter */
	struct summary scatter;		/* the lender's; sd NAN: no lender */
	/* Sentences; "" where there is nothing to say. */
	char verdict[320], design[320], naive_text[320], borrowed_text[400];
};

struct history {
	struct published data;
	const char *file;		/* of the data */
	double margin;			/* 0.01: 1% */
	struct history_entry *v;
	size_t n;
};

/* FILE NULL: the built-in data. 0, or negative after fail(); history_free() either way. */
int history_make(const char *file, double margin, struct history *out);
void history_free(struct history *h);

/* For people, 80 columns. */
void history_text(const struct history *h, FILE *out);
/* The table alone, for a page or a mail. */
void history_markdown(const struct history *h, FILE *out);
/* A new reference, NULL without memory. */
json_t *history_json(const struct history *h);

/* "cannot tell", "slower", "faster", "no change". */
const char *history_word(enum compare_verdict v);

#define HISTORY_PCT 24		/* room for what history_pct() writes */
/* A change in per cent, "+4.2%" or "+0.43%": decimals as the interval CI is wide; "-". */
char *history_pct(double change, struct interval ci, char *buf, size_t size);

/* Change of any figure, from the first runs; NAN: there is none, or it is the scatter. */
double history_change(const struct published_comparison *c, const char *name);

#endif
