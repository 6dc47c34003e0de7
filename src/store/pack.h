/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Samples as a compact blob: frame of reference and bit packing with patched exceptions
 * (PFOR; Zukowski et al., "Super-Scalar RAM-CPU Cache Compression", ICDE 2006), a column
 * for each metric (metric.h). The format is in doc/result-format.md.
 */
#ifndef EXITBENCH_PACK_H
#define EXITBENCH_PACK_H

#include <stddef.h>
#include <stdint.h>
#include "contract/metric.h"

#define PACK_MOST 16777216	/* most operations in one blob */

/* The most bytes that pack() needs for N operations of COLUMNS columns. */
size_t pack_bound(size_t n);

/*
 * Packs N values (at most PACK_MOST) of each column that is not NULL into OUT, which has
 * room for pack_bound(n). Values are between -2^61 and 2^61. Returns the bytes used.
 */
size_t pack(const int64_t *const columns[COLUMNS], size_t n, uint8_t *out);

struct unpacked {
	size_t n;
	int64_t *column[COLUMNS];	/* NULL: not in the blob; each malloc'ed */
};

/*
 * Unpacks BLOB, of at most MOST operations. Every byte of it is distrusted: a few may say
 * that there are millions of equal values, so MOST is for who knows better. Returns 0, or
 * -STATUS_USAGE when it is no blob of this format, -STATUS_MACHINE without memory; *out is
 * then empty.
 */
int unpack(const uint8_t *blob, size_t size, size_t most, struct unpacked *out);
void unpacked_free(struct unpacked *u);

/*
 * One column alone, of which V has room for all values; *n is how many there are, 0 without
 * that column. V NULL: only counts them. Checks all of the blob, and fails, as unpack().
 */
int unpack_column(const uint8_t *blob, size_t size, int column, int64_t *v, size_t *n);

#endif
