/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors: one line that names the thing, the value and the remedy, and an exit
 * status. A function that can fail returns 0 (or a count) on success and the
 * negative of one of these statuses after fail(); callers hand it up unchanged.
 */
#ifndef EXITBENCH_FAIL_H
#define EXITBENCH_FAIL_H

#include <stdbool.h>

enum status {
	STATUS_DONE = 0,
	STATUS_REGRESSION = 1,	/* compare found a regression */
	STATUS_USAGE = 2,	/* usage or bad input */
	STATUS_MACHINE = 3,	/* this machine cannot do it */
	STATUS_INTERRUPTED = 4,	/* what was measured so far is in the file */
	STATUS_FAULT = 5,	/* a workload does not do what it says: ours, or the kernel's */
};

/* Remembers the message for main() to print; returns -status. Not for threads. */
int fail(enum status status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Out of memory, as a failure of the machine. */
int fail_nomem(void);

#ifdef ANALYZER
/* For static analysis, which does not look into fail.c: what these return is never 0. */
#define fail(status, ...) (fail(status, __VA_ARGS__), -(int)(status))
#define fail_nomem() fail(STATUS_MACHINE, "out of memory")
#endif

/* The message of the last fail(), "" if there was none. */
const char *fail_message(void);

/* "exitbench: warning: ..." on stderr, unless warnings are collected (see below). */
void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Hands every later warning to FN instead of stderr; NULL restores stderr. */
void warn_collect(void (*fn)(void *arg, const char *text), void *arg);

#endif
