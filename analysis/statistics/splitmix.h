/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SplitMix64: neighbouring states give unrelated numbers. */
#ifndef EXITBENCH_SPLITMIX_H
#define EXITBENCH_SPLITMIX_H

#include <stdint.h>

/*
 * The next 64 bits of the sequence that *STATE stands at: Steele, Lea and Flood, "Fast
 * splittable pseudorandom number generators", OOPSLA 2014, with the constants of Vigna's
 * public-domain splitmix64.c. Any state is a good one to begin with.
 */
static inline uint64_t splitmix_next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

#endif
