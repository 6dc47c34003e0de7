# SPDX-License-Identifier: GPL-2.0-or-later
# Workloads that are programs of their own: the controller starts them instead of a worker.
# No CFLAGS of ours: they are what a plain "gcc -O2" makes of them.
pkglibexec_PROGRAMS += programs/exit-time
programs_exit_time_SOURCES = programs/exit-time.c
programs_exit_time_CFLAGS = -std=gnu11 $(WARN_CFLAGS)
programs_exit_time_LDFLAGS =

if HAVE_STATIC_LIBC
pkglibexec_PROGRAMS += programs/exit-time-static
programs_exit_time_static_SOURCES = programs/exit-time.c
programs_exit_time_static_CFLAGS = -std=gnu11 $(WARN_CFLAGS)
programs_exit_time_static_LDFLAGS = -static
endif

# Started for oom-exit and oom-reaped.
pkglibexec_PROGRAMS += programs/oom-victim
programs_oom_victim_SOURCES = programs/oom-victim.c
programs_oom_victim_CFLAGS = -std=gnu11 $(WARN_CFLAGS)
programs_oom_victim_LDFLAGS =
