# SPDX-License-Identifier: GPL-2.0-or-later
# Statistics: pure computation, no I/O. Users also link $(GSL_LIBS) -lpthread.
noinst_LIBRARIES += analysis/libanalysis.a
analysis_libanalysis_a_CFLAGS = $(AM_CFLAGS) $(GSL_CFLAGS)
analysis_libanalysis_a_SOURCES = \
	analysis/boots.c analysis/bootstrap.c analysis/cell.h analysis/compare.c \
	analysis/compare.h analysis/counts.c analysis/diagnose.c analysis/effect.c \
	analysis/compare-exact.c analysis/compare-exact.h \
	analysis/history.c analysis/history.h analysis/line-fit.c analysis/line-fit.h \
	analysis/location.c analysis/parallel.c analysis/pooled.c analysis/prepare.c \
	analysis/quantile.c analysis/sequential.c analysis/sequential.h \
	analysis/stationary.c analysis/stats.h analysis/text.c analysis/verdict.c \
	analysis/tally.c analysis/tally.h analysis/teardown.c analysis/teardown.h \
	analysis/welch.c
# Pictures: scripts for gnuplot, found at run time.
dist_pkgdata_DATA = analysis/calibration.gp analysis/cores.gp analysis/ecdf.gp \
	analysis/histogram.gp analysis/lab.gp analysis/percentiles.gp analysis/plot-common.gp \
	analysis/plot-frame.gp analysis/plot-log-axis.gp analysis/plot-percentile-axis.gp \
	analysis/shift.gp analysis/time.gp
# What others published; the program carries a copy.
dist_pkgdata_DATA += analysis/published.json
