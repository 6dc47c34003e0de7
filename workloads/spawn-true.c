/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The other historical test: a shell's loop of /bin/true, timed as a whole by the
 * controller. This is its description only.
 *
 * In 2017 the shells forked for each command; dash has used vfork since 0.5.11. In
 * parentheses the command gets a subshell, for which every shell forks still, and which
 * then executes it directly: what a loop did in 2017.
 */
#include "contract/workload.h"

const struct workload spawn_true = {
	.name = "spawn-true",
	.summary = "/bin/true, started N times by a shell's loop that is timed as a whole",
	.drives = "fork, exec_mmap of the shell's copy, and a dynamic program's exit",
	.shows = SHOWS_EXEC,
	.proof = "exit_mmap twice for each /bin/true: of the shell's copy at exec, and at its end",
	.mind = "most of it is fork, exec and the dynamic loader; with vfork there is no copy of "
		"the shell to tear down",
	.needs = "/bin/sh and /bin/true",
	.primary = "throughput",
	.metrics = METRIC_BIT(METRIC_THROUGHPUT),
	.program = PROGRAM_SPAWN_TRUE,
	.params = {
		{ "fork", "1: the shell forks, as in 2017; 0: as it does today, often vfork",
			PARAM_FLAG, 1, 0, 1 },
	},
};
