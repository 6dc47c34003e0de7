/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes any one allocation of the test's program and of its libraries fail. Not under
 * AddressSanitizer, which has an allocator of its own: FAILING_MALLOC is 0 then.
 */
#ifndef EXITBENCH_FAILING_MALLOC_H
#define EXITBENCH_FAILING_MALLOC_H

#include <stdbool.h>
#include <stdlib.h>

/* Allocations until one fails; negative: none does. */
static long malloc_left = -1;

#if defined(__SANITIZE_ADDRESS__)
#define FAILING_MALLOC 0
#elif defined(__has_feature)
#define FAILING_MALLOC !__has_feature(address_sanitizer)
#else
#define FAILING_MALLOC 1
#endif
#if FAILING_MALLOC
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

static bool malloc_fails(void)
{
	return malloc_left >= 0 && malloc_left-- == 0;
}

void *malloc(size_t size)
{
	return malloc_fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return malloc_fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	return malloc_fails() ? NULL : __libc_realloc(p, size);
}
#endif

#endif
