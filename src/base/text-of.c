/* SPDX-License-Identifier: GPL-2.0-or-later */
/* printf() into memory. */
#include "config.h"
#include <stdio.h>
#include "base/text-of.h"

char *text_of_list(const char *fmt, va_list ap)
{
	char *text;

	return vasprintf(&text, fmt, ap) < 0 ? NULL : text;
}

char *text_of(const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = text_of_list(fmt, ap);
	va_end(ap);
	return text;
}
