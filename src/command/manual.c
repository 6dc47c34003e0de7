/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The manual page's lists of options, from the tables that are parsed by. */
#include "config.h"
#include "command/manual.h"

void manual_options(const struct subcommand *const *commands, FILE *out)
{
	for (; *commands; commands++) {
		if ((*commands)->rows->name) {
			fprintf(out, ".Ss exitbench %s\n", (*commands)->name);
			options_mdoc((*commands)->rows, out);
		}
		if ((*commands)->parts)
			manual_options((*commands)->parts, out);
	}
}
