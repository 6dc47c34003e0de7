/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The subcommands. */
#ifndef EXITBENCH_COMMAND_H
#define EXITBENCH_COMMAND_H

/*
 * The subcommands; argv[0] is the name. Each returns an exit status, or the negative of one
 * after fail(): then main() prints the message.
 */
int cmd_calibrate(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_history(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_lab(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_plot(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_prove(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_show(int argc, char **argv);

#endif
