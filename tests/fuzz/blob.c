/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A part's blob of samples: any bytes; what unpacks also packs, and unpacks to the same. */
#include "config.h"
#include "store/pack.h"
#include "tests/fuzz/fuzz.h"

#define MOST 100000	/* operations: more of them only take longer */

/* pack() takes values between -2^61 and 2^61. */
static int in_range(const struct unpacked *u)
{
	for (int c = 0; c < COLUMNS; c++)
		for (size_t i = 0; u->column[c] && i < u->n; i++)
			if (u->column[c][i] >= INT64_C(1) << 61 || u->column[c][i] <= -(INT64_C(1) << 61))
				return 0;
	return 1;
}

static void again(const struct unpacked *u)
{
	const int64_t *columns[COLUMNS];
	uint8_t *blob = malloc(pack_bound(u->n));
	struct unpacked same;
	size_t size;

	must(blob);
	for (int c = 0; c < COLUMNS; c++)
		columns[c] = u->column[c];
	size = pack(columns, u->n, blob);
	must(size <= pack_bound(u->n));
	must(!unpack(blob, size, u->n, &same) && same.n == u->n);
	for (int c = 0; c < COLUMNS; c++) {
		must(!same.column[c] == !u->column[c]);
		must(!u->column[c] || !memcmp(same.column[c], u->column[c], u->n * sizeof(int64_t)));
	}
	unpacked_free(&same);
	free(blob);
}

/* One column by itself is the same; U is NULL where not all of them can be had. */
static void by_column(const uint8_t *data, size_t size, const struct unpacked *u)
{
	int64_t *v = malloc((MOST + 1) * sizeof(*v));
	size_t n;

	must(v);
	for (int c = 0; c < COLUMNS; c++) {
		if (unpack_column(data, size, c, NULL, &n)) {
			must(!u);
			break;
		}
		if (n > MOST)
			break;
		if (!u)
			continue;
		must(n == (u->column[c] ? u->n : 0));
		must(!unpack_column(data, size, c, v, &n));
		must(!n || !memcmp(v, u->column[c], n * sizeof(*v)));
	}
	free(v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct unpacked u;

	if (unpack(data, size, MOST, &u)) {
		by_column(data, size, NULL);
		return 0;
	}
	by_column(data, size, &u);
	if (in_range(&u))
		again(&u);
	unpacked_free(&u);
	return 0;
}
