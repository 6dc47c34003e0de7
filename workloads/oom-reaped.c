/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OOM victims that are held before exit_mm until the OOM reaper is at them: a program of
 * its own (programs/oom-victim.c), and this is its description only.
 */
#include "contract/workload.h"

const struct workload oom_reaped = {
	.name = "oom-reaped",
	.summary = "an OOM victim's pages, some of them reaped already when it goes on to exit",
	.drives = "exit_mmap of a victim while the OOM reaper unmaps the same address space",
	.proof = "oom:start_task_reaping; whose read locks overlapped, and who waited",
	.shows = SHOWS_VICTIM | SHOWS_REAPER,
	.reaps = true,
	.mind = "the reaper comes 2 s after the kill (5.18 and later); `exit` starts when the "
		"child is let go, which is when its pages are seen to become fewer",
	.needs = "root; a memory cgroup, v2 or v1; ptrace",
	.primary = "exit",
	.metrics = METRIC_BIT(METRIC_EXIT),
	.program = PROGRAM_OOM_REAPED,
	.params = {
		{ "pages", "pages that each cgroup has room for", PARAM_COUNT, 16384, 1, 1 << 24 },
		{ "parallel", "victims at a time", PARAM_COUNT, 8, 1, 64 },
	},
};
