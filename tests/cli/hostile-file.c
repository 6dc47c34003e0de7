/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hostile-file FILE TEXT: a result file, all right by its check sums, with TEXT for every name. */
#include "config.h"
#include <stdio.h>
#include "base/fail.h"
#include "store/store.h"

#define ROUNDS 20
#define SAMPLES 10

/* The same times for both arms. */
static int add_block(struct store *s, int64_t cell, int64_t arm, int position, int round)
{
	int64_t v[SAMPLES];
	const int64_t *columns[COLUMNS] = { [METRIC_EXIT] = v };
	uint8_t blob[16 * SAMPLES + 64];
	struct store_part part = { .ops = SAMPLES, .duration_ns = 1000, .samples = blob };
	const struct store_block b = { .cell = cell, .arm = arm, .round = round,
		.position = position, .start_ns = 1000 * (2 * round + position),
		.duration_ns = 900, .throughput = 1000 + round, .steal_ms = 0, .parts = 1 };

	for (int i = 0; i < SAMPLES; i++)
		v[i] = 5000 + (37 * round + 11 * i) % 100;
	part.size = pack(columns, SAMPLES, blob);
	return store_add_block(s, &b, &part);
}

static int add_run(struct store *s, const char *text)
{
	struct store_run run = { .status = "done", .label = text, .kernel = text, .boot = text,
		.command = text, .version = text, .clock = text, .unit = text, .resolution = 1,
		.settings = "{}", .environment = text, .topology = text, .switch_level = "block",
		.started = text, .finished = text };
	struct store_cell cell = { .workload = text, .params = text, .cores = 1, .place = text,
		.cpus = text, .primary = "exit" };
	int64_t arms[2], id, in;
	int err = store_add_run(s, &run, &id);

	cell.run = id;
	for (int i = 0; i < 2 && !err; i++) {
		char name[256];
		struct store_arm arm = { .run = id, .position = i, .name = name, .params = text };

		snprintf(name, sizeof(name), "%s%d", text, i);
		err = store_add_arm(s, &arm, &arms[i]);
	}
	if (!err)
		err = store_add_cell(s, &cell, &in);
	for (int i = 0; i < 2 * ROUNDS && !err; i++)
		err = add_block(s, in, arms[i % 2], i % 2, i / 2);
	return err ? err : store_add_note(s, id, text, text);
}

int main(int argc, char **argv)
{
	struct store *s;
	int err = argc == 3 ? store_open(argv[1], STORE_APPEND, &s) :
			      fail(STATUS_USAGE, "usage: hostile-file FILE TEXT");

	if (!err) {
		err = add_run(s, argv[2]);
		store_close(s);
	}
	if (err)
		fprintf(stderr, "%s\n", fail_message());
	return -err;
}
