/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The contents of a result file, for people and for programs; used by cmd-show.c. */
#ifndef EXITBENCH_SHOW_H
#define EXITBENCH_SHOW_H

#include <jansson.h>
#include "store/store.h"

struct show {
	struct store *store;
	bool in_use;		/* another process has the file open */
	bool verbose;
};

/* On stdout; 0 or negative after fail(). */
int show_text(struct show *s);
int show_json(struct show *s);
int show_environment(struct show *s);

/* A run's status in words: one that nobody ended is running, or was killed. */
const char *show_status(const struct show *s, const struct store_run *r);

/* Reads all BLOCKS of a run, whose check sums are right then; 0 or negative after fail(). */
int show_check(const struct show *s, int64_t run, int64_t *blocks);

/* What TEXT, JSON itself, says; the text as a string when it is none. A new reference. */
json_t *show_object(const char *text);

#endif
