/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of the manual page that is made from the tables of options. */
#ifndef EXITBENCH_MANUAL_H
#define EXITBENCH_MANUAL_H

#include "command/command.h"

/* The options of all COMMANDS (NULL at the end) and their parts, in mdoc(7). */
void manual_options(const struct subcommand *const *commands, FILE *out);

#endif
