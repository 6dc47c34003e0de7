/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line for each workload, in the order that `exitbench list` shows. */
WORKLOAD(fork_exit)
WORKLOAD(touch_exit)
