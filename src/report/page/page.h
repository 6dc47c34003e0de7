/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report: one HTML page with all of a comparison, that loads nothing from elsewhere. */
#ifndef EXITBENCH_PAGE_H
#define EXITBENCH_PAGE_H

#include "report/compare/results.h"
#include "report/plot/plot.h"

struct page {
	FILE *out;
	const struct plot_source *source;
	const struct results *results;	/* NULL: there is nothing to compare */
	unsigned int metrics;		/* mask; 0: each cell's primary one */
	const char *command;		/* that makes this page again */
};

/* Writes it to page->out, which the caller checks and closes. 0 or negative after fail(). */
int page_write(const struct page *p);

/*
 * page-about.c: where the numbers come from, and all of them as CSV behind a link; to page->out.
 * 0 or negative after fail().
 */
int page_about(const struct page *p);

/* page.css and page.js, and the script's SHA-256 as the policy names it. */
extern const char page_css[], page_css_end[], page_js[], page_js_end[];
#define PAGE_JS_SHA256 "SeCXTdoU0ftthssDx1/6tNwBa78hlvfnYPg9mACAFPc="

#endif
