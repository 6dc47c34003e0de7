/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CSV of samples, both ways: RFC 4180 in UTF-8, except that a field cannot hold a line
 * break. One sample a row:
 *
 *	arm,boot,block,workload,cores,metric,value
 */
#ifndef EXITBENCH_CSV_H
#define EXITBENCH_CSV_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define CSV_FIELD_LIST(field)							\
	field(ARM, "arm") field(BOOT, "boot") field(BLOCK, "block")		\
	field(WORKLOAD, "workload") field(CORES, "cores") field(METRIC, "metric")	\
	field(VALUE, "value")

#define CSV_ENUM(id, name) CSV_##id,
enum csv_field { CSV_FIELD_LIST(CSV_ENUM) CSV_FIELDS };
#undef CSV_ENUM

extern const char *const csv_header;	/* one line, without its end */

struct csv_reader;

/* PATH, or standard input for "-". Reads the header, too, and checks it. */
int csv_open(const char *path, struct csv_reader **out);
void csv_close(struct csv_reader *r);

/*
 * The next row's fields, which live until the next call. 1, 0 at the end, or negative
 * after fail(). Empty lines are skipped; LF or CRLF ends a line, the last one needs none.
 */
int csv_next(struct csv_reader *r, char *fields[CSV_FIELDS]);

const char *csv_name(const struct csv_reader *r);	/* of the file */
int64_t csv_line(const struct csv_reader *r);		/* of the row; counts from 1 */

/* fail() that names file, line, field and value of the row; WHY has the remedy. */
int csv_fail(const struct csv_reader *r, enum csv_field field, const char *value, const char *why);

#define CSV_DECIMALS 3			/* kept of a value; the rest is rounded away */
#define CSV_MOST INT64_C(1000000000000000)	/* the largest value, 11 days in ns */

/*
 * A number such as 12, 12.5 or 1.25e+03 in thousandths, exactly; *rounded is set when it
 * had more decimals than that, else left alone. NULL, or what is wrong with it.
 */
const char *csv_parse_value(const char *text, int64_t *thousandths, bool *rounded);

/* Any finite number that is not negative. NULL, or what is wrong with it. */
const char *csv_parse_double(const char *text, double *value);

/* A name: not empty, UTF-8, no control characters, at most 255 bytes. Likewise. */
const char *csv_check_name(const char *text);

/* Writes a field as TEXT_LINE (base/clean-text.h), in quotes where it needs them. */
void csv_put(FILE *f, const char *text);

/* The shortest decimal that reads back as VALUE; BUF of 32 is enough. Returns BUF. */
char *csv_format_double(double value, char *buf, size_t size);

#endif
