/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A VFS for SQLite that lies between it and the disk, for tests: it makes calls fail, and it
 * keeps what was written and synced, to show what a disk may hold after a power cut.
 */
#ifndef EXITBENCH_FAULT_VFS_H
#define EXITBENCH_FAULT_VFS_H

#include <stdbool.h>
#include <stdint.h>

/* Makes it SQLite's default; all passes through until told otherwise. */
void fault_install(void);
/* Back to the one before. */
void fault_remove(void);

/*
 * The N-th call from now on (1 is the next) that writes, syncs, cuts, opens or removes a file
 * fails with ERROR, and with FOREVER all behind it, too. 0: none. Opening anew counts.
 */
void fault_at(long n, int error, bool forever);
/* Calls since fault_at(), and has one of them failed? */
long fault_calls(void);
bool fault_happened(void);

/* From now on, what happens to files is kept. */
void power_start(void);
/* Changes so far. */
long power_changes(void);

enum power_cut {
	POWER_NOTHING,		/* only what was synced got to the disk */
	POWER_ALL,		/* all did, up to the cut */
	POWER_TORN,		/* of what was not synced, what SEED says: writes lost or torn */
	POWER_CUTS
};

/*
 * Makes the files as they are when power goes before change AT, with their names, in directory
 * TO. None if there was none yet.
 */
void power_cut(long at, enum power_cut how, uint64_t seed, const char *to);
void power_end(void);

#endif
