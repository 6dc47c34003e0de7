/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a guest of the lab is given and what it sends back. Both sides are of one build, so
 * structures go as they are in memory.
 *
 * In: the initramfs holds GUEST_PLAN_FILE, a struct guest_plan with its blocks behind it,
 * and GUEST_WORKER_FILE, the worker that runs on the host as well. Nothing else enters a
 * guest that has to be exact: input from outside arrives at a moment of its own.
 *
 * Out: a stream of records, each a struct guest_record and SIZE bytes, ending with
 * GUEST_END. On x86-64 it leaves through port GUEST_PORT_OUT (QEMU's debugcon), which needs
 * no driver and raises no interrupt.
 */
#ifndef EXITBENCH_GUEST_H
#define EXITBENCH_GUEST_H

#include <stdint.h>
#include "contract/protocol.h"

#define GUEST_PLAN_FILE "/plan"
#define GUEST_WORKER_FILE "/exitbench-worker"
#define GUEST_MAGIC 0x47424531U		/* "1EBG" in memory */

#define GUEST_PORT_OUT 0xe9		/* QEMU's isa-debugcon */
#define GUEST_PORT_END 0xf4		/* QEMU's isa-debug-exit: ends it with GUEST_STATUS */
#define GUEST_END_VALUE 0x10
#define GUEST_STATUS (GUEST_END_VALUE << 1 | 1)

enum guest_source {
	GUEST_FROM_PLAN,	/* runs the plan's cells in order, then ends the guest */
	GUEST_FROM_LINE,	/* runs a block of the cell whose number comes in on the second
				   serial line, as 4 bytes; one past the last ends the guest */
};

/* Blocks of request.ops operations, until TOTAL are recorded; the last may be shorter. */
struct guest_job {
	struct block_request request;	/* command, workers, fresh and spin are the guest's */
	uint64_t total;
};

struct guest_plan {
	uint32_t magic;
	uint32_t source;	/* enum guest_source */
	uint64_t capacity;	/* most recorded operations of a block */
	uint64_t ncells;
	struct guest_job cell[];
};

enum guest_kind {
	GUEST_HELLO = 1,	/* the kernel's release and version: two strings, NUL after each */
	GUEST_BEGIN,		/* a block of cell INDEX begins */
	GUEST_BLOCK,		/* struct guest_block, then result.ops struct operation */
	GUEST_ERROR,		/* text: the guest cannot go on */
	GUEST_END,		/* all of the plan was run */
};

/*
 * Where instructions are counted, every block starts just after a timer tick, so that ticks
 * fall on the same operations in kernels that hardly differ, or on none, and are known.
 */
struct guest_block {
	struct block_result result;
	uint64_t tick;		/* counter: at the last tick before the block */
	uint64_t span, ticks;	/* so many ticks follow each other in SPAN; 0: not known */
};

struct guest_record {
	uint32_t magic;
	uint32_t kind;		/* enum guest_kind */
	uint64_t index;		/* the cell's number in the plan */
	uint64_t size;		/* bytes that follow */
};

#endif
