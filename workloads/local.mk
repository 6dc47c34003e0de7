# SPDX-License-Identifier: GPL-2.0-or-later
# A new workload: its file here, its line in list.h.
workload_sources = $(contract_headers) workloads/list.h workloads/list.c \
	workloads/exit-time.c workloads/spawn-true.c workloads/oom-exit.c workloads/oom-reaped.c \
	workloads/close-exit.c \
	workloads/cow-exit.c \
	workloads/exec-exit.c \
	workloads/file-exit.c \
	workloads/fork-enomem.c \
	workloads/fork-exit.c \
	workloads/hugetlb-exit.c \
	workloads/kill-exit.c \
	workloads/maps-reader.c \
	workloads/mlock-exit.c \
	workloads/mrelease-exit.c \
	workloads/shmem-exit.c \
	workloads/sparse-exit.c \
	workloads/swap-exit.c \
	workloads/thp-exit.c \
	workloads/thread-exit.c \
	workloads/touch-exit.c \
	workloads/vma-exit.c
