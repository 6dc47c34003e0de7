/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A directory for result files, runs to fill them with, and a check of what is in them. */
#ifndef EXITBENCH_STORE_SAMPLE_H
#define EXITBENCH_STORE_SAMPLE_H

#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "store/store.h"
#include "tests/unit/unit.h"

static char directory[4096];

/* A path in the test's directory, in one of four static buffers. */
static const char *in_directory(const char *name)
{
	static char path[4][4200];
	static int at;

	at = (at + 1) % 4;
	snprintf(path[at], sizeof(path[at]), "%s/%s", directory, name);
	return path[at];
}

static int make_directory(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(directory, sizeof(directory), "%s/exitbench-store.XXXXXX", tmp ? tmp : "/tmp");
	return mkdtemp(directory) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int remove_directory(void **state)
{
	(void)state;
	return nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

struct ids {
	int64_t run, arm, cell;
};

__attribute__((unused)) static struct ids add_run(struct store *s, const char *uuid)
{
	const struct store_run run = { .uuid = uuid, .status = "running", .label = "first",
		.command = "exitbench run", .version = "1", .seed = -7, .switch_level = "block",
		.boot = "b1", .kernel = "6.1", .unit = "ns", .resolution = 0.5,
		.settings = "{}" };
	struct store_arm arm = { .name = "a", .params = "pages=3" };
	struct store_cell cell = { .workload = "touch-exit", .params = "pages=2", .cores = 2,
		.place = "compact", .cpus = "0,2", .primary = "exit" };
	struct ids ids;

	assert_works(store_add_run(s, &run, &ids.run));
	arm.run = cell.run = ids.run;
	assert_works(store_add_arm(s, &arm, &ids.arm));
	assert_works(store_add_cell(s, &cell, &ids.cell));
	return ids;
}

/* Adds block ROUND, of two parts whose samples are ROUND and ROUND + 1. */
static __attribute__((unused)) int add_block(struct store *s, const struct ids *ids, int64_t round)
{
	const int64_t v[2] = { round, round + 1 };
	const int64_t *columns[2][COLUMNS] = {
		{[METRIC_EXIT] = &v[0]}, {[METRIC_EXIT] = &v[1]}};
	uint8_t blob[2][256];
	const struct store_block b = { .cell = ids->cell, .arm = ids->arm, .round = round,
		.position = 1, .warmup = round == 0, .start_ns = 1000 * round,
		.duration_ns = 900, .throughput = round % 2 ? 12.5 : NAN, .steal_ms = NAN,
		.parts = 2 };
	struct store_part parts[2];

	for (int i = 0; i < 2; i++)
		parts[i] = (struct store_part){.cpu = 2 * i,
			.ops = 1,
			.failed = 2,
			.lead_in = 3,
			.fill = 4,
			.duration_ns = 5,
			.voluntary = 6,
			.involuntary = 7,
			.disturbed = round ? 1 : 0,
			.samples = round ? blob[i] : NULL,
			.size = pack(columns[i], 1, blob[i])};
	return store_add_block(s, &b, parts);
}

struct counted {
	struct store *s;
	int64_t run, cell, arm;
	int runs, arms, cells, blocks, parts, notes;
	int64_t last_round;
	bool nan_seen;
};

static int count_part(void *arg, const struct store_part *p)
{
	struct counted *c = arg;
	struct unpacked u;

	assert_int_equal(p->ops, 1);
	assert_int_equal(p->failed, 2);
	assert_int_equal(p->lead_in, 3);
	assert_int_equal(p->fill, 4);
	assert_int_equal(p->voluntary, 6);
	assert_int_equal(p->involuntary, 7);
	assert_int_equal(p->cpu, 2 * (c->parts++ % 2));
	if (!c->last_round) {
		assert_null(p->samples);
		return 0;
	}
	assert_works(unpack(p->samples, p->size, 1, &u));
	assert_int_equal(u.n, 1);
	assert_int_equal(u.column[METRIC_EXIT][0], c->last_round + p->cpu / 2);
	unpacked_free(&u);
	return 0;
}

static int count_block(void *arg, const struct store_block *b)
{
	struct counted *c = arg;

	assert_int_equal(b->parts, 2);
	assert_int_equal(b->start_ns, 1000 * b->round);
	assert_int_equal(b->warmup, b->round == 0);
	assert_true(isnan(b->steal_ms));
	assert_true(b->round % 2 ? b->throughput == 12.5 : isnan(b->throughput));
	assert_true(!c->blocks || b->round > c->last_round);
	c->last_round = b->round;
	c->blocks++;
	return store_parts(c->s, b->id, count_part, c);
}

static int count_cell(void *arg, const struct store_cell *e)
{
	struct counted *c = arg;

	assert_string_equal(e->workload, "touch-exit");
	assert_string_equal(e->params, "pages=2");
	assert_string_equal(e->place, "compact");
	assert_string_equal(e->cpus, "0,2");
	assert_string_equal(e->primary, "exit");
	assert_int_equal(e->cores, 2);
	c->cell = e->id;
	c->cells++;
	return store_blocks(c->s, e->id, STORE_WARMUPS_TOO, count_block, c);
}

static int count_arm(void *arg, const struct store_arm *a)
{
	struct counted *c = arg;

	assert_string_equal(a->name, "a");
	assert_string_equal(a->params, "pages=3");
	c->arm = a->id;
	c->arms++;
	return 0;
}

static int count_note(void *arg, const char *kind, const char *text)
{
	struct counted *c = arg;

	assert_string_equal(kind, "warning");
	assert_string_equal(text, "careful");
	c->notes++;
	return 0;
}

static int count_run(void *arg, const struct store_run *r)
{
	struct counted *c = arg;

	assert_int_equal(strlen(r->uuid), 32);
	assert_int_equal(strlen(r->started), strlen("2026-11-22T18:53:58Z"));
	assert_string_equal(r->label, "first");
	assert_int_equal(r->seed, -7);
	assert_true(r->resolution == 0.5);
	assert_null(r->clock);
	assert_null(r->environment);
	c->run = r->id;
	c->runs++;
	c->last_round = 0;
	assert_works(store_arms(c->s, r->id, count_arm, c));
	assert_works(store_notes(c->s, r->id, count_note, c));
	c->blocks = 0;
	return store_cells(c->s, r->id, count_cell, c);
}

static __attribute__((unused)) struct counted count(const char *path)
{
	struct counted c = { 0 };

	assert_works(store_open(path, STORE_READ, &c.s));
	assert_works(store_runs(c.s, count_run, &c));
	store_close(c.s);
	return c;
}

#endif
