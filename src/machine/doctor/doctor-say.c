/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of a finding; all tables of checks call it. */
#include "config.h"
#include <stdarg.h>
#include <stdio.h>
#include "base/clean-text.h"
#include "machine/doctor/doctor-priv.h"

enum severity doc_say(struct examined *x, enum severity severity, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(x->f->what, sizeof(x->f->what), fmt, ap);
	va_end(ap);
	return severity;
}

void doc_fix(struct examined *x, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(x->f->fix, sizeof(x->f->fix), fmt, ap);
	va_end(ap);
}

enum severity doc_unknown(struct examined *x, const char *what)
{
	return doc_say(x, SEVERITY_UNKNOWN, "%s", what);
}

void doc_join(const json_t *array, char *buf, size_t size)
{
	size_t i;
	json_t *item;

	*buf = '\0';
	json_array_foreach(array, i, item) {
		text_add(buf, size, "%s", i ? ", " : "");
		if (json_is_string(item))
			text_add(buf, size, "%s", json_string_value(item));
		else
			text_add(buf, size, "%g", json_number_value(item));
	}
}
