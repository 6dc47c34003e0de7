/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random orders. GSL's generators carry kilobytes of state to be seeded for every order, and
 * most of them take 32 bits of seed: SplitMix64 has 64 of each.
 */
#include "config.h"
#include "analysis/statistics/splitmix.h"
#include "base/random.h"

/* Uniform in 0..n-1 without bias: Lemire, "Fast random integer generation", 2019. */
static uint64_t below(uint64_t *state, uint64_t n)
{
	unsigned __int128 product = (unsigned __int128)splitmix_next(state) * n;
	uint64_t threshold;

	if ((uint64_t)product < n) {
		threshold = -n % n;
		while ((uint64_t)product < threshold)
			product = (unsigned __int128)splitmix_next(state) * n;
	}
	return (uint64_t)(product >> 64);
}

void random_order(const uint64_t *key, size_t nkey, int *order, int n)
{
	uint64_t state = 0;
	size_t k;
	int i, j;

	for (k = 0; k < nkey; k++) {
		state ^= key[k];
		state = splitmix_next(&state);
	}
	for (i = 0; i < n; i++) {	/* Fisher-Yates, inside out */
		j = (int)below(&state, (uint64_t)i + 1);
		if (j < i)
			order[i] = order[j];
		order[j] = i;
	}
}
