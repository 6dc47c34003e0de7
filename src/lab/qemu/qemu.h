/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest in QEMU: starts it, reads what it sends, ends it. No network, no disk, no display;
 * nothing of it is in the file system but the kernel, and it dies with the thread that
 * started it. Functions that return int return 0, or negative after fail().
 */
#ifndef EXITBENCH_QEMU_H
#define EXITBENCH_QEMU_H

#include <stdbool.h>
#include <stdint.h>
#include "lab/guest/guest.h"

enum qemu_kind {
	QEMU_EXACT,		/* emulated; time is the number of instructions */
	QEMU_EMULATED,	/* emulated, in real time */
	QEMU_KVM,		/* runs on the CPU */
};

struct qemu_options {
	enum qemu_kind kind;
	const char *name;	/* for messages: the kernel variant's */
	const char *kernel;	/* bzImage or vmlinux */
	const char *append;	/* added to the kernel's command line, may be NULL */
	const char *type;	/* QEMU's -M; NULL: microvm */
	int64_t memory_mb;
	int initramfs;		/* descriptor; borrowed for the call */
	double start_limit;	/* CPU seconds, or ten times as many, until its first record */
	double limit;		/* the same without a record, after that */
	int cpu;		/* to be bound to; -1: anywhere */
	/* Where its console goes if it fails or complains: PREFIX-NAME.console; NULL: nowhere. */
	const char *keep_console;
	bool silent;		/* a failure's console is not shown */
	bool line;		/* a second serial line, for qemu_ask() */
};

struct qemu;

/* Finds QEMU: -STATUS_MACHINE with the package that has it. */
int qemu_find(void);

/* Starts it and returns at once. */
int qemu_start(const struct qemu_options *o, struct qemu **out);

/*
 * The next record that has arrived whole: 1, with *head and *data (borrowed until the next
 * call); 0 when there is none yet; -STATUS_MACHINE when the stream is no such stream, the
 * guest said that it gave up, ended early or was silent for too long: then its console's
 * last lines go to stderr and the message names the file that has all of them.
 */
int qemu_next(struct qemu *m, struct guest_record *head, const void **data);

/* A descriptor that poll() finds readable when it has ended. */
int qemu_pidfd(const struct qemu *m);

/* Has it ended, after sending GUEST_END? */
bool qemu_done(const struct qemu *m);

/* Sends the number of a block over the second serial line. */
int qemu_ask(struct qemu *m, uint32_t index);

/*
 * Warns if the guest's kernel has found a fault in itself so far (a WARNING, a BUG), with the
 * first one's line, and keeps the console as for a failed guest.
 */
void qemu_look_for_complaints(const struct qemu *m);

/* Kills it if it runs, waits for it. NULL is fine. */
void qemu_end(struct qemu *m);

#endif
