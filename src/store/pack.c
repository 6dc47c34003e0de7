/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Samples in a blob and out of it. */
#include "config.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "store/pack.h"

/* 1 was written where there was no column behind the third; nothing else differs. */
#define PACK_VERSION 2
#define RESIDUAL 8		/* flag: cycle is stored less fork and exit */
#define HEADER (1 + 10 + 10)	/* version, mask, varint n */
#define COLUMN_HEADER (10 + 1 + 10)
#define MOST_WIDTH 56		/* a bit buffer of 64 holds 7 more */

static unsigned int bits(uint64_t v)
{
	return v ? 64 - __builtin_clzll(v) : 0;
}

size_t pack_bound(size_t n)
{
	/*
	 * No column comes out longer than at its full width without exceptions, or, wider
	 * than MOST_WIDTH, with an exception for every value.
	 */
	return HEADER + COLUMNS * (COLUMN_HEADER + (n * MOST_WIDTH + 7) / 8 + n * 4);
}

/* A column's bit in the mask: the residual's is behind the first three. */
static uint64_t column_bit(int c)
{
	return UINT64_C(1) << (c < 3 ? c : c + 1);
}

static uint8_t *put_varint(uint8_t *p, uint64_t v)
{
	for (; v >= 128; v >>= 7)
		*p++ = v | 128;
	*p++ = v;
	return p;
}

static size_t varint_size(unsigned int width)
{
	return width ? (width + 6) / 7 : 1;
}

/* The width with the smallest size, from how many values have how many bits. */
static unsigned int choose_width(const size_t count[65], size_t n)
{
	size_t best_size = SIZE_MAX;
	unsigned int best = 0;

	for (unsigned int width = 0; width <= MOST_WIDTH; width++) {
		size_t size = (n * width + 7) / 8;

		/* An exception: a gap of mostly one byte, and the high bits. */
		for (unsigned int b = width + 1; b <= 64; b++)
			size += count[b] * (1 + varint_size(b - width));
		if (size < best_size) {
			best_size = size;
			best = width;
		}
	}
	return best;
}

static uint8_t *put_bits(uint8_t *p, const int64_t *v, size_t n, int64_t base, unsigned int width)
{
	uint64_t mask = (UINT64_C(1) << width) - 1, buffer = 0;
	unsigned int held = 0;

	for (size_t i = 0; i < n; i++) {
		buffer |= (((uint64_t)v[i] - (uint64_t)base) & mask) << held;
		for (held += width; held >= 8; held -= 8) {
			*p++ = buffer;
			buffer >>= 8;
		}
	}
	if (held)
		*p++ = buffer;
	return p;
}

static uint8_t *put_column(uint8_t *p, const int64_t *v, size_t n)
{
	size_t count[65] = { 0 }, exceptions = 0, next = 0;
	int64_t base = n ? v[0] : 0;
	unsigned int width;

	for (size_t i = 1; i < n; i++)
		if (v[i] < base)
			base = v[i];
	for (size_t i = 0; i < n; i++)
		count[bits((uint64_t)v[i] - (uint64_t)base)]++;
	width = choose_width(count, n);
	for (unsigned int b = width + 1; b <= 64; b++)
		exceptions += count[b];

	p = put_varint(p, (uint64_t)base << 1 ^ (uint64_t)(base >> 63));
	*p++ = width;
	p = put_varint(p, exceptions);
	p = put_bits(p, v, n, base, width);
	for (size_t i = 0; exceptions && i < n; i++) {
		uint64_t high = ((uint64_t)v[i] - (uint64_t)base) >> width;

		if (!high)
			continue;
		p = put_varint(p, i - next);
		p = put_varint(p, high);
		next = i + 1;
		exceptions--;
	}
	return p;
}

size_t pack(const int64_t *const columns[COLUMNS], size_t n, uint8_t *out)
{
	bool residual = columns[METRIC_FORK] && columns[METRIC_CYCLE] && columns[METRIC_EXIT];
	int64_t *rest = residual ? malloc((n ? n : 1) * sizeof(*rest)) : NULL;
	uint64_t mask = rest ? RESIDUAL : 0;
	uint8_t *p = out;

	for (int c = 0; c < COLUMNS; c++)
		mask |= columns[c] ? column_bit(c) : 0;
	*p++ = PACK_VERSION;
	p = put_varint(p, mask);
	p = put_varint(p, n);
	for (size_t i = 0; rest && i < n; i++)
		rest[i] = columns[METRIC_CYCLE][i] - columns[METRIC_FORK][i] -
			  columns[METRIC_EXIT][i];
	for (int c = 0; c < COLUMNS; c++)
		if (columns[c])
			p = put_column(p, c == METRIC_CYCLE && rest ? rest : columns[c], n);
	free(rest);
	return p - out;
}

struct reader {
	const uint8_t *p, *end;
	bool bad;
};

static uint64_t get_varint(struct reader *r)
{
	uint64_t v = 0;

	for (unsigned int shift = 0; shift < 64; shift += 7) {
		if (r->p == r->end)
			break;
		v |= (uint64_t)(*r->p & 127) << shift;
		if (!(*r->p++ & 128))
			return v;
	}
	r->bad = true;
	return 0;
}

static void get_bits(struct reader *r, int64_t *v, size_t n, int64_t base, unsigned int width)
{
	size_t size = (n * width + 7) / 8;
	uint64_t mask = (UINT64_C(1) << width) - 1, buffer = 0;
	unsigned int held = 0;

	if ((size_t)(r->end - r->p) < size) {
		r->bad = true;
		return;
	}
	if (!v) {
		r->p += size;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		for (; held < width; held += 8)
			buffer |= (uint64_t)*r->p++ << held;
		v[i] = (int64_t)((buffer & mask) + (uint64_t)base);
		buffer >>= width;
		held -= width;
	}
}

/* V NULL: past it. */
static void get_column(struct reader *r, int64_t *v, size_t n)
{
	uint64_t zigzag = get_varint(r), exceptions, at = 0;
	int64_t base = (int64_t)(zigzag >> 1 ^ -(zigzag & 1));
	unsigned int width = r->p < r->end ? *r->p++ : 255;

	exceptions = get_varint(r);
	if (r->bad || width > MOST_WIDTH || exceptions > n) {
		r->bad = true;
		return;
	}
	get_bits(r, v, n, base, width);
	for (; exceptions && !r->bad; exceptions--) {
		uint64_t gap = get_varint(r), high = get_varint(r);

		if (gap >= n - at) {
			r->bad = true;
			return;
		}
		at += gap;
		if (v)
			v[at] = (int64_t)((uint64_t)v[at] + (high << width));
		at++;
		if (at == n && exceptions > 1)
			r->bad = true;
	}
}

/* What the sums of hostile columns overflow to does not matter, only that it may. */
static void add_residual(struct unpacked *u)
{
	for (size_t i = 0; i < u->n; i++)
		u->column[METRIC_CYCLE][i] =
			(int64_t)((uint64_t)u->column[METRIC_CYCLE][i] +
				  (uint64_t)u->column[METRIC_FORK][i] +
				  (uint64_t)u->column[METRIC_EXIT][i]);
}

static bool good_mask(uint64_t mask)
{
	if (!mask || mask & ~(column_bit(COLUMNS) - 1))
		return false;
	return !(mask & RESIDUAL) || (mask & 15) == 15;
}

static int damaged(void)
{
	return fail(STATUS_USAGE, "a block's samples are damaged");
}

static int get_header(struct reader *r, uint64_t *mask, uint64_t *n)
{
	uint8_t version = r->bad ? 0 : *r->p++;

	if (version > PACK_VERSION)
		return fail(STATUS_USAGE, "a block's samples are in the format %d of a later exitbench; "
			"this one reads up to %d", version, PACK_VERSION);
	*mask = get_varint(r);
	*n = get_varint(r);
	return r->bad || !version || !good_mask(*mask) || *n > PACK_MOST ? damaged() : 0;
}

int unpack(const uint8_t *blob, size_t size, size_t most, struct unpacked *out)
{
	struct reader r = { blob, blob + size, size < 3 };
	uint64_t mask = 0, n = 0;
	int err = get_header(&r, &mask, &n);

	memset(out, 0, sizeof(*out));
	if (!err && n > most)
		err = damaged();
	if (err)
		return err;
	out->n = n;
	for (int c = 0; c < COLUMNS && !r.bad; c++) {
		if (!(mask & column_bit(c)))
			continue;
		out->column[c] = calloc(n ? n : 1, sizeof(int64_t));
		if (!out->column[c]) {
			unpacked_free(out);
			return fail_nomem();
		}
		get_column(&r, out->column[c], n);
	}
	if (r.bad || r.p != r.end) {
		unpacked_free(out);
		return damaged();
	}
	if (mask & RESIDUAL)
		add_residual(out);
	return 0;
}

/* One that takes others to know. */
static int unpack_sum(const uint8_t *blob, size_t size, int column, int64_t *v)
{
	struct unpacked u;
	int err = unpack(blob, size, PACK_MOST, &u);

	if (err)
		return err;
	if (u.n)
		memcpy(v, u.column[column], u.n * sizeof(*v));
	unpacked_free(&u);
	return 0;
}

int unpack_column(const uint8_t *blob, size_t size, int column, int64_t *v, size_t *n)
{
	struct reader r = { blob, blob + size, size < 3 };
	uint64_t mask = 0, all = 0;
	int err = get_header(&r, &mask, &all);

	*n = !err && mask & column_bit(column) ? all : 0;
	if (err)
		return err;
	if (v && *n && mask & RESIDUAL && column == METRIC_CYCLE)
		return unpack_sum(blob, size, column, v);
	for (int c = 0; c < COLUMNS && !r.bad; c++)
		if (mask & column_bit(c))
			get_column(&r, c == column ? v : NULL, all);
	return r.bad || r.p != r.end ? damaged() : 0;
}

void unpacked_free(struct unpacked *u)
{
	for (int c = 0; c < COLUMNS; c++)
		free(u->column[c]);
	memset(u, 0, sizeof(*u));
}
