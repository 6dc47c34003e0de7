# SPDX-License-Identifier: GPL-2.0-or-later
# The instrument: plan, worker link, environment, result file, command line.
control_cflags = $(AM_CFLAGS) $(HWLOC_CFLAGS) $(SQLITE_CFLAGS) $(GSL_CFLAGS) $(JANSSON_CFLAGS)
control_libs = $(HWLOC_LIBS) $(SQLITE_LIBS) $(GSL_LIBS) $(JANSSON_LIBS) -lpthread -lm

# All but main(), for the program and for the tests.
noinst_LIBRARIES += src/libcontrol.a
src_libcontrol_a_SOURCES = \
	src/fail.c src/fail.h src/units.c src/units.h src/suggest.c src/suggest.h \
	src/params.c src/params.h src/random.c src/random.h \
	src/topology.c src/topology.h src/topology-priv.h src/cpuset.c src/plan.c src/plan.h \
	src/environment.c src/environment.h src/environment-priv.h src/environment-read.c \
	src/environment-cgroup.c src/environment-cpu.c src/environment-diff.c \
	src/environment-kernel.c src/environment-machine.c src/environment-trace.c \
	src/doctor.c src/doctor.h src/doctor-priv.h src/doctor-cpu.c src/doctor-kernel.c \
	src/doctor-probe.c src/doctor-system.c \
	src/clock.c src/clock.h src/signals.c src/signals.h src/steal.c src/steal.h \
	src/link.c src/link.h src/link-start.c src/link-start.h src/worker-image.c \
	src/pack.c src/pack.h \
	src/store.c src/store.h src/store-priv.h src/store-read.c src/store-write.c \
	src/block.c src/block.h src/measure.c src/measure.h src/progress.c src/progress.h \
	src/command.c src/command.h \
	src/cell-text.c src/cell-text.h src/csv.c src/csv.h src/export.c src/export.h \
	src/show.h src/show-json.c src/show-text.c src/wrap.c src/wrap.h \
	src/published.c src/published.h src/published-image.c src/history-report.c \
	src/history-report.h src/history-json.c src/history-text.c \
	src/spool.c src/spool.h src/spool-priv.h src/spool-read.c \
	src/dataset.c src/dataset.h src/dataset-priv.h src/dataset-load.c \
	src/results.c src/results.h src/results-json.c src/results-text.c
src_libcontrol_a_CFLAGS = $(control_cflags)
src_libcontrol_a_CPPFLAGS = $(AM_CPPFLAGS) -DPUBLISHED_JSON='"$(top_srcdir)/analysis/published.json"'
src/libcontrol_a-worker-image.$(OBJEXT): worker/exitbench-worker
src/libcontrol_a-published-image.$(OBJEXT): $(top_srcdir)/analysis/published.json

bin_PROGRAMS += exitbench
exitbench_SOURCES = src/exitbench.c src/cmd-compare.c src/cmd-doctor.c src/cmd-export.c \
	src/cmd-history.c src/cmd-import.c src/cmd-list.c src/cmd-merge.c src/cmd-run.c src/cmd-show.c \
	src/cmd-plot.c src/plot.h src/plot-data.c src/plot-gnuplot.c src/plot-table.c src/plot-text.c \
	$(workload_sources)
nodist_exitbench_SOURCES =
exitbench_CFLAGS = $(control_cflags)
exitbench_CPPFLAGS = $(AM_CPPFLAGS) -DPKGDATADIR='"$(pkgdatadir)"'
exitbench_LDADD = src/libcontrol.a analysis/libanalysis.a $(control_libs)
