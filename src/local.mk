# SPDX-License-Identifier: GPL-2.0-or-later
# The instrument. doc/architecture.md has its directories in order, and what may include what.
control_cflags = $(AM_CFLAGS) $(HWLOC_CFLAGS) $(SQLITE_CFLAGS) $(GSL_CFLAGS) $(JANSSON_CFLAGS) \
	$(TRACEFS_CFLAGS) $(ZLIB_CFLAGS)
control_libs = $(HWLOC_LIBS) $(SQLITE_LIBS) $(GSL_LIBS) $(JANSSON_LIBS) $(TRACEFS_LIBS) $(ZLIB_LIBS) -lpthread -lm

# All but main() and the commands, for the program and for the tests.
noinst_LIBRARIES += src/libcontrol.a
src_libcontrol_a_SOURCES =

src_libcontrol_a_SOURCES += \
	src/base/clean-text.c src/base/clean-text.h src/base/clock.c src/base/clock.h \
	src/base/fail.c src/base/fail.h src/base/progress.c src/base/progress.h \
	src/base/random.c src/base/random.h src/base/read-text.c src/base/read-text.h \
	src/base/safe-path.c src/base/safe-path.h src/base/search-path.c src/base/search-path.h \
	src/base/stream.c src/base/stream.h src/base/text-of.c src/base/text-of.h

src_libcontrol_a_SOURCES += \
	src/text/json.c src/text/json.h src/text/options.c src/text/options.h \
	src/text/options-help.c src/text/suggest.c src/text/suggest.h \
	src/text/units.c src/text/units.h src/text/wrap.c src/text/wrap.h

src_libcontrol_a_SOURCES += \
	src/process/child-setup.c src/process/child-setup.h src/process/guard.c \
	src/process/guard.h src/process/proc.c src/process/proc.h src/process/signals.c \
	src/process/signals.h src/process/tool-hash.c src/process/tool-priv.h \
	src/process/tool.c src/process/tool.h

src_libcontrol_a_SOURCES += \
	src/cell/cell-text.c src/cell/cell-text.h src/cell/metric.c src/cell/params.c \
	src/cell/params.h src/cell/request.c src/cell/request.h

src_libcontrol_a_SOURCES += \
	src/machine/topology/cpuset.c src/machine/topology/topology-child.c \
	src/machine/topology/topology-priv.h src/machine/topology/topology.c \
	src/machine/topology/topology.h

src_libcontrol_a_SOURCES += \
	src/machine/environment/control-group.c src/machine/environment/control-group.h \
	src/machine/environment/environment-cgroup.c src/machine/environment/environment-cpu.c \
	src/machine/environment/environment-diff.c src/machine/environment/environment-get.c \
	src/machine/environment/environment-kernel.c \
	src/machine/environment/environment-machine.c \
	src/machine/environment/environment-priv.h src/machine/environment/environment-read.c \
	src/machine/environment/environment-trace.c src/machine/environment/environment.c \
	src/machine/environment/environment.h

src_libcontrol_a_SOURCES += \
	src/machine/doctor/doctor-cpu.c src/machine/doctor/doctor-kernel.c \
	src/machine/doctor/doctor-priv.h src/machine/doctor/doctor-probe.c src/machine/doctor/doctor-say.c \
	src/machine/doctor/doctor-system.c src/machine/doctor/doctor.c \
	src/machine/doctor/doctor.h

src_libcontrol_a_SOURCES += \
	src/machine/cgroup/memcg.c src/machine/cgroup/memcg.h

src_libcontrol_a_SOURCES += \
	src/link/check.c src/link/check.h src/link/link-program.c src/link/link-program.h \
	src/link/link-start.c src/link/link-start.h src/link/link.c src/link/link.h \
	src/link/shell-fork.c src/link/shell-fork.h src/link/worker-image.c

src_libcontrol_a_SOURCES += \
	src/store/columns.h src/store/pack.c src/store/pack.h src/store/store-check.c \
	src/store/store-columns.c src/store/store-copy.c src/store/store-fail.c \
	src/store/store-priv.h src/store/store-read.c src/store/store-statement.c \
	src/store/store-sync.c src/store/store-trust.c \
	src/store/store-vfs.c src/store/store-write.c src/store/store.c src/store/store.h

src_libcontrol_a_SOURCES += \
	src/measure/block.c src/measure/block.h src/measure/measure.c src/measure/measure.h \
	src/measure/plan.c src/measure/plan.h src/measure/session.c src/measure/session.h \
	src/measure/steal.c src/measure/steal.h

src_libcontrol_a_SOURCES += \
	src/trace/prove.c src/trace/prove.h src/trace/teardown.c src/trace/teardown.h \
	src/trace/tracing.c src/trace/tracing.h

src_libcontrol_a_SOURCES += \
	src/dataset/calibration.c src/dataset/calibration.h src/dataset/dataset-exact.c \
	src/dataset/dataset-load.c src/dataset/dataset-priv.h src/dataset/dataset.c \
	src/dataset/dataset.h

src_libcontrol_a_SOURCES += \
	src/csv/csv.c src/csv/csv.h src/csv/export.c src/csv/export.h \
	src/csv/spool.c src/csv/spool.h

src_libcontrol_a_SOURCES += \
	src/report/compare/calibration-text.c src/report/compare/calibration-text.h \
	src/report/compare/format.c src/report/compare/format.h \
	src/report/compare/results-ci.c src/report/compare/results-json.c \
	src/report/compare/results-summary.c \
	src/report/compare/results-text.c src/report/compare/results.c \
	src/report/compare/results.h

src_libcontrol_a_SOURCES += \
	src/report/history/history-json.c src/report/history/history-report.c \
	src/report/history/history-report.h src/report/history/history-text.c \
	src/report/history/published-image.c src/report/history/published.c \
	src/report/history/published.h

src_libcontrol_a_SOURCES += \
	src/report/svg/chart.c src/report/svg/chart.h src/report/svg/svg.c src/report/svg/svg.h

src_libcontrol_a_SOURCES += \
	src/report/plot/picture-calibration.c src/report/plot/picture-cores.c \
	src/report/plot/picture-ecdf.c src/report/plot/picture-histogram.c \
	src/report/plot/picture-percentiles.c src/report/plot/picture-shift.c \
	src/report/plot/picture-time.c src/report/plot/pictures.c \
	src/report/plot/plot-curve.c src/report/plot/plot-data.c \
	src/report/plot/plot-distribution.c \
	src/report/plot/plot-gnuplot.c src/report/plot/plot-marks.c \
	src/report/plot/plot-priv.h src/report/plot/plot-table.c src/report/plot/plot-text.c \
	src/report/plot/plot.h

src_libcontrol_a_SOURCES += \
	src/report/page/page-about.c src/report/page/page-image.c \
	src/report/page/page.c src/report/page/page.h

src_libcontrol_a_SOURCES += \
	src/report/show/proof-json.c src/report/show/proof-text.c src/report/show/proof.h \
	src/report/show/samples-json.c src/report/show/scaling.c src/report/show/show-json.c \
	src/report/show/show-text.c src/report/show/show.h

src_libcontrol_a_SOURCES += \
	src/report/lab/lab-table.c src/report/lab/lab-table.h
EXTRA_DIST += src/report/page/page.css src/report/page/page.js

src_libcontrol_a_SOURCES += \
	src/command/calibrate.c src/command/calibrate.h src/command/cells.c src/command/cells.h \
	src/command/command.c src/command/command.h src/command/repair.c src/command/repair.h \
	src/command/sides.c src/command/sides.h

src_libcontrol_a_CFLAGS = $(control_cflags)
src_libcontrol_a_CPPFLAGS = $(AM_CPPFLAGS) -DPKGDATADIR='"$(pkgdatadir)"' \
	-DPUBLISHED_JSON='"$(top_srcdir)/analysis/published.json"' \
	-DPKGLIBEXECDIR='"$(pkglibexecdir)"' \
	-DLAB_DIR='"$(top_srcdir)/lab"' \
	-DPAGE_CSS='"$(top_srcdir)/src/report/page/page.css"' -DPAGE_JS='"$(top_srcdir)/src/report/page/page.js"'
src/link/libcontrol_a-worker-image.$(OBJEXT): worker/exitbench-worker
src/report/page/libcontrol_a-page-image.$(OBJEXT): $(top_srcdir)/src/report/page/page.css \
	$(top_srcdir)/src/report/page/page.js
src/report/history/libcontrol_a-published-image.$(OBJEXT): $(top_srcdir)/analysis/published.json

bin_PROGRAMS += exitbench
exitbench_SOURCES = $(workload_sources)
exitbench_SOURCES += \
	src/command/cmd-calibrate.c src/command/cmd-compare.c src/command/cmd-doctor.c \
	src/command/cmd-export.c src/command/cmd-history.c src/command/cmd-import.c \
	src/command/cmd-list.c src/command/cmd-merge.c src/command/cmd-plot.c \
	src/command/cmd-prove.c src/command/cmd-report.c src/command/cmd-run.c \
	src/command/cmd-show.c src/command/completion.c src/command/completion.h \
	src/command/exitbench.c
exitbench_SOURCES += \
	src/command/lab/lab-bisect.c src/command/lab/lab-build.c \
	src/command/lab/lab-kernels.c src/command/lab/lab-kernels.h src/command/lab/lab-run.c \
	src/command/lab/lab-measure.c src/command/lab/lab-measure.h \
	src/command/lab/lab-variants.c src/command/lab/lab.c src/command/lab/lab.h
exitbench_CFLAGS = $(control_cflags)
exitbench_LDADD = src/libcontrol.a analysis/libanalysis.a $(control_libs)
