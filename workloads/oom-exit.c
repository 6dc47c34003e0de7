/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Children that a memory cgroup's OOM killer kills, one after the other: a program of its
 * own (programs/oom-victim.c), and this is its description only.
 */
#include "contract/workload.h"

const struct workload oom_exit = {
	.name = "oom-exit",
	.summary = "touched pages up to the limit of a memory cgroup, killed by its OOM killer",
	.drives = "the OOM kill path at full speed: mark_victim, SIGKILL, exit_mmap of a victim",
	.proof = "oom:mark_victim for each child; oom_kill in the cgroup's events",
	.shows = SHOWS_VICTIM,
	.reaps = true,
	.mind = "when the child was killed is not known from outside, so that `cycle` is all there "
		"is; the OOM reaper sleeps 2 s before it acts (5.18 and later), and is not expected",
	.needs = "root; a memory cgroup, v2 or v1",
	.primary = "cycle",
	.metrics = METRIC_BIT(METRIC_CYCLE),
	.program = PROGRAM_OOM_EXIT,
	.params = {
		{ "pages", "pages that the cgroup has room for", PARAM_COUNT, 1024, 1, 1 << 24 },
	},
};
