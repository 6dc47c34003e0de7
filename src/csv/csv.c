/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of CSV, read and written, and what their fields may hold. */
#include "config.h"
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/clean-text.h"
#include "base/fail.h"
#include "base/stream.h"
#include "csv/csv.h"

#define LONGEST 65536		/* line; what has no line ends is no CSV */
#define SHOWN 60		/* columns of what an error message is about */

#define NAME(id, name) name,
#define COMMA_NAME(id, name) "," name
static const char *const csv_fields[] = { CSV_FIELD_LIST(NAME) };
const char *const csv_header = &CSV_FIELD_LIST(COMMA_NAME)[1];	/* not the first comma */

struct csv_reader {
	FILE *f;
	const char *name;
	int64_t line;
	char text[LONGEST];
};

const char *csv_name(const struct csv_reader *r)
{
	return r->name;
}

int64_t csv_line(const struct csv_reader *r)
{
	return r->line;
}

int csv_fail(const struct csv_reader *r, enum csv_field field, const char *value,
	const char *why)
{
	char shown[4 * SHOWN];

	text_clean(value, SHOWN, shown, sizeof(shown));
	return fail(STATUS_USAGE, "%s:%lld: %s '%s': %s", r->name, (long long)r->line,
		csv_fields[field], shown, why);
}

static int line_fails(const struct csv_reader *r, const char *line, const char *why)
{
	char shown[4 * SHOWN];

	text_clean(line, SHOWN, shown, sizeof(shown));
	return fail(STATUS_USAGE, "%s:%lld: '%s': %s", r->name, (long long)r->line, shown, why);
}

/* The next line that is not empty, without its end: 1, 0 at the end, negative. */
static int next_line(struct csv_reader *r)
{
	size_t n;
	int c;

	do {
		for (n = 0; (c = getc_unlocked(r->f)) != EOF && c != '\n' && c; n++) {
			if (n == sizeof(r->text) - 1)
				break;
			r->text[n] = (char)c;
		}
		r->line += n || c != EOF;
		if (n && r->text[n - 1] == '\r')
			n--;
		r->text[n] = '\0';
		if (!c)
			return line_fails(r, r->text, "a zero byte behind this; it is no text file");
		if (c != EOF && c != '\n')
			return line_fails(r, r->text, "a line of more than 64 KiB; this is no CSV");
		if (c == EOF && ferror(r->f))
			return fail(STATUS_USAGE, "%s: cannot read it: %s", r->name,
				strerror(errno));
	} while (!n && c != EOF);
	return n > 0;
}

/* Takes the quotes off the field at *P in place; *P is then behind it. NULL: all is well. */
static const char *unquote(char **p)
{
	char *from = *p + 1, *to = *p;

	while (*from && (*from != '"' || from[1] == '"')) {
		from += *from == '"';
		*to++ = *from++;
	}
	if (!*from)
		return "a quote that does not end on its line; close it";
	from++;
	if (*from && *from != ',')
		return "text behind a closing quote; write a quote in a field twice";
	*p = from;
	*to = '\0';	/* before or at the closing quote */
	return NULL;
}

/* How many fields the line has; at most MOST go to FIELDS. Negative after fail(). */
static int split(struct csv_reader *r, char **fields, int most)
{
	char *p = r->text;
	const char *why;
	char begin[4 * SHOWN + 1], end;
	size_t length = strnlen(r->text, sizeof(begin) - 1);

	/* For a message: splitting changes the line. */
	memcpy(begin, r->text, length);
	begin[length] = '\0';
	for (int n = 0; ; n++) {
		if (n < most)
			fields[n] = p;
		why = *p == '"' ? unquote(&p) : NULL;
		if (why)
			return line_fails(r, begin, why);
		p += strcspn(p, ",");
		end = *p;
		*p++ = '\0';
		if (!end)
			return n + 1;
	}
}

static int read_header(struct csv_reader *r)
{
	char *fields[CSV_FIELDS];
	int n = next_line(r);
	bool same;

	if (n < 0)
		return n;
	if (!n)
		return fail(STATUS_USAGE, "%s: empty; its first line must be %s", r->name,
			csv_header);
	if (!strncmp(r->text, "\xef\xbb\xbf", 3))
		memmove(r->text, r->text + 3, strlen(r->text) - 2);
	n = split(r, fields, CSV_FIELDS);
	if (n < 0)
		return n;
	same = n == CSV_FIELDS;
	for (int i = 0; same && i < n; i++)
		same = !strcmp(fields[i], csv_fields[i]);
	return same ? 0 : fail(STATUS_USAGE, "%s:%lld: not the header of such a file; write %s",
		r->name, (long long)r->line, csv_header);
}

int csv_open(const char *path, struct csv_reader **out)
{
	struct csv_reader *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return fail_nomem();
	r->name = is_stream(path) ? "standard input" : path;
	r->f = stream_open(path);
	err = r->f ? read_header(r) : fail(STATUS_USAGE, "%s: cannot open it: %s", path,
		strerror(errno));
	if (err)
		csv_close(r);
	else
		*out = r;
	return err;
}

void csv_close(struct csv_reader *r)
{
	if (r)
		stream_close(r->f);
	free(r);
}

int csv_next(struct csv_reader *r, char *fields[CSV_FIELDS])
{
	int n = next_line(r);

	if (n <= 0)
		return n;
	n = split(r, fields, CSV_FIELDS);
	if (n < 0)
		return n;
	if (n == CSV_FIELDS)
		return 1;
	return fail(STATUS_USAGE,
		"%s:%lld: %d field%s, but a row has %d: %s; a name with a comma "
		"needs quotes",
		r->name, (long long)r->line, n, n == 1 ? "" : "s", CSV_FIELDS, csv_header);
}

static const char *not_a_number(const char *text)
{
	const char *digits = text + (*text == '-' || *text == '+');

	if (!*text)
		return "empty; write a number, or leave the row out";
	if (!strcasecmp(digits, "nan") || !strcasecmp(digits, "na"))
		return "not a sample; leave the row out";
	if (!strcasecmp(digits, "inf") || !strcasecmp(digits, "infinity"))
		return "not finite; leave the row out";
	if (*text == '-' && digits[strspn(digits, "0123456789.")] == '\0')
		return "negative; a sample is a time or a rate, 0 or more";
	return "not a number; write it like 1234 or 1234.5";
}

/* Digits, at most one point among them, an exponent or none: nothing else. */
static bool looks_decimal(const char *text)
{
	size_t whole = strspn(text, "0123456789"), part = 0;

	text += whole;
	if (*text == '.') {
		part = strspn(text + 1, "0123456789");
		text += 1 + part;
	}
	if (!whole && !part)
		return false;
	if (*text == 'e' || *text == 'E') {
		text += text[1] == '+' || text[1] == '-' ? 2 : 1;
		whole = strspn(text, "0123456789");
		if (!whole)
			return false;
		text += whole;
	}
	return !*text;
}

static const char too_large[] = "too large; the unit is ns, and the most is 1e15";

const char *csv_parse_value(const char *text, int64_t *thousandths, bool *rounded)
{
	const uint64_t most = (uint64_t)CSV_MOST * 1000;	/* ten times that fits, too */
	long digits = 0, decimals = 0, exponent = 0, keep, at = 0;
	bool point = false, lost = false, up = false;
	uint64_t v = 0;
	const char *p;

	if (!looks_decimal(text))
		return not_a_number(text);
	for (p = text; *p && *p != 'e' && *p != 'E'; p++) {
		point |= *p == '.';
		digits += *p != '.';
		decimals += point && *p != '.';
	}
	if (*p)
		exponent = strtol(p + 1, NULL, 10);
	if (exponent > LONGEST || exponent < -LONGEST)
		exponent = exponent < 0 ? -LONGEST : LONGEST;
	keep = digits - decimals + exponent + CSV_DECIMALS;	/* so many digits, with zeros */
	for (p = text; at < digits || (at < keep && v); at++) {
		int d = at < digits ? *(p += *p == '.') - '0' : 0;

		p += at < digits;
		if (at < keep)
			v = 10 * v + (uint64_t)d;
		else if (at == keep)
			up = d >= 5;
		lost |= at >= keep && d;
		if (v > most)
			return too_large;
	}
	if (lost)
		*rounded = true;
	*thousandths = (int64_t)(v + up);
	return NULL;
}

const char *csv_parse_double(const char *text, double *value)
{
	double v;

	if (!looks_decimal(text))
		return not_a_number(text);
	v = strtod(text, NULL);
	if (!isfinite(v))
		return "too large for a number";
	*value = v;
	return NULL;
}

const char *csv_check_name(const char *text)
{
	if (!*text)
		return "empty; give it a name";
	if (!text_is_valid(text))
		return "not UTF-8; convert the file, with iconv say";
	for (const char *p = text; *p; p++)
		if (iscntrl((unsigned char)*p))
			return "has a control character; take it out";
	if (strlen(text) > 255)
		return "longer than 255 bytes; shorten it";
	return NULL;
}

void csv_put(FILE *f, const char *text)
{
	bool quoted = text[strcspn(text, ",\"\r\n")];

	if (quoted)
		putc('"', f);
	for (size_t n; *text; text += n) {
		n = strcspn(text, "\"");
		text_put_part(text, n, TEXT_LINE, f);
		if (text[n]) {
			fputs("\"\"", f);
			n++;
		}
	}
	if (quoted)
		putc('"', f);
}

char *csv_format_double(double value, char *buf, size_t size)
{
	int digits = 14;

	do
		snprintf(buf, size, "%.*g", ++digits, value);
	while (digits < 17 && strtod(buf, NULL) != value);
	return buf;
}
