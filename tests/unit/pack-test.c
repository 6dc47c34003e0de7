/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blobs of samples: what goes in comes out; what was tampered with does no harm. */
#include "config.h"
#include <math.h>
#include <time.h>
#include "analysis/statistics/splitmix.h"
#include "store/pack.h"
#include "tests/unit/unit.h"

#define LIMIT ((INT64_C(1) << 61) - 1)

static uint64_t seed, state64;

static uint64_t next_random(void)
{
	return splitmix_next(&state64);
}

static double uniform(void)
{
	return ((double)(next_random() >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform());
}

/* Each column alone is what it is among all, and as good or bad. */
static void expect_columns(const uint8_t *blob, size_t size, const struct unpacked *u, int err)
{
	int64_t *v;
	size_t n;

	for (int c = 0; c < COLUMNS; c++) {
		assert_int_equal(unpack_column(blob, size, c, NULL, &n), err);
		if (err)
			continue;
		assert_int_equal(n, u->column[c] ? u->n : 0);
		v = malloc((n + 1) * sizeof(*v));
		assert_works(unpack_column(blob, size, c, v, &n));
		if (n)
			assert_memory_equal(v, u->column[c], n * sizeof(*v));
		free(v);
	}
}

/* Packs the columns, unpacks them, compares; returns the size. */
static size_t round_trip(const int64_t *const columns[COLUMNS], size_t n)
{
	uint8_t *blob = malloc(pack_bound(n));
	struct unpacked u;
	size_t size = pack(columns, n, blob);

	assert_true(size <= pack_bound(n));
	assert_works(unpack(blob, size, n, &u));
	assert_int_equal(u.n, n);
	for (int c = 0; c < COLUMNS; c++) {
		assert_int_equal(!u.column[c], !columns[c]);
		if (columns[c] && n)
			assert_memory_equal(u.column[c], columns[c], n * sizeof(int64_t));
	}
	expect_columns(blob, size, &u, 0);
	unpacked_free(&u);
	free(blob);
	return size;
}

static size_t round_trip_one(const int64_t *v, size_t n)
{
	const int64_t *columns[COLUMNS] = { [METRIC_EXIT] = v };

	return round_trip(columns, n);
}

static void random_columns(void **state)
{
	enum { N = 700 };
	int64_t v[COLUMNS][N];

	(void)state;
	print_message("# seed %llu\n", (unsigned long long)seed);
	for (int turn = 0; turn < 2000; turn++) {
		unsigned int mask = 1 + next_random() % ((1U << COLUMNS) - 1);
		const int64_t *columns[COLUMNS] = { 0 };
		size_t n = next_random() % (N + 1);

		for (int c = 0; c < COLUMNS; c++) {
			unsigned int width = next_random() % 62, rare = next_random() % 62;

			for (size_t i = 0; i < n; i++) {
				unsigned int bits = next_random() % 50 ? width : rare;

				v[c][i] = (int64_t)(next_random() >> (63 - bits) >> 1);
				if (turn % 3 == 0 && next_random() % 2)
					v[c][i] = -v[c][i];
			}
			columns[c] = mask & 1u << c ? v[c] : NULL;
		}
		round_trip(columns, n);
	}
}

static void extremes(void **state)
{
	const int64_t ends[] = { -LIMIT, LIMIT, 0, -1, 1, LIMIT - 1, 1 - LIMIT };
	int64_t v[3 * 400];
	const int64_t *one[COLUMNS] = { &ends[0], &ends[1], &ends[0] };
	const int64_t *all[COLUMNS] = { v, v + 400, v + 800 };

	(void)state;
	round_trip_one(ends, 7);
	for (int i = 0; i < 3 * 400; i++)
		v[i] = next_random() % 2 ? LIMIT : -LIMIT;
	round_trip_one(v, 400);
	round_trip(one, 1);
	/* What is left of cycle needs all 64 bits. */
	round_trip(all, 400);
}

static void small(void **state)
{
	const int64_t v[] = { 42 }, zero[] = { 0 };
	const int64_t *all[COLUMNS] = { v, v, v };

	(void)state;
	round_trip_one(v, 0);
	round_trip(all, 0);
	round_trip_one(v, 1);
	round_trip_one(zero, 1);
	round_trip(all, 1);
}

static void constant(void **state)
{
	int64_t v[5000];

	(void)state;
	for (int i = 0; i < 5000; i++)
		v[i] = 123456789;
	assert_true(round_trip_one(v, 5000) < 16);
}

static void missing_columns(void **state)
{
	int64_t v[COLUMNS][100];

	(void)state;
	for (int i = 0; i < 100; i++)
		for (int c = 0; c < COLUMNS; c++)
			v[c][i] = (c + 1) * 1000 + i * i % 97;
	for (unsigned int mask = 1; mask < 1U << COLUMNS; mask++) {
		const int64_t *columns[COLUMNS];

		for (int c = 0; c < COLUMNS; c++)
			columns[c] = mask & 1U << c ? v[c] : NULL;
		round_trip(columns, 100);
	}
}

/* fork + exit > cycle: no machine measures that, but a clock that steps may. */
static void negative_residuals(void **state)
{
	int64_t fork[50], cycle[50], exit_[50];
	const int64_t *columns[COLUMNS] = { fork, cycle, exit_ };

	(void)state;
	for (int i = 0; i < 50; i++) {
		fork[i] = 30000 + i;
		exit_[i] = 50000 - i;
		cycle[i] = i % 7 ? 81000 : 100 - i;
	}
	round_trip(columns, 50);
}

static void outliers(void **state)
{
	int64_t v[10000];
	size_t plain, with;

	(void)state;
	for (int i = 0; i < 10000; i++)
		v[i] = 50000 + (int64_t)(next_random() % 1024);
	plain = round_trip_one(v, 10000);
	v[0] = v[9999] = LIMIT;
	v[5000] = v[5001] = INT64_C(1) << 40;
	v[7000] = 1;
	with = round_trip_one(v, 10000);
	/* An exception costs itself, not a wider column. (1 moves the base.) */
	assert_true(with < plain + 10000 * 6 / 8 + 64);
	v[7000] = 50000;
	assert_true(round_trip_one(v, 10000) < plain + 64);
}

/*
 * Like a real machine's: a floor, log-normal spread of a few percent above it, one in a
 * thousand disturbed by a tick or worse.
 */
static int64_t sample(double floor_ns, double spread, double resolution)
{
	double ns = floor_ns + spread * exp(normal());

	if (next_random() % 1000 == 0)
		ns += 4000 * exp(2 * normal());
	return (int64_t)(ns / resolution + 0.5);
}

static double bytes_per_operation(double resolution)
{
	enum { N = 120, BLOCKS = 200 };		/* a block of 10 ms at 80 us */
	int64_t fork[N], cycle[N], exit_[N];
	const int64_t *columns[COLUMNS] = { fork, cycle, exit_ };
	size_t size = 0;

	for (int b = 0; b < BLOCKS; b++) {
		for (int i = 0; i < N; i++) {
			fork[i] = sample(28000, 900, resolution);
			exit_[i] = sample(33000, 1500, resolution);
			cycle[i] = fork[i] + exit_[i] + sample(19000, 1200, resolution);
		}
		size += round_trip(columns, N);
	}
	return (double)size / (N * BLOCKS);
}

static void sizes(void **state)
{
	double fine = bytes_per_operation(1), coarse = bytes_per_operation(16);

	(void)state;
	print_message("# bytes an operation: %.2f at 1 ns, %.2f at 16 ns\n", fine, coarse);
	assert_true(fine <= 7);
	assert_true(coarse < 5);
}

/* Unpacks a copy of exactly SIZE bytes, so that a byte read too far is seen. */
static int try_blob(const uint8_t *blob, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct unpacked u;
	int err;

	memcpy(copy, blob, size);
	err = unpack(copy, size, PACK_MOST, &u);
	if (err) {
		assert_int_equal(u.n, 0);
		for (int c = 0; c < COLUMNS; c++)
			assert_null(u.column[c]);
	}
	expect_columns(copy, size, &u, err);
	unpacked_free(&u);
	free(copy);
	return err;
}

/* The example in doc/result-format.md. */
static void worked_example(void **state)
{
	static const int64_t fork[] = { 20, 23, 21 }, cycle[] = { 75, 80, 5000 },
		exit_[] = { 50, 51, 50 };
	static const uint8_t expected[] = {0x02, 0x0f, 0x03, 0x28, 0x02, 0x00, 0x1c, 0x0a,
		0x01, 0x01, 0x02, 0x02, 0x9e, 0x13, 0x64, 0x01, 0x00, 0x02};
	const int64_t *columns[COLUMNS] = { fork, cycle, exit_ };
	uint8_t blob[512];
	size_t size = pack(columns, 3, blob);

	(void)state;
	assert_true(pack_bound(3) <= sizeof(blob));
	assert_int_equal(size, sizeof(expected));
	assert_memory_equal(blob, expected, size);
	round_trip(columns, 3);
	/* As it was written when there were three columns. */
	blob[0] = 1;
	assert_works(try_blob(blob, size));
}

static size_t make_victim(uint8_t *blob, size_t n)
{
	int64_t v[COLUMNS][64];
	const int64_t *columns[COLUMNS] = { v[0], v[1], v[2] };

	for (size_t i = 0; i < n; i++) {
		v[METRIC_FORK][i] = sample(28000, 900, 1);
		v[METRIC_EXIT][i] = i == 7 ? INT64_C(1) << 45 : sample(33000, 1500, 1);
		v[METRIC_CYCLE][i] = v[0][i] + v[2][i] + sample(19000, 1200, 1);
	}
	return pack(columns, n, blob);
}

static void truncated(void **state)
{
	uint8_t blob[4096];
	size_t size = make_victim(blob, 40);

	(void)state;
	assert_works(try_blob(blob, size));
	for (size_t n = 0; n < size; n++)
		assert_fails(try_blob(blob, n), STATUS_USAGE, "damaged");
	blob[size] = 0;
	assert_fails(try_blob(blob, size + 1), STATUS_USAGE, "damaged");
}

static void flipped_bits(void **state)
{
	uint8_t blob[4096];
	size_t size = make_victim(blob, 40);
	int accepted = 0;

	(void)state;
	for (size_t bit = 0; bit < 8 * size; bit++) {
		blob[bit / 8] ^= 1 << bit % 8;
		accepted += !try_blob(blob, size);
		blob[bit / 8] ^= 1 << bit % 8;
	}
	/* Most bits are of samples, and any sample is a sample. */
	print_message("# %d of %zu flipped bits make other samples\n", accepted, 8 * size);
}

static void random_bytes(void **state)
{
	uint8_t blob[200];

	(void)state;
	for (int turn = 0; turn < 20000; turn++) {
		size_t size = next_random() % sizeof(blob);

		for (size_t i = 0; i < size; i++)
			blob[i] = (uint8_t)next_random();
		/* Past the first checks more often than chance would. */
		if (turn % 4 && size > 3) {
			blob[0] = 1 + turn / 64 % 2;
			blob[1] = turn % 64;
			blob[2] &= 127;
		}
		try_blob(blob, size);
	}
}

static void wrong_headers(void **state)
{
	static const struct {
		uint8_t bytes[12];
		size_t size;
	} bad[] = {
		{{0, 1, 0, 0, 0, 0}, 6},                   /* no version */
		{{2, 0xa0, 0, 0, 0, 0, 0}, 7},             /* a column there is not */
		{{1, 0, 0}, 3},                            /* no column */
		{{1, 8 | 3, 0, 0, 0, 0, 0, 0, 0}, 9},      /* a residual of nothing */
		{{1, 1, 0x81, 0x80, 0x80, 8, 0, 0, 0}, 9}, /* more than PACK_MOST */
		{{1, 1, 1, 0, 57, 0}, 6},                  /* too wide */
		{{1, 1, 1, 0, 0, 2, 0, 1, 0, 1}, 10}, /* more exceptions than values */
		{{1, 1, 2, 0, 0, 1, 2, 1}, 8},        /* an exception behind the end */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_fails(try_blob(bad[i].bytes, bad[i].size), STATUS_USAGE, "damaged");
	assert_fails(try_blob((const uint8_t[]){ 3, 1, 0, 0, 0, 0 }, 6), STATUS_USAGE, "later");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_columns),
		cmocka_unit_test(extremes),
		cmocka_unit_test(small),
		cmocka_unit_test(constant),
		cmocka_unit_test(missing_columns),
		cmocka_unit_test(negative_residuals),
		cmocka_unit_test(outliers),
		cmocka_unit_test(sizes),
		cmocka_unit_test(worked_example),
		cmocka_unit_test(truncated),
		cmocka_unit_test(flipped_bits),
		cmocka_unit_test(random_bytes),
		cmocka_unit_test(wrong_headers),
	};
	const char *given = getenv("EXITBENCH_TEST_SEED");

	seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	state64 = seed;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("pack", tests, NULL, NULL);
}
