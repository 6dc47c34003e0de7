# SPDX-License-Identifier: GPL-2.0-or-later
# A new workload: its file, and its line here, in the order that `exitbench list` shows.
workload_files = \
	workloads/fork-exit.c \
	workloads/exit-time.c \
	workloads/spawn-true.c \
	workloads/exec-exit.c \
	workloads/vma-exit.c \
	workloads/touch-exit.c \
	workloads/sparse-exit.c \
	workloads/file-exit.c \
	workloads/close-exit.c \
	workloads/shmem-exit.c \
	workloads/cow-exit.c \
	workloads/thp-exit.c \
	workloads/hugetlb-exit.c \
	workloads/mlock-exit.c \
	workloads/swap-exit.c \
	workloads/thread-exit.c \
	workloads/kill-exit.c \
	workloads/mrelease-exit.c \
	workloads/oom-exit.c \
	workloads/oom-reaped.c \
	workloads/fork-enomem.c \
	workloads/maps-reader.c

workload_sources = $(contract_headers) workloads/list.c $(workload_files)

# WORKLOAD(fork_exit), and so on: what list.c is made of.
workloads/all.h: $(top_srcdir)/workloads/local.mk
	$(AM_V_GEN)$(MKDIR_P) workloads && printf 'WORKLOAD(%s)\n' $(workload_files) | \
		sed 's,workloads/,,; s,[.]c,,; y,-,_,' >$@
BUILT_SOURCES += workloads/all.h
CLEANFILES += workloads/all.h
$(exitbench_OBJECTS) $(worker_exitbench_worker_OBJECTS): | workloads/all.h
