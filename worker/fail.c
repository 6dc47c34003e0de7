/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a worker tells that a block failed. */
#include "contract/protocol.h"
#include "worker/worker.h"

static void set_what(struct block_result *r, const char *what)
{
	size_t i = 0;

	for (; what && what[i] && i < sizeof(r->what) - 1; i++)
		r->what[i] = what[i];
	r->what[i] = '\0';
}

void worker_block_fails(struct worker *w, enum block_error kind, int error)
{
	struct block_result *r = &w->area->result;

	if (r->kind == BLOCK_OK) {
		r->kind = kind;
		r->error = error;
		set_what(r, w->child->context.what);
	}
	__atomic_store_n(&w->group->abort, 1, __ATOMIC_RELEASE);
}
