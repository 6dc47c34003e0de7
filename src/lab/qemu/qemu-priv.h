/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of qemu.c share. */
#ifndef EXITBENCH_QEMU_PRIV_H
#define EXITBENCH_QEMU_PRIV_H

#include <sys/types.h>
#include "lab/qemu/qemu.h"

struct qemu {
	struct qemu_options o;
	pid_t pid;
	int pidfd;
	int out, console, errors;	/* memfds: its records, its console, QEMU's messages */
	int line;
	uint64_t at;			/* bytes of records read */
	char *buffer;
	size_t room;
	uint64_t since;			/* monotonic ns: of the last record, or the start */
	uint64_t since_cpu;		/* the CPU time it had used then, ns */
	bool spoke, ended, complete, by_signal;
	int status;
};

/* Descriptors as QEMU has them. */
struct qemu_files {
	int initramfs, out, console, line;
};

/* Becomes QEMU; returns when that fails. */
void qemu_exec(const char *qemu, const struct qemu_options *o, const struct qemu_files *f);

/*
 * Describes a guest that failed: WHAT it did, block and all. Shows the console's last lines
 * and keeps the console. Returns -STATUS_MACHINE.
 */
int qemu_failed(struct qemu *m, const char *what);

#endif
