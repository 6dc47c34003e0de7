/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "did you mean": the nearest of the names there are to the one that was typed.
 */
#ifndef EXITBENCH_SUGGEST_H
#define EXITBENCH_SUGGEST_H

struct suggestion {
	const char *word;	/* borrowed */
	const char *best;	/* borrowed; NULL while nothing is near */
	unsigned int distance;
	char text[96];
};

void suggest_start(struct suggestion *s, const char *word);

/* Offers NAME, which must outlive S; the first of equally near names stays. */
void suggest_offer(struct suggestion *s, const char *name);

/* "; did you mean NAME?", or "" if no name was near. Lives in S. */
const char *suggest_text(struct suggestion *s);

#endif
