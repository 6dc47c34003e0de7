# SPDX-License-Identifier: GPL-2.0-or-later
# make bench: speeds, as ratios measured in one run.
bench_loops = bench/loop-raw bench/loop-static bench/loop-dynamic bench/loop-libraries
EXTRA_PROGRAMS += $(bench_loops)
CLEANFILES += $(bench_loops)

bench_loop_raw_SOURCES = bench/fork-loop.c worker/string.c
bench_loop_raw_CPPFLAGS = $(AM_CPPFLAGS) -DNO_LIBC
bench_loop_raw_CFLAGS = -std=gnu11 $(WARN_CFLAGS) $(WORKER_CFLAGS)
bench_loop_raw_LDFLAGS = -static -nostdlib -nostartfiles

bench_loop_static_SOURCES = bench/fork-loop.c
bench_loop_static_CFLAGS = -std=gnu11 $(WARN_CFLAGS)
bench_loop_static_LDFLAGS = -static

bench_loop_dynamic_SOURCES = bench/fork-loop.c
bench_loop_dynamic_CFLAGS = -std=gnu11 $(WARN_CFLAGS)
bench_loop_dynamic_LDFLAGS =

# What the worker would be if the controller forked.
bench_loop_libraries_SOURCES = bench/fork-loop.c
bench_loop_libraries_CFLAGS = -std=gnu11 $(WARN_CFLAGS)
bench_loop_libraries_LDFLAGS = -Wl,--no-as-needed
bench_loop_libraries_LDADD = $(HWLOC_LIBS) $(GSL_LIBS) $(JANSSON_LIBS) $(SQLITE_LIBS)

# The comparison's own speed, beside R's.
EXTRA_PROGRAMS += bench/comparison
CLEANFILES += bench/comparison
bench_comparison_SOURCES = bench/comparison.c
bench_comparison_CFLAGS = $(control_cflags)
bench_comparison_LDADD = analysis/libanalysis.a src/libcontrol.a $(control_libs)

EXTRA_DIST += bench/bench.sh bench/carry_over.py bench/comparison.R bench/comparison.sh
bench: all $(bench_loops) bench/comparison
	@EXITBENCH=./exitbench LOOPS=bench sh $(srcdir)/bench/bench.sh
	@COMPARISON=bench/comparison sh $(srcdir)/bench/comparison.sh
.PHONY: bench

# What real runs find of known doses: an hour and a half, resumed where it was interrupted.
EXTRA_DIST += bench/detection.py
bench-detection: all
	python3 $(srcdir)/bench/detection.py --exitbench ./exitbench -o detection.csv
.PHONY: bench-detection

# Two equal arms for five minutes, their rounds relabelled a thousand times.
EXTRA_PROGRAMS += bench/relabel
CLEANFILES += bench/relabel
bench_relabel_SOURCES = bench/relabel.c $(workload_sources)
bench_relabel_CFLAGS = $(control_cflags)
bench_relabel_LDADD = src/libcontrol.a analysis/libanalysis.a $(control_libs)
bench-relabel: all bench/relabel
	rm -f equal.exb
	./exitbench run -o equal.exb -w fork-exit,touch-exit --cores 1 --time 5m --arm a --arm b
	bench/relabel equal.exb
.PHONY: bench-relabel

EXTRA_PROGRAMS += bench/plain-exit-time
CLEANFILES += bench/plain-exit-time
bench_plain_exit_time_SOURCES = bench/plain-exit-time.c
bench_plain_exit_time_CFLAGS = -std=gnu11 $(WARN_CFLAGS)
bench_plain_exit_time_LDFLAGS =
EXTRA_DIST += bench/exit-time.sh
bench-exit-time: all bench/plain-exit-time
	@EXITBENCH=./exitbench PLAIN=bench/plain-exit-time sh $(srcdir)/bench/exit-time.sh
.PHONY: bench-exit-time

# The results of a large machine, simulated: how long what takes, with how much memory.
EXTRA_PROGRAMS += bench/large
CLEANFILES += bench/large
bench_large_SOURCES = bench/large.c $(workload_sources)
bench_large_CFLAGS = $(control_cflags)
bench_large_LDADD = src/libcontrol.a analysis/libanalysis.a $(control_libs)
EXTRA_DIST += bench/large.sh
bench-large: all bench/large
	@EXITBENCH=./exitbench LARGE=bench/large sh $(srcdir)/bench/large.sh
.PHONY: bench-large
