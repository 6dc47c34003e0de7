/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts, sizes, durations and lists of cores, from text and into it. */
#include "config.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "text/units.h"

struct unit {
	const char *suffix;
	int64_t factor;
};

static const struct unit time_units[] = {
	{ "ns", 1 }, { "us", NS_PER_US }, { "ms", NS_PER_MS }, { "s", NS_PER_S },
	{ "m", 60 * NS_PER_S }, { "h", 3600 * NS_PER_S }, { NULL, 0 },
};

static const struct unit size_units[] = {
	{ "k", 1 << 10 }, { "K", 1 << 10 }, { "M", 1 << 20 }, { "G", 1 << 30 },
	{ NULL, 0 },
};

static const struct unit count_units[] = {
	{ "k", 1000 }, { "K", 1000 }, { "M", 1000000 }, { "G", 1000000000 },
	{ NULL, 0 },
};

/* A percentage is stored as billionths while it is parsed. */
#define PERCENT_SCALE INT64_C(1000000000)
static const struct unit percent_units[] = { { "%", PERCENT_SCALE }, { NULL, 0 } };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool scan_u64(const char **text, uint64_t *value)
{
	const char *p = *text;
	uint64_t v = 0;

	if (!is_digit(*p))
		return false;
	for (; is_digit(*p); p++)
		if (__builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(*p - '0'), &v))
			return false;
	*text = p;
	*value = v;
	return true;
}

/* A decimal: WHOLE and FRACTION / SCALE. */
struct decimal {
	uint64_t whole, fraction, scale;
};

#define MOST_SCALE UINT64_C(1000000000000000000)	/* 18 digits of a fraction fit */

enum scan { SCAN_OK, SCAN_SYNTAX, SCAN_RANGE, SCAN_FINE };

static enum scan scan_decimal(const char **text, struct decimal *d)
{
	const char *p = *text;

	*d = (struct decimal){ .scale = 1 };
	if (!is_digit(*p))
		return SCAN_SYNTAX;
	if (!scan_u64(&p, &d->whole))
		return SCAN_RANGE;
	if (*p == '.') {
		if (!is_digit(*++p))
			return SCAN_SYNTAX;
		for (; is_digit(*p); p++) {
			if (d->scale >= MOST_SCALE) {
				if (*p != '0')
					return SCAN_FINE;
				continue;
			}
			d->scale *= 10;
			d->fraction = d->fraction * 10 + (uint64_t)(*p - '0');
		}
	}
	*text = p;
	return SCAN_OK;
}

/* D times FACTOR as a whole number. */
static enum scan scale_decimal(const struct decimal *d, int64_t factor, int64_t *out)
{
	unsigned __int128 part = (unsigned __int128)d->fraction * (uint64_t)factor;
	int64_t value;

	if (part % d->scale)
		return SCAN_FINE;
	if (__builtin_mul_overflow(d->whole, factor, &value) ||
	    __builtin_add_overflow(value, (int64_t)(part / d->scale), &value))
		return SCAN_RANGE;
	*out = value;
	return SCAN_OK;
}

static enum scan scan_scaled(const char *text, const struct unit *units, int64_t bare,
	int64_t *out)
{
	struct decimal d;
	enum scan rc = scan_decimal(&text, &d);

	if (rc)
		return rc;
	if (!*text)
		return scale_decimal(&d, bare, out);
	for (; units->suffix; units++)
		if (!strcmp(text, units->suffix))
			return scale_decimal(&d, units->factor, out);
	return SCAN_SYNTAX;
}

/* THING completes "not ...", FINE "not a whole number...". 0 for SCAN_OK. */
static int refuse(enum scan why, const char *what, const char *text, const char *thing,
	const char *fine)
{
	if (why == SCAN_OK)
		return 0;
	if (why == SCAN_RANGE)
		return fail(STATUS_USAGE, "%s %s: too large a number", what, text);
	if (why == SCAN_FINE)
		return fail(STATUS_USAGE, "%s %s: not a whole number%s", what, text, fine);
	return fail(STATUS_USAGE, "%s %s: not %s", what, text, thing);
}

int parse_duration(const char *what, const char *text, int64_t bare, int64_t *ns)
{
	return refuse(scan_scaled(text, time_units, bare, ns), what, text,
		"a time; write a number and ns, us, ms, s, m or h, as in 30s or 1.5m",
		" of nanoseconds");
}

int parse_size(const char *what, const char *text, int64_t *bytes)
{
	return refuse(scan_scaled(text, size_units, 1, bytes), what, text,
		"a size; write bytes or k, M, G, as in 64k", " of bytes");
}

int parse_count(const char *what, const char *text, int64_t *count)
{
	return refuse(scan_scaled(text, count_units, 1, count), what, text,
		"a number; write digits, with k or M if you like, as in 200 or 1.5k", "");
}

int parse_u64(const char *what, const char *text, uint64_t *value)
{
	bool digits = text[0] && !text[strspn(text, "0123456789")];
	const char *p = text;

	if (digits && scan_u64(&p, value))
		return 0;
	return refuse(digits ? SCAN_RANGE : SCAN_SYNTAX, what, text,
		"a number; write digits only", NULL);
}

int parse_percent(const char *what, const char *text, double *percent)
{
	int64_t v = 0;
	enum scan rc = scan_scaled(text, percent_units, PERCENT_SCALE, &v);

	if (!rc && v > 1000000 * PERCENT_SCALE)
		rc = SCAN_RANGE;
	if (rc)
		return refuse(rc, what, text, "a percentage; write e.g. 0.5 or 0.5%",
			" of billionths");
	*percent = (double)v / (double)PERCENT_SCALE;
	return 0;
}

/* One end of a range: a number or "max". */
static bool scan_core_count(const char **text, int max, uint64_t *value)
{
	if (!strncmp(*text, "max", 3)) {
		*text += 3;
		*value = (uint64_t)max;
		return true;
	}
	return scan_u64(text, value);
}

/* "N" or "N-M", ended by a comma or the end; moves *TEXT behind it. */
static bool scan_core_range(const char **text, int max, uint64_t *first, uint64_t *last)
{
	if (!scan_core_count(text, max, first))
		return false;
	*last = *first;
	if (**text == '-') {
		++*text;
		if (!scan_core_count(text, max, last))
			return false;
	}
	if (**text == ',')
		return *++*text != '\0';
	return **text == '\0';
}

static int check_core_range(const char *what, const char *text, uint64_t first,
	uint64_t last, int max, const char *of)
{
	if (!first || last > (uint64_t)max)
		return fail(STATUS_USAGE,
			"%s %s: %s has %d CPU%s; use numbers from 1 to %d, "
			"or max",
			what, text, of, max, max == 1 ? "" : "s", max);
	if (first > last)
		return fail(STATUS_USAGE, "%s %s: a range runs upwards, as in 1-4", what,
			text);
	return 0;
}

int parse_core_counts(const char *what, const char *text, int max, const char *of,
	int **counts)
{
	const char *p = text;
	uint64_t first = 0, last = 0;
	int *list = calloc((size_t)max + 1, sizeof(*list));
	int n = 0, i, rc;

	if (!list)
		return fail_nomem();
	do {
		if (!scan_core_range(&p, max, &first, &last))
			rc = fail(STATUS_USAGE,
				"%s %s: not a list of numbers of CPUs; write "
				"e.g. 1,2,4,max or 1-4",
				what, text);
		else
			rc = check_core_range(what, text, first, last, max, of);
		if (rc) {
			free(list);
			return rc;
		}
		for (; first <= last; first++) {
			for (i = 0; i < n && list[i] != (int)first; i++)
				;
			if (i == n)
				list[n++] = (int)first;
		}
	} while (*p);
	*counts = list;
	return n;
}

char *format_ns(double ns, char *buf, size_t size)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = { { "ns", 1 }, { "\xc2\xb5s", 1e3 }, { "ms", 1e6 }, { "s", 1e9 } };
	size_t u = 0;
	double v;

	if (!isfinite(ns)) {
		snprintf(buf, size, "-");
		return buf;
	}
	/* The next unit begins where three digits would round up to 1000. */
	while (u < 3 && fabs(ns) / units[u].ns >= 999.5)
		u++;
	v = ns / units[u].ns;
	if (u == 0 && v == rint(v))
		snprintf(buf, size, "%.0f ns", v);
	else
		snprintf(buf, size, "%.*f %s",
			fabs(v) < 9.995 ? 2 : fabs(v) < 99.95 ? 1 : 0, v, units[u].name);
	return buf;
}

char *format_duration(double seconds, char *buf, size_t size)
{
	unsigned long s;

	if (!isfinite(seconds) || seconds < 0 || seconds > 1e9) {
		snprintf(buf, size, "-");
		return buf;
	}
	s = (unsigned long)(seconds + 0.5);
	if (seconds < 9.95)
		snprintf(buf, size, "%.1f s", seconds);
	else if (s < 60)
		snprintf(buf, size, "%lu s", s);
	else if (s < 3600)
		snprintf(buf, size, "%lu min %lu s", s / 60, s % 60);
	else
		snprintf(buf, size, "%lu h %lu min", s / 3600, s % 3600 / 60);
	return buf;
}
