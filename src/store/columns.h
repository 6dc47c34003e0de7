/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The columns of a result file, a row each: the one list. The structs of store.h, CREATE,
 * INSERT and SELECT, what a value may be, the check sums and the totals are made from it.
 * doc/result-format.md says the same to who reads a file without exitbench; a test compares.
 *
 *	column(type, member, "name and SQL's type", value, flags)
 *
 * VALUE is what may be in it, a letter: i a whole number, n one that is not negative, c one
 * that fits an int besides, p that or -1, r a finite number, t text, b bytes; upper case: or
 * NULL (NAN, a NULL pointer). FLAGS are below. Strings are borrowed when written; when read
 * they live until the callback returns.
 */
#ifndef EXITBENCH_STORE_COLUMNS_H
#define EXITBENCH_STORE_COLUMNS_H

enum column_flags {
	ROW_SUM = 1,		/* in the check sum of the row itself: of runs and notes */
	BLOCK_SUM = 2,		/* in those of the blocks that are of this row */
	BOTH_SUMS = ROW_SUM | BLOCK_SUM,
	ROW_ID = 4,		/* SQLite makes it */
	NEW_UUID = 8,		/* made here where it is NULL */
	NOW = 16,		/* the time where it is NULL */
};

#define RUN_COLUMNS(column)									\
	column(int64_t, id, "id INTEGER PRIMARY KEY", 'i', ROW_ID)				\
	column(const char *, uuid, "uuid TEXT NOT NULL UNIQUE", 't', BOTH_SUMS | NEW_UUID)	\
	column(const char *, started, "started TEXT NOT NULL", 't', BOTH_SUMS | NOW)		\
	column(const char *, finished, "finished TEXT", 'T', ROW_SUM)				\
	/* running, done, interrupted, failed */						\
	column(const char *, status, "status TEXT NOT NULL", 't', ROW_SUM)			\
	column(const char *, label, "label TEXT", 'T', BOTH_SUMS)				\
	column(const char *, command, "command TEXT NOT NULL", 't', BOTH_SUMS)			\
	column(const char *, version, "version TEXT NOT NULL", 't', BOTH_SUMS)			\
	column(int64_t, seed, "seed INTEGER NOT NULL", 'i', BOTH_SUMS)				\
	/* block, vm, boot, file */								\
	column(const char *, switch_level, "switch_level TEXT NOT NULL", 't', BOTH_SUMS)	\
	/* boot id, or the name that an import gave it */					\
	column(const char *, boot, "boot TEXT NOT NULL", 't', BOTH_SUMS)			\
	column(const char *, kernel, "kernel TEXT", 'T', BOTH_SUMS)				\
	/* ns, instructions; samples are stored in multiples of so many of them */		\
	column(const char *, unit, "unit TEXT NOT NULL", 't', BOTH_SUMS)			\
	column(double, resolution, "resolution REAL NOT NULL", 'r', BOTH_SUMS)			\
	column(const char *, clock, "clock TEXT", 'T', BOTH_SUMS)				\
	/* JSON, JSON, hwloc's XML */								\
	column(const char *, settings, "settings TEXT", 'T', BOTH_SUMS)				\
	column(const char *, environment, "environment TEXT", 'T', BOTH_SUMS)			\
	column(const char *, topology, "topology TEXT", 'T', BOTH_SUMS)				\
	column(int64_t, crc, "crc INTEGER", 'n', 0)

#define ARM_COLUMNS(column)									\
	column(int64_t, id, "id INTEGER PRIMARY KEY", 'i', ROW_ID)				\
	column(int64_t, run, "run INTEGER NOT NULL REFERENCES run", 'i', 0)			\
	column(int, position, "position INTEGER NOT NULL", 'c', BLOCK_SUM)			\
	column(const char *, name, "name TEXT NOT NULL", 't', BLOCK_SUM)			\
	/* "k=v,..." that it changes */								\
	column(const char *, params, "params TEXT NOT NULL", 't', BLOCK_SUM)

#define CELL_COLUMNS(column)									\
	column(int64_t, id, "id INTEGER PRIMARY KEY", 'i', ROW_ID)				\
	column(int64_t, run, "run INTEGER NOT NULL REFERENCES run", 'i', 0)			\
	column(const char *, workload, "workload TEXT NOT NULL", 't', BLOCK_SUM)		\
	/* "k=v,..." all of them, before the arm's */						\
	column(const char *, params, "params TEXT NOT NULL", 't', BLOCK_SUM)			\
	column(int, cores, "cores INTEGER NOT NULL", 'c', BLOCK_SUM)				\
	column(const char *, place, "place TEXT NOT NULL", 't', BLOCK_SUM)			\
	/* the kernel's numbers in order, "0,2" */						\
	column(const char *, cpus, "cpus TEXT", 'T', BLOCK_SUM)					\
	column(const char *, primary, "primary_metric TEXT NOT NULL", 't', BLOCK_SUM)

#define BLOCK_COLUMNS(column)									\
	column(int64_t, id, "id INTEGER PRIMARY KEY", 'i', ROW_ID)				\
	column(int64_t, cell, "cell INTEGER NOT NULL REFERENCES cell", 'i', 0)			\
	column(int64_t, arm, "arm INTEGER NOT NULL REFERENCES arm", 'i', 0)			\
	/* one block of each arm: a pair; where in the round it was */				\
	column(int64_t, round, "round INTEGER NOT NULL", 'n', BLOCK_SUM)			\
	column(int, position, "position INTEGER NOT NULL", 'c', BLOCK_SUM)			\
	/* counted, but its samples were dropped */						\
	column(bool, warmup, "warmup INTEGER NOT NULL", 'n', BLOCK_SUM)				\
	/* since the run started; first start to last end of the recorded parts */		\
	column(int64_t, start_ns, "start_ns INTEGER NOT NULL", 'n', BLOCK_SUM)			\
	column(int64_t, duration_ns, "duration_ns INTEGER NOT NULL", 'n', BLOCK_SUM)		\
	/* operations per second over all cores; NAN: unknown */				\
	column(double, throughput, "throughput REAL", 'R', BLOCK_SUM)				\
	/* taken from the block's CPUs; NAN: not read */					\
	column(double, steal_ms, "steal_ms REAL", 'R', BLOCK_SUM)				\
	column(int64_t, crc, "crc INTEGER", 'n', 0)

#define PART_COLUMNS(column)									\
	column(int64_t, block, "block INTEGER NOT NULL REFERENCES block", 'i', 0)		\
	/* -1: not known, all cores together */							\
	column(int, cpu, "cpu INTEGER NOT NULL", 'p', BLOCK_SUM)				\
	/* operations: recorded, forks that failed, before and after the recorded ones */	\
	column(int64_t, ops, "ops INTEGER NOT NULL", 'n', BLOCK_SUM)				\
	column(int64_t, failed, "failed INTEGER NOT NULL", 'n', BLOCK_SUM)			\
	column(int64_t, lead_in, "lead_in INTEGER NOT NULL", 'n', BLOCK_SUM)			\
	column(int64_t, fill, "fill INTEGER NOT NULL", 'n', BLOCK_SUM)				\
	column(int64_t, duration_ns, "duration_ns INTEGER NOT NULL", 'n', BLOCK_SUM)		\
	/* context switches */									\
	column(int64_t, voluntary, "voluntary INTEGER NOT NULL", 'n', BLOCK_SUM)		\
	column(int64_t, involuntary, "involuntary INTEGER NOT NULL", 'n', BLOCK_SUM)		\
	/* cycles above the cell's limit */							\
	column(int64_t, disturbed, "disturbed INTEGER NOT NULL", 'n', BLOCK_SUM)		\
	/* pack()ed; NULL for a warm-up. The last: its size is behind it */			\
	column(const void *, samples, "samples BLOB", 'B', BLOCK_SUM)

#define NOTE_COLUMNS(column)									\
	column(int64_t, id, "id INTEGER PRIMARY KEY", 'i', ROW_ID)				\
	column(int64_t, run, "run INTEGER NOT NULL REFERENCES run", 'i', 0)			\
	column(const char *, time, "time TEXT NOT NULL", 't', NOW)				\
	column(const char *, kind, "kind TEXT NOT NULL", 't', ROW_SUM)				\
	column(const char *, text, "text TEXT NOT NULL", 't', ROW_SUM)				\
	column(int64_t, crc, "crc INTEGER", 'n', 0)

/*
 * Members of a block's struct, too, besides its id. Where operations are counted exactly: timer
 * ticks, in the run's unit from the start of the recorded part, and what lies between two
 * operations. Period 0: not known.
 */
#define TICK_COLUMNS(column)									\
	column(double, tick_first, "first REAL NOT NULL", 'r', BLOCK_SUM)			\
	column(double, tick_period, "period REAL NOT NULL", 'r', BLOCK_SUM)			\
	column(double, between, "between_ops REAL NOT NULL", 'r', BLOCK_SUM)

/* Sums over the parts of a cell's and an arm's blocks; "AS" names them in messages. */
#define TOTALS(column)										\
	column(int64_t, blocks, "count(DISTINCT CASE WHEN NOT warmup THEN block.id END)"	\
		" AS blocks", 'n', 0)								\
	column(int64_t, warmups, "count(DISTINCT CASE WHEN warmup THEN block.id END) AS warmups", \
		'n', 0)										\
	column(int64_t, started, "sum(ops + failed + lead_in + fill) AS started", 'N', 0)	\
	column(int64_t, ops, "sum(CASE WHEN NOT warmup THEN ops END) AS ops", 'N', 0)		\
	column(int64_t, warmup_ops, "sum(CASE WHEN warmup THEN ops END) AS warmup_ops", 'N', 0)	\
	column(int64_t, failed, "sum(failed) AS failed", 'N', 0)				\
	column(int64_t, lead_in, "sum(lead_in) AS lead_in", 'N', 0)				\
	column(int64_t, fill, "sum(fill) AS fill", 'N', 0)					\
	column(int64_t, disturbed, "sum(disturbed) AS disturbed", 'N', 0)			\
	column(int64_t, involuntary, "sum(CASE WHEN NOT warmup THEN involuntary END) AS"	\
		" involuntary", 'N', 0)								\
	column(int64_t, bytes, "sum(length(samples)) AS bytes", 'N', 0)				\
	column(double, steal_ms, "(SELECT total(steal_ms) FROM block WHERE cell = ?1 AND"	\
		" arm = ?2 AND NOT warmup) AS steal_ms", 'R', 0)

#define COLUMN_MEMBER(type, member, sql, value, flags) type member;

#endif
