/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include "text/clean-text.h"

int text_decode(const unsigned char *p, unsigned int *c)
{
	int n = *p < 0x80 ? 1 : *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : 2;
	static const unsigned int least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	*c = n == 1 ? *p : *p & (0x7fU >> n);
	for (int i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			goto bad;
		*c = *c << 6 | (p[i] & 0x3f);
	}
	if (n == 1 || (*p >= 0xc2 && *c >= least[n] && *c <= 0x10ffff && *c >> 11 != 0x1b))
		return n;
bad:
	*c = 0xfffd;
	return 1;
}

/* Control characters, line ends, what turns the direction of writing, not characters. */
static bool is_control(unsigned int c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
	       (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

/* Chinese and its like take two columns. */
static int width(unsigned int c)
{
	return c >= 0x2e80 && c != 0xfffd ? 2 : 1;
}

static int count_columns(const char *text)
{
	unsigned int c;
	int n = 0;

	for (const unsigned char *p = (const unsigned char *)text; *p; n += width(c))
		p += text_decode(p, &c);
	return n;
}

char *text_clean(const char *text, int columns, char *buf, size_t size)
{
	const unsigned char *p = (const unsigned char *)text;
	bool cut = count_columns(text) > columns;
	size_t at = 0;
	unsigned int c;
	int len;

	for (int n = 0; *p && at + 8 < size; p += len) {
		len = text_decode(p, &c);
		n += width(c);
		if (n > columns - cut)
			break;
		if (is_control(c))
			buf[at++] = ' ';
		else if (c == 0xfffd && len == 1)
			buf[at++] = '?';
		else
			for (int i = 0; i < len; i++)
				buf[at++] = (char)p[i];
	}
	strcpy(buf + at, *p ? "…" : "");
	return buf;
}

void text_html(const char *text, FILE *out)
{
	const unsigned char *p = (const unsigned char *)text;
	unsigned int c;

	for (int len; *p; p += len) {
		len = text_decode(p, &c);
		if (c == 0xfffd && len == 1)
			putc('?', out);
		else if (is_control(c))
			putc(' ', out);
		else if (c == '&')
			fputs("&amp;", out);
		else if (c == '<')
			fputs("&lt;", out);
		else if (c == '>')
			fputs("&gt;", out);
		else if (c == '"')
			fputs("&quot;", out);
		else if (c == '\'')
			fputs("&#39;", out);
		else
			fwrite(p, 1, (size_t)len, out);
	}
}

void text_add(char *buf, size_t size, const char *fmt, ...)
{
	size_t at = strlen(buf);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf + at, size - at, fmt, ap);
	va_end(ap);
}
