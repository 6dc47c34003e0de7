/* SPDX-License-Identifier: GPL-2.0-or-later */
/* printf() into memory: malloc'ed, NULL without memory. */
#ifndef EXITBENCH_TEXT_OF_H
#define EXITBENCH_TEXT_OF_H

#include <stdarg.h>

char *text_of(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *text_of_list(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

#endif
