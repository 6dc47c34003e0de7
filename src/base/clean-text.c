/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes text of unknown origin fit for what it is printed to: the only place that does. */
#include "config.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/clean-text.h"

#define REPLACEMENT "\xef\xbf\xbd"	/* U+FFFD */
#define LONGEST 4			/* bytes of a character */

/* The character at P in *C, and its length in bytes; 0 if that is no UTF-8. */
static int decode(const unsigned char *p, unsigned int *c)
{
	int n = *p < 0x80 ? 1 : *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : 2;
	static const unsigned int least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	*c = n == 1 ? *p : *p & (0x7fU >> n);
	for (int i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (p[i] & 0x3f);
	}
	if (n > 1 && (*p < 0xc2 || *c < least[n] || *c > 0x10ffff || *c >> 11 == 0x1b))
		return 0;
	return n;
}

/* Control characters, line ends, what turns the direction of writing, not characters. */
static bool is_control(unsigned int c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
	       (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

/* What a line has in place of character C, or NULL for itself. */
static const char *in_place_of(unsigned int c, enum text_target target)
{
	if (target == TEXT_VALID)
		return NULL;
	if ((c >= '\t' && c <= '\r') || c == 0x2028 || c == 0x2029)
		return " ";
	if (is_control(c))
		return "?";
	if (target == TEXT_KTAP && c == '#')
		return "_";
	if (target != TEXT_MARKUP)
		return NULL;
	return c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '"' ? "&quot;" :
	       c == '\'' ? "&#39;" : NULL;
}

/*
 * The character at *TEXT, which is moved behind it, as it is for TARGET, and its bytes in
 * *BYTES. It may be *TEXT's own.
 */
static const char *next(const char **text, enum text_target target, size_t *bytes)
{
	const char *from = *text, *other;
	unsigned int c;
	int n = decode((const unsigned char *)from, &c);

	*text += n ? n : 1;
	other = n ? in_place_of(c, target) : REPLACEMENT;
	*bytes = other ? strlen(other) : (size_t)n;
	return other ? other : from;
}

/* Chinese and its like take two columns. */
static int width(const char *character)
{
	unsigned int c;

	return decode((const unsigned char *)character, &c) && c >= 0x2e80 && c != 0xfffd ? 2 : 1;
}

bool text_is_valid(const char *text)
{
	unsigned int c;
	int n = 1;

	for (; *text && n; text += n)
		n = decode((const unsigned char *)text, &c);
	return n;
}

void text_put_part(const char *text, size_t bytes, enum text_target target, FILE *out)
{
	const char *from = text;
	size_t n;

	while (*text && (size_t)(text - from) < bytes) {
		const char *c = next(&text, target, &n);

		fwrite(c, 1, n, out);
	}
}

void text_put(const char *text, enum text_target target, FILE *out)
{
	text_put_part(text, SIZE_MAX, target, out);
}

int text_columns(const char *text, size_t bytes)
{
	const char *from = text;
	size_t size;
	int n = 0;

	while (*text && (size_t)(text - from) < bytes)
		n += width(next(&text, TEXT_LINE, &size));
	return n;
}

char *text_clean(const char *text, int columns, char *buf, size_t size)
{
	bool cut = text_columns(text, SIZE_MAX) > columns;
	size_t at = 0, bytes;

	for (int n = 0; *text && at + 2 * LONGEST < size;) {
		const char *from = text, *c = next(&text, TEXT_LINE, &bytes);

		n += width(c);
		if (n > columns - cut) {
			text = from;
			break;
		}
		memcpy(buf + at, c, bytes);
		at += bytes;
	}
	strcpy(buf + at, *text ? "…" : "");
	return buf;
}

char *text_valid(const char *text)
{
	char *copy = malloc(strlen(REPLACEMENT) * strlen(text) + 1), *to = copy;
	size_t bytes;

	while (copy && *text) {
		const char *c = next(&text, TEXT_VALID, &bytes);

		memcpy(to, c, bytes);
		to += bytes;
	}
	if (copy)
		*to = '\0';
	return copy;
}

void text_add(char *buf, size_t size, const char *fmt, ...)
{
	size_t at = strlen(buf);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf + at, size - at, fmt, ap);
	va_end(ap);
}
