/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of exitbench lab; argv[0] is the part's name. Each returns an exit status, or the
 * negative of one after fail().
 */
#ifndef EXITBENCH_LAB_H
#define EXITBENCH_LAB_H

int lab_run(int argc, char **argv);	/* what exitbench lab does without a part */
int lab_build(int argc, char **argv);
int lab_variants(int argc, char **argv);
int lab_bisect(int argc, char **argv);

#endif
