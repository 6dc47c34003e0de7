# SPDX-License-Identifier: GPL-2.0-or-later
# The worker: no libc, one read-only segment (worker.lds). It is carried inside the
# controller, so it is not installed.
worker_sources = worker/worker.c worker/child.c worker/fail.c worker/helper.c worker/operation.c \
	worker/worker.h $(contract_headers)

noinst_PROGRAMS += worker/exitbench-worker
worker_exitbench_worker_SOURCES = $(worker_sources) worker/string.c $(workload_sources)
worker_exitbench_worker_CFLAGS = -std=gnu11 $(WARN_CFLAGS) $(WORKER_CFLAGS) $(WORKER_SAN_CFLAGS)
worker_exitbench_worker_LDFLAGS = -static -nostdlib -nostartfiles -Wl,-s \
	-Wl,--build-id=none -Wl,-z,max-page-size=65536 -Wl,-T,$(top_srcdir)/worker/worker.lds
worker_exitbench_worker_LDADD =
worker_exitbench_worker_DEPENDENCIES = $(top_srcdir)/worker/worker.lds
EXTRA_DIST += worker/worker.lds

# The same code with a libc, for AddressSanitizer: EXITBENCH_WORKER=... uses it.
check_PROGRAMS += worker/hosted-worker
worker_hosted_worker_SOURCES = $(worker_sources) $(workload_sources)
worker_hosted_worker_CPPFLAGS = $(AM_CPPFLAGS) -DWORKER_HOSTED
worker_hosted_worker_CFLAGS = $(AM_CFLAGS)
