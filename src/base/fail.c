/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last error as one line, and warnings: where they go, and who collects them. */
#include "config.h"
#include <stdarg.h>
#include <stdio.h>
#include "base/fail.h"

static char message[1024];
static void (*collect)(void *arg, const char *text);
static void *collect_arg;

/* One line, whatever a file or a user put into it, with nothing that a terminal acts on. */
static void flatten(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 32 || *text == 127)
			*text = '?';
}

int fail(enum status status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	flatten(message);
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
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	flatten(text);
	if (collect)
		collect(collect_arg, text);
	else
		fprintf(stderr, "exitbench: warning: %s\n", text);
}
