/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random orders that are a function of a key, so that any of them can be had again
 * without those before it: reproducible, not secret.
 */
#ifndef EXITBENCH_RANDOM_H
#define EXITBENCH_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/*
 * ORDER becomes a uniformly random permutation of 0..N-1 that depends on the NKEY words
 * of KEY and on N only. N of 0 and 1 are fine.
 */
void random_order(const uint64_t *key, size_t nkey, int *order, int n);

#endif
