/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line for each workload, in the order that `exitbench list` shows. */
WORKLOAD(fork_exit)
WORKLOAD(exec_exit)
WORKLOAD(vma_exit)
WORKLOAD(touch_exit)
WORKLOAD(sparse_exit)
WORKLOAD(file_exit)
WORKLOAD(close_exit)
WORKLOAD(shmem_exit)
WORKLOAD(cow_exit)
WORKLOAD(mlock_exit)
WORKLOAD(kill_exit)
