/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What compilers call even in freestanding code. */
#include <stddef.h>

void *memset(void *to, int c, size_t n);
void *memcpy(void *to, const void *from, size_t n);

void *memset(void *to, int c, size_t n)
{
	for (char *p = to; n--; p++)
		*p = (char)c;
	return to;
}

void *memcpy(void *to, const void *from, size_t n)
{
	const char *q = from;

	for (char *p = to; n--; p++, q++)
		*p = *q;
	return to;
}
