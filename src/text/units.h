/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers with units, in and out.
 *
 * Every parser takes the whole of TEXT or fails with -STATUS_USAGE and a message that
 * begins with "WHAT TEXT:", where WHAT is the option or parameter it was given to. On
 * failure *out is untouched. Decimals are exact: "1.5m" is 90 s, and a number that does
 * not come to a whole number of the unit that is stored is refused, not rounded. No sign
 * and no exponent is taken, and the locale does not matter.
 */
#ifndef EXITBENCH_UNITS_H
#define EXITBENCH_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NS_PER_US INT64_C(1000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)

/*
 * A duration in ns: ns, us, ms, s, m, h, decimals allowed; a number without a unit counts
 * in BARE ns (NS_PER_S for the command line's times).
 */
int parse_duration(const char *what, const char *text, int64_t bare, int64_t *ns);

/* A size in bytes: k, M, G are powers of 1024 (an upper-case K is the same as k). */
int parse_size(const char *what, const char *text, int64_t *bytes);

/* A number of things: k, M, G are powers of 1000. */
int parse_count(const char *what, const char *text, int64_t *count);

/* A plain decimal number, 0 to UINT64_MAX. */
int parse_u64(const char *what, const char *text, uint64_t *value);

/* A percentage, with or without '%': 0 to 1000000, up to nine decimals. */
int parse_percent(const char *what, const char *text, double *percent);

/*
 * A list of how many CPUs to use: "1,2,4,max", "1-4", "2-max". Every number is 1 to MAX;
 * OF says whose MAX it is, for the message ("place compact"). *counts is a malloc'ed
 * array in the order given, later duplicates dropped. Returns how many.
 */
int parse_core_counts(const char *what, const char *text, int max, const char *of,
	int **counts);

/* Digits at *TEXT; moves *TEXT behind them. False: no digit there, or out of range. */
bool scan_u64(const char **text, uint64_t *value);

/*
 * For people, three significant digits: "12.3 us" with a real micro sign in UTF-8,
 * "4.00 s", "-850 ns"; "-" for what is not finite. Returns BUF, always terminated.
 */
char *format_ns(double ns, char *buf, size_t size);

/* A length of time for people: "45 s", "2 min 5 s", "1 h 3 min"; below 10 s "3.2 s". */
char *format_duration(double seconds, char *buf, size_t size);

#endif
