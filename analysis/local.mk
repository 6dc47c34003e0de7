# SPDX-License-Identifier: GPL-2.0-or-later
# Statistics: pure computation, no I/O. Users also link $(GSL_LIBS) -lpthread.
noinst_LIBRARIES += analysis/libanalysis.a
analysis_libanalysis_a_CFLAGS = $(AM_CFLAGS) $(GSL_CFLAGS)
analysis_libanalysis_a_SOURCES =
analysis_libanalysis_a_SOURCES += \
	analysis/statistics/line-fit.c analysis/statistics/line-fit.h \
	analysis/statistics/location.c analysis/statistics/quantile.c \
	analysis/statistics/sequential.c analysis/statistics/splitmix.h \
	analysis/statistics/stationary.c analysis/statistics/stats.h \
	analysis/statistics/tally.c analysis/statistics/tally.h analysis/statistics/welch.c
analysis_libanalysis_a_SOURCES += \
	analysis/compare/between-boots.c analysis/compare/bootstrap.c \
	analysis/compare/compare-exact.c analysis/compare/compare-exact.h \
	analysis/compare/compare-priv.h analysis/compare/compare-text.c \
	analysis/compare/compare.c analysis/compare/compare.h analysis/compare/comparison.c \
	analysis/compare/diagnose.c analysis/compare/effect.c analysis/compare/grid.c \
	analysis/compare/history.c analysis/compare/history.h analysis/compare/levels.c \
	analysis/compare/parallel.c analysis/compare/percentiles.c \
	analysis/compare/prepare.c analysis/compare/verdict.c
# Pictures: scripts for gnuplot, found at run time.
dist_pkgdata_DATA = $(sort $(wildcard $(srcdir)/analysis/gnuplot/*.gp))
# What others published; the program carries a copy.
dist_pkgdata_DATA += analysis/published.json
