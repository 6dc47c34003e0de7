/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include "base/random.h"

/*
 * SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
 * OOPSLA 2014, with the constants of Vigna's public-domain splitmix64.c. GSL's generators
 * carry kilobytes of state to be seeded for every order, and most of them take 32 bits
 * of seed.
 */
static uint64_t mix(uint64_t z)
{
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint64_t random_next(uint64_t *state)
{
	return mix(*state += UINT64_C(0x9e3779b97f4a7c15));
}

/* Uniform in 0..n-1 without bias: Lemire, "Fast random integer generation", 2019. */
static uint64_t below(uint64_t *state, uint64_t n)
{
	unsigned __int128 product = (unsigned __int128)random_next(state) * n;
	uint64_t threshold;

	if ((uint64_t)product < n) {
		threshold = -n % n;
		while ((uint64_t)product < threshold)
			product = (unsigned __int128)random_next(state) * n;
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
		state = random_next(&state);
	}
	for (i = 0; i < n; i++) {	/* Fisher-Yates, inside out */
		j = (int)below(&state, (uint64_t)i + 1);
		if (j < i)
			order[i] = order[j];
		order[j] = i;
	}
}
