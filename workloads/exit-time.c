/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The historical test of exit_mmap(), a program of its own (programs/exit-time.c): it is
 * run by the controller, and this is its description only.
 */
#include "contract/workload.h"

const struct workload exit_time = {
	.name = "exit-time",
	.summary = "what the test of 2017 and 2021 holds: a copy of a small libc program",
	.drives = "all of a fork's death, return from main and libc's exit included",
	.proof = "the program's children are torn down in exit_mmap, each by itself",
	.mind = "starts before libc's exit, and with the fault that the stamp's page costs; "
		"what the parent of the fork has mapped decides",
	.primary = "exit",
	.metrics = METRIC_BIT(METRIC_EXIT),
	.program = PROGRAM_EXIT_TIME,
	.params = {
		{ "static", "1: linked statically, as in 2021", PARAM_FLAG, 0, 0, 1 },
	},
};
