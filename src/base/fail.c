/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The message of the last error, and warnings: one line each, whatever a file put into it. */
#include "config.h"
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include "base/clean-text.h"
#include "base/fail.h"

#define ROOM 1024

static char message[ROOM];
static void (*collect)(void *arg, const char *text);
static void *collect_arg;

int fail(enum status status, const char *fmt, ...)
{
	char text[ROOM];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	text_clean(text, INT_MAX, message, sizeof(message));
	return -(int)status;
}

int fail_nomem(void)
{
	return fail(STATUS_MACHINE, "out of memory");
}

const char *fail_message(void)
{
	return message;
}

void warn_collect(void (*fn)(void *arg, const char *text), void *arg)
{
	collect = fn;
	collect_arg = arg;
}

void warn(const char *fmt, ...)
{
	char text[ROOM], line[ROOM];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	text_clean(text, INT_MAX, line, sizeof(line));
	if (collect)
		collect(collect_arg, line);
	else
		fprintf(stderr, "exitbench: warning: %s\n", line);
}
