# SPDX-License-Identifier: GPL-2.0-or-later
# The instrument, in the order that data flows: machine -> measure -> store -> (analysis/)
# -> report; base/ is for all of them, command/ has one file for each subcommand.
src_dirs = -I$(top_srcdir)/src/base -I$(top_srcdir)/src/machine -I$(top_srcdir)/src/measure \
	-I$(top_srcdir)/src/store -I$(top_srcdir)/src/report -I$(top_srcdir)/src/command \
	-I$(top_srcdir)/src/lab -I$(top_srcdir)/src/lab/guest
control_cflags = $(AM_CFLAGS) $(HWLOC_CFLAGS) $(SQLITE_CFLAGS) $(GSL_CFLAGS) $(JANSSON_CFLAGS) \
	$(TRACEFS_CFLAGS) $(ZLIB_CFLAGS)
control_libs = $(HWLOC_LIBS) $(SQLITE_LIBS) $(GSL_LIBS) $(JANSSON_LIBS) $(TRACEFS_LIBS) $(ZLIB_LIBS) -lpthread -lm

# All but main() and the commands, for the program and for the tests.
noinst_LIBRARIES += src/libcontrol.a
src_libcontrol_a_SOURCES = \
	src/base/clock.c src/base/clock.h \
	src/base/fail.c src/base/fail.h \
	src/base/guard.c src/base/guard.h \
	src/base/place.c src/base/place.h \
	src/base/random.c src/base/random.h \
	src/base/signals.c src/base/signals.h \
	src/base/suggest.c src/base/suggest.h \
	src/base/units.c src/base/units.h \
	src/base/wrap.c src/base/wrap.h

src_libcontrol_a_SOURCES += \
	src/machine/cpuset.c \
	src/machine/doctor.c src/machine/doctor.h src/machine/doctor-priv.h \
	src/machine/doctor-cpu.c src/machine/doctor-kernel.c src/machine/doctor-probe.c \
	src/machine/doctor-system.c \
	src/machine/environment.c src/machine/environment.h src/machine/environment-priv.h \
	src/machine/environment-cgroup.c src/machine/environment-cpu.c \
	src/machine/environment-diff.c src/machine/environment-kernel.c \
	src/machine/environment-machine.c src/machine/environment-read.c \
	src/machine/environment-trace.c \
	src/machine/memcg.c src/machine/memcg.h \
	src/machine/proc.c src/machine/proc.h \
	src/machine/repair.c src/machine/repair.h \
	src/machine/shell-fork.c src/machine/shell-fork.h \
	src/machine/steal.c src/machine/steal.h \
	src/machine/vmstat.c src/machine/vmstat.h \
	src/machine/tracing.c src/machine/tracing.h \
	src/machine/topology.c src/machine/topology-child.c src/machine/topology.h src/machine/topology-priv.h

src_libcontrol_a_SOURCES += \
	src/measure/block.c src/measure/block.h \
	src/measure/calibrate.c src/measure/calibrate.h \
	src/measure/check.c src/measure/check.h \
	src/measure/link.c src/measure/link.h \
	src/measure/link-program.c src/measure/link-program.h \
	src/measure/link-start.c src/measure/link-start.h \
	src/measure/measure.c src/measure/measure.h \
	src/measure/params.c src/measure/params.h \
	src/measure/plan.c src/measure/plan.h \
	src/measure/progress.c src/measure/progress.h \
	src/measure/prove.c src/measure/prove.h \
	src/measure/request.c src/measure/request.h \
	src/measure/session.c src/measure/session.h \
	src/measure/worker-image.c

src_libcontrol_a_SOURCES += \
	src/store/calibration.c src/store/calibration.h \
	src/store/csv.c src/store/csv.h \
	src/store/dataset.c src/store/dataset.h src/store/dataset-priv.h src/store/dataset-load.c \
	src/store/dataset-exact.c \
	src/store/export.c src/store/export.h \
	src/store/metric.c \
	src/store/pack.c src/store/pack.h \
	src/store/spool.c src/store/spool.h src/store/spool-priv.h src/store/spool-read.c \
	src/store/store.c src/store/store.h src/store/store-priv.h src/store/store-read.c \
	src/store/store-check.c src/store/store-copy.c src/store/store-sync.c src/store/store-tick.c \
	src/store/store-trust.c src/store/store-vfs.c src/store/store-write.c

src_libcontrol_a_SOURCES += \
	src/report/cell-text.c src/report/cell-text.h \
	src/report/chart.c src/report/chart.h src/report/chart-priv.h src/report/chart-more.c \
	src/report/format.c src/report/format.h \
	src/report/history-json.c src/report/history-report.c src/report/history-report.h \
	src/report/history-text.c \
	src/report/page.c src/report/page.h src/report/page-about.c src/report/page-data.c \
	src/report/page-image.c \
	src/report/plot.h src/report/plot-priv.h src/report/plot-cores.c \
	src/report/plot-data.c src/report/plot-distribution.c src/report/plot-findings.c \
	src/report/plot-gnuplot.c src/report/plot-marks.c src/report/plot-table.c \
	src/report/plot-text.c src/report/plot-time.c \
	src/report/proof.h src/report/proof-json.c src/report/proof-text.c \
	src/report/published.c src/report/published.h src/report/published-image.c \
	src/report/results.c src/report/results.h src/report/results-json.c \
	src/report/results-summary.c src/report/results-text.c \
	src/report/results-junit.c src/report/results-ktap.c \
	src/report/calibration-text.c src/report/calibration-text.h \
	src/report/scaling.c src/report/scaling.h \
	src/report/samples-json.c src/report/samples-json.h \
	src/report/show.h src/report/show-json.c src/report/show-text.c \
	src/report/svg.c src/report/svg.h \
	src/report/text.c src/report/text.h
EXTRA_DIST += src/report/page.css src/report/page.js

src_libcontrol_a_SOURCES += src/command/command.c src/command/command.h \
	src/command/sides.c src/command/sides.h

src_libcontrol_a_CFLAGS = $(control_cflags)
src_libcontrol_a_CPPFLAGS = $(AM_CPPFLAGS) -DPKGDATADIR='"$(pkgdatadir)"' \
	-DPUBLISHED_JSON='"$(top_srcdir)/analysis/published.json"' \
	-DPKGLIBEXECDIR='"$(pkglibexecdir)"' \
	-DLAB_DIR='"$(top_srcdir)/lab"' \
	-DPAGE_CSS='"$(top_srcdir)/src/report/page.css"' -DPAGE_JS='"$(top_srcdir)/src/report/page.js"'
src/measure/libcontrol_a-worker-image.$(OBJEXT): worker/exitbench-worker
src/report/libcontrol_a-page-image.$(OBJEXT): $(top_srcdir)/src/report/page.css \
	$(top_srcdir)/src/report/page.js
src/report/libcontrol_a-published-image.$(OBJEXT): $(top_srcdir)/analysis/published.json

bin_PROGRAMS += exitbench
exitbench_SOURCES = src/command/exitbench.c \
	src/command/cmd-calibrate.c \
	src/command/cmd-compare.c \
	src/command/cmd-doctor.c \
	src/command/cmd-export.c \
	src/command/cmd-history.c \
	src/command/cmd-import.c \
	src/command/cmd-list.c \
	src/command/cmd-merge.c \
	src/command/cmd-plot.c \
	src/command/cmd-report.c \
	src/command/cmd-prove.c \
	src/command/cmd-run.c \
	src/command/cmd-show.c \
	$(workload_sources)
exitbench_CFLAGS = $(control_cflags)
exitbench_LDADD = src/libcontrol.a analysis/libanalysis.a $(control_libs)
