/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that children hold, for workloads and doses. */
#ifndef EXITBENCH_MEMORY_H
#define EXITBENCH_MEMORY_H

#include "contract/sys.h"

/*
 * Splits one mapping into COUNT VMAs of LENGTH bytes each (a multiple of the page size).
 * Every other one is MADV_DONTDUMP, a difference that keeps them from merging and means
 * nothing to exit_mmap. 0 or -errno.
 */
static inline long memory_split(void *area, uint64_t count, size_t length)
{
	long err = 0;

	for (uint64_t i = 1; i < count && !err; i += 2)
		err = sys_madvise((char *)area + i * length, length, MADV_DONTDUMP);
	return err;
}

/*
 * COUNT private anonymous VMAs of LENGTH bytes each, next to each other, and not accounted.
 * Returns the first, or an error for sys_is_error().
 */
static inline void *memory_vmas(uint64_t count, size_t length, int prot)
{
	char *area = sys_mmap(NULL, count * length, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		-1, 0);
	long err;

	if (sys_is_error(area))
		return area;
	err = memory_split(area, count, length);
	return err ? (void *)err : area;
}

/* Writes to each page, so that it is there. */
static inline void memory_touch(void *area, uint64_t pages, size_t page_size)
{
	volatile char *p = area;

	for (uint64_t i = 0; i < pages; i++)
		p[i * page_size] = 1;
}

/* Reads each page: one never written becomes an entry for the zero page. */
static inline void memory_read(const void *area, uint64_t pages, size_t page_size)
{
	const volatile char *p = area;

	for (uint64_t i = 0; i < pages; i++)
		(void)p[i * page_size];
}

#endif
