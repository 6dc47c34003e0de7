/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copying runs between result files. */
#include "config.h"
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "store/store-priv.h"

#define MOST_ARMS 256

/* Where a copied run's rows go, and what their keys become. */
struct copy {
	struct store *to, *from;
	int64_t run;			/* in TO */
	int64_t cell;
	struct {
		int64_t old, new;
	} arms[MOST_ARMS];
	int narms;
	struct store_part *parts;
	int nparts, room;
	bool copied;
};

static int copy_arm(void *arg, const struct store_arm *a)
{
	struct copy *c = arg;
	struct store_arm arm = *a;

	if (c->narms == MOST_ARMS)
		return fail(STATUS_USAGE, "%s: more than %d arms in a run", c->from->path,
			MOST_ARMS);
	arm.run = c->run;
	c->arms[c->narms].old = a->id;
	return store_add_arm(c->to, &arm, &c->arms[c->narms++].new);
}

static int copy_part(void *arg, const struct store_part *p)
{
	struct copy *c = arg;
	struct store_part *part;

	if (c->nparts == c->room) {
		c->room = c->room ? 2 * c->room : 16;
		part = reallocarray(c->parts, c->room, sizeof(*part));
		if (!part)
			return fail_nomem();
		c->parts = part;
	}
	part = &c->parts[c->nparts];
	*part = *p;
	part->samples = NULL;
	if (p->samples) {
		part->samples = malloc(p->size + 1);
		if (!part->samples)
			return fail_nomem();
		memcpy((void *)part->samples, p->samples, p->size);
	}
	c->nparts++;
	return 0;
}

static int copy_block(void *arg, const struct store_block *b)
{
	struct copy *c = arg;
	struct store_block block = *b;
	int err;

	block.cell = c->cell;
	block.arm = 0;
	for (int i = 0; i < c->narms; i++)
		if (c->arms[i].old == b->arm)
			block.arm = c->arms[i].new;
	if (!block.arm)
		return fail(STATUS_USAGE, "%s: block %lld has no arm: the file is damaged",
			c->from->path, (long long)b->id);
	c->nparts = 0;
	err = store_parts(c->from, b->id, copy_part, c);
	block.parts = c->nparts;
	if (!err)
		err = store_add_block(c->to, &block, c->parts);
	while (c->nparts)
		free((void *)c->parts[--c->nparts].samples);
	return err;
}

static int copy_cell(void *arg, const struct store_cell *cell)
{
	struct copy *c = arg;
	struct store_cell to = *cell;
	int err;

	to.run = c->run;
	err = store_add_cell(c->to, &to, &c->cell);
	return err ? err : store_blocks(c->from, cell->id, STORE_WARMUPS_TOO, copy_block, c);
}

static int copy_note(void *arg, const char *kind, const char *line)
{
	struct copy *c = arg;

	return store_add_note(c->to, c->run, kind, line);
}

static int copy_run(void *arg, const struct store_run *r)
{
	struct copy *c = arg;
	sqlite3_stmt *st;
	bool there;
	int err;

	if (r->id != c->run)
		return 0;
	st = store_statement(c->to, SELECT_UUID);
	if (!st)
		return -STATUS_USAGE;
	sqlite3_bind_text(st, 1, r->uuid, -1, SQLITE_STATIC);
	there = sqlite3_step(st) == SQLITE_ROW;
	sqlite3_reset(st);
	if (there)
		return 0;
	err = store_add_run(c->to, r, &c->run);
	if (!err)
		err = store_arms(c->from, r->id, copy_arm, c);
	if (!err)
		err = store_cells(c->from, r->id, copy_cell, c);
	if (!err)
		err = store_notes(c->from, r->id, copy_note, c);
	c->copied = !err;
	c->run = 0;		/* no other */
	return err;
}

int store_copy_run(struct store *to, struct store *from, int64_t run, bool *copied)
{
	struct copy c = { .to = to, .from = from, .run = run };
	int err = store_begin(to);

	*copied = false;
	if (err)
		return err;
	err = store_runs(from, copy_run, &c);
	if (!err)
		err = store_commit(to);
	if (err)
		store_rollback(to);
	free(c.parts);
	*copied = c.copied && !err;
	return err;
}
