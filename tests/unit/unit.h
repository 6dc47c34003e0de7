/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every unit test includes: cmocka, and how to expect a failure. */
#ifndef EXITBENCH_UNIT_H
#define EXITBENCH_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#undef fail		/* ours is in fail.h; cmocka's fail_msg() is lost with it */
#include "base/fail.h"

/* RC must be -STATUS and the message must have each of the strings, up to NULL. */
static inline void expect_failure(int rc, enum status status, const char *file, int line,
	...)
{
	const char *part;
	va_list ap;

	if (rc != -(int)status)
		print_error("returned %d, message: %s\n", rc, fail_message());
	_assert_int_equal((LargestIntegralType)(long)rc,
		(LargestIntegralType)(long)-(int)status, file, line);
	va_start(ap, line);
	while ((part = va_arg(ap, const char *))) {
		if (!strstr(fail_message(), part)) {
			print_error("\"%s\" is not in: %s\n", part, fail_message());
			_fail(file, line);
		}
	}
	va_end(ap);
}

#define assert_fails(rc, status, ...) \
	expect_failure(rc, status, __FILE__, __LINE__, __VA_ARGS__, NULL)

static inline void expect_success(int rc, const char *file, int line)
{
	if (rc >= 0)
		return;
	print_error("returned %d, message: %s\n", rc, fail_message());
	_fail(file, line);
}

/* RC must not be negative; prints the message if it is. */
#define assert_works(rc) expect_success(rc, __FILE__, __LINE__)

/* The path of a file in tests/data, in a static buffer. */
static inline const char *data_file(const char *name)
{
	static char path[4096];
	const char *srcdir = getenv("srcdir");

	snprintf(path, sizeof(path), "%s/tests/data/%s", srcdir ? srcdir : ".", name);
	return path;
}

#endif
