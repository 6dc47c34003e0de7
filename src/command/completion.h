/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Completion in shells, from the tables of options. */
#ifndef EXITBENCH_COMPLETION_H
#define EXITBENCH_COMPLETION_H

#include "command/command.h"

/* A script for bash that completes COMMANDS (NULL at the end), their options and values. */
void completion_bash(const struct subcommand *const *commands, FILE *out);

#endif
