/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line on a terminal that says how far a command is. */
#include "config.h"
#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "base/progress.h"

#define INTERVAL_NS 500000000

void progress_start(struct progress *p, bool quiet)
{
	p->on = !quiet && isatty(STDERR_FILENO);
	p->last = 0;
}

bool progress_due(struct progress *p, uint64_t now)
{
	if (!p->on || now - p->last < INTERVAL_NS)
		return false;
	p->last = now;
	return true;
}

static int columns(void)
{
	struct winsize w;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &w) || w.ws_col < 20 ? 80 : w.ws_col;
}

void progress_show(struct progress *p, const char *fmt, ...)
{
	char line[256];
	va_list ap;

	if (!p->on)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	fprintf(stderr, "\r\033[K%.*s", columns() - 1, line);
	fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (!p->on)
		return;
	fprintf(stderr, "\r\033[K");
	fflush(stderr);
}
