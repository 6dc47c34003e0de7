# SPDX-License-Identifier: GPL-2.0-or-later
unit_cflags = $(control_cflags) $(CMOCKA_CFLAGS)
unit_libs = src/libcontrol.a $(control_libs) $(CMOCKA_LIBS)

# cmocka programs; they find tests/data through $srcdir.
if HAVE_CMOCKA
unit_tests = tests/unit/environment.t tests/unit/doctor.t tests/unit/units.t tests/unit/options.t tests/unit/params.t tests/unit/topology.t tests/unit/plan.t
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)

check_PROGRAMS += tests/unit/workloads.t
TESTS += tests/unit/workloads.t
tests_unit_workloads_t_SOURCES = tests/unit/workloads-test.c tests/unit/unit.h $(workload_sources)
tests_unit_workloads_t_CFLAGS = $(unit_cflags)
tests_unit_workloads_t_LDADD = $(unit_libs)

check_PROGRAMS += tests/unit/teardown.t
TESTS += tests/unit/teardown.t
tests_unit_teardown_t_SOURCES = tests/unit/teardown-test.c tests/unit/unit.h
tests_unit_teardown_t_CFLAGS = $(unit_cflags)
tests_unit_teardown_t_LDADD = analysis/libanalysis.a $(unit_libs)

check_PROGRAMS += tests/unit/pack.t tests/unit/store.t
TESTS += tests/unit/pack.t tests/unit/store.t
tests_unit_pack_t_SOURCES = tests/unit/pack-test.c tests/unit/unit.h
tests_unit_pack_t_CFLAGS = $(unit_cflags)
tests_unit_pack_t_LDADD = $(unit_libs)
tests_unit_store_t_SOURCES = tests/unit/store-test.c tests/unit/store-sample.h tests/unit/unit.h
tests_unit_store_t_CFLAGS = $(unit_cflags)
tests_unit_store_t_LDADD = $(unit_libs)

check_PROGRAMS += tests/unit/dataset.t
TESTS += tests/unit/dataset.t
tests_unit_dataset_t_SOURCES = tests/unit/dataset-test.c tests/unit/failing-malloc.h tests/unit/store-sample.h \
	tests/unit/unit.h $(workload_sources)
tests_unit_dataset_t_CFLAGS = $(unit_cflags)
tests_unit_dataset_t_LDADD = src/libcontrol.a analysis/libanalysis.a $(control_libs) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/exact.t
TESTS += tests/unit/exact.t
tests_unit_exact_t_SOURCES = tests/unit/exact-test.c tests/unit/store-sample.h tests/unit/unit.h $(workload_sources)
tests_unit_exact_t_CFLAGS = $(unit_cflags)
tests_unit_exact_t_LDADD = src/libcontrol.a analysis/libanalysis.a $(control_libs) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/results.t
TESTS += tests/unit/results.t
tests_unit_results_t_SOURCES = tests/unit/results-test.c tests/unit/unit.h $(workload_sources)
tests_unit_results_t_CFLAGS = $(unit_cflags)
tests_unit_results_t_LDADD = src/libcontrol.a analysis/libanalysis.a $(control_libs) $(CMOCKA_LIBS)

# Faults: quick here, long with "make check-faults".
check_PROGRAMS += tests/faults/faults.t tests/faults/damage.t
TESTS += tests/faults/faults.t tests/faults/damage.t
tests_faults_faults_t_SOURCES = tests/faults/faults-test.c tests/faults/fault-vfs.c tests/faults/fault-vfs.h \
	tests/unit/store-sample.h tests/unit/unit.h
tests_faults_faults_t_CFLAGS = $(unit_cflags)
tests_faults_faults_t_LDADD = $(unit_libs)
tests_faults_damage_t_SOURCES = tests/faults/damage-test.c tests/unit/reseal.h tests/unit/store-sample.h tests/unit/unit.h
tests_faults_damage_t_CFLAGS = $(unit_cflags)
tests_faults_damage_t_LDADD = $(unit_libs)

tests_unit_units_t_SOURCES = tests/unit/units-test.c tests/unit/unit.h
tests_unit_units_t_CFLAGS = $(unit_cflags)
tests_unit_units_t_LDADD = $(unit_libs)

tests_unit_options_t_SOURCES = tests/unit/options-test.c tests/unit/unit.h
tests_unit_options_t_CFLAGS = $(unit_cflags)
tests_unit_options_t_LDADD = $(unit_libs)

tests_unit_params_t_SOURCES = tests/unit/params-test.c tests/unit/unit.h tests/unit/fake-workloads.h
tests_unit_params_t_CFLAGS = $(unit_cflags)
tests_unit_params_t_LDADD = $(unit_libs)

tests_unit_topology_t_SOURCES = tests/unit/topology-test.c tests/unit/unit.h
tests_unit_topology_t_CFLAGS = $(unit_cflags)
tests_unit_topology_t_LDADD = $(unit_libs)

tests_unit_plan_t_SOURCES = tests/unit/plan-test.c tests/unit/unit.h tests/unit/fake-workloads.h
tests_unit_plan_t_CFLAGS = $(unit_cflags)
tests_unit_plan_t_LDADD = $(unit_libs)

tests_unit_environment_t_SOURCES = tests/unit/environment-test.c tests/unit/fake-tree.c \
	tests/unit/fake-tree.h tests/unit/unit.h
tests_unit_environment_t_CFLAGS = $(unit_cflags)
tests_unit_environment_t_LDADD = $(unit_libs)

tests_unit_doctor_t_SOURCES = tests/unit/doctor-test.c tests/unit/fake-tree.c tests/unit/fake-tree.h \
	tests/unit/unit.h src/command/cmd-doctor.c
tests_unit_doctor_t_CFLAGS = $(unit_cflags)
tests_unit_doctor_t_LDADD = $(unit_libs)
endif
EXTRA_DIST += tests/data/env-arm64.tree tests/data/env-epyc.tree \
	tests/data/env-guest.tree tests/data/env-intel.tree
EXTRA_DIST += tests/data/README tests/data/hybrid.xml tests/data/restricted.xml \
	tests/data/offline-cpu

# End to end, in shell.
check_PROGRAMS += tests/cli/hostile-file
tests_cli_hostile_file_SOURCES = tests/cli/hostile-file.c
tests_cli_hostile_file_CFLAGS = $(control_cflags)
tests_cli_hostile_file_LDADD = src/libcontrol.a $(control_libs)
dist_check_SCRIPTS = tests/cli/any-bytes.sh tests/cli/calibrate.sh tests/cli/child.sh tests/cli/files.sh tests/cli/formats.sh tests/cli/history.sh tests/cli/oom.sh tests/cli/options.sh \
	tests/cli/plot.sh tests/cli/program.sh tests/cli/prove.sh tests/cli/run.sh tests/cli/worker.sh tests/cli/workloads.sh \
	tests/source/quickstart.sh tests/source/scripts.sh tests/cli/skip.sh tests/faults/faults-files.sh tests/fuzz/fuzz.sh tests/cli/usage.sh
EXTRA_DIST += tests/source/arrows.py tests/source/names.py
dist_check_SCRIPTS += tests/source/arrows.sh tests/source/configure.sh tests/source/names.sh tests/source/opening.sh
dist_check_SCRIPTS += tests/cli/large.sh tests/cli/recipes.sh tests/cli/report.sh tests/cli/sides.sh
dist_check_SCRIPTS += tests/lab/lab-bisect.sh tests/lab/lab-build.sh tests/lab/lab-faults.sh tests/lab/lab-timed.sh \
	tests/lab/lab.sh
# Faults: what make check has of them is quick and harmless.
quick_fault_tests = tests/faults/faults-env.sh tests/faults/faults-kill.sh tests/faults/faults-ns.sh tests/faults/faults-places.sh
dist_check_SCRIPTS += $(quick_fault_tests)
EXTRA_DIST += tests/faults/faults-machine.sh tests/faults/inventory.sh tests/faults/reaper.py tests/faults/strike.py
# A minute of CPU time, so it is one for make check-faults.
EXTRA_DIST += tests/faults/faults-guest.sh tests/faults/guest-init.sh tests/faults/guest.py
EXTRA_DIST += tests/tap.sh tests/cli/browser.py tests/cli/needs.sh tests/cli/reseal.py tests/data/lab/mini tests/data/lab/loop.cocci \
	tests/lab/lab-full.sh tests/lab/lab-guest.sh tests/lab/lab-tools.sh
TESTS += $(dist_check_SCRIPTS)

# The whole suite on all cores for DURATION= (1h), watched.
EXTRA_DIST += tests/faults/soak.sh tests/faults/soak.py
.PHONY: check-soak
check-soak: exitbench
	srcdir='$(srcdir)' sh $(srcdir)/tests/faults/soak.sh

# Static analysis, minutes of it; findings that are explained are in analyzers.allow.
EXTRA_DIST += tests/source/analyzers.sh tests/source/analyzers.allow
.PHONY: check-analyzers
check-analyzers: all
	@FLAGS='$(DEFS) $(DEFAULT_INCLUDES) $(AM_CPPFLAGS) $(control_cflags) $(CPPFLAGS)' \
	srcdir='$(srcdir)' sh $(srcdir)/tests/source/analyzers.sh

# Plants a fault for each workload, way out and statistic, and passes where the tests notice it.
EXTRA_DIST += tests/source/planted-faults.sh tests/source/faults.list
.PHONY: check-planted
check-planted:
	@srcdir='$(srcdir)' sh $(srcdir)/tests/source/planted-faults.sh

# Built for arm64 and its unit tests run under qemu-user; the first time needs the network.
EXTRA_DIST += tests/source/arm64.sh
.PHONY: check-arm64
check-arm64:
	@UNIT_TESTS='$(filter %.t,$(check_PROGRAMS))' srcdir='$(srcdir)' sh $(srcdir)/tests/source/arm64.sh

# make check three times, beside four busy loops and a kernel that is built.
EXTRA_DIST += tests/source/under-load.sh
.PHONY: check-load
check-load: all
	@FLAGS='$(DEFS) $(DEFAULT_INCLUDES) $(AM_CPPFLAGS) $(control_cflags) $(CPPFLAGS)' CC='$(CC)' \
	MAKE='$(MAKE)' srcdir='$(srcdir)' sh $(srcdir)/tests/source/under-load.sh
CLEANFILES += check-load-*.log

# Line coverage by directory, after ./configure --enable-coverage and make check.
.PHONY: coverage
if COVERAGE
coverage:
	gcovr -r $(srcdir) --object-directory . -f '$(abs_srcdir)/src/' -f '$(abs_srcdir)/analysis/' \
		--txt coverage.txt --json-summary coverage.json
	python3 $(srcdir)/tests/source/coverage.py coverage.json
else
coverage:
	@echo 'make coverage: configure with --enable-coverage, and make check, first' >&2; exit 2
endif
EXTRA_DIST += tests/source/coverage.py
CLEANFILES += coverage.txt coverage.json

# Statistics: against R, and by simulation. make check-statistics takes 40 minutes.
stats_libs = analysis/libanalysis.a $(GSL_LIBS) -lpthread
if HAVE_CMOCKA
stats_tests = tests/statistics/stats.t tests/statistics/compare-cell.t tests/statistics/compare-width.t \
	tests/statistics/compare-exact.t tests/statistics/short-memory.t
made_blocks = tests/statistics/made-blocks.c tests/statistics/made-blocks.h tests/statistics/stats-test.h
check_PROGRAMS += $(stats_tests)
TESTS += $(stats_tests)

tests_statistics_stats_t_SOURCES = tests/statistics/stats-test.c tests/statistics/stats-test.h
tests_statistics_stats_t_CFLAGS = $(AM_CFLAGS) $(GSL_CFLAGS) $(CMOCKA_CFLAGS)
tests_statistics_stats_t_LDADD = $(stats_libs) $(CMOCKA_LIBS)

tests_statistics_compare_exact_t_SOURCES = tests/statistics/compare-exact-test.c
tests_statistics_compare_exact_t_CFLAGS = $(AM_CFLAGS) $(GSL_CFLAGS) $(CMOCKA_CFLAGS)
tests_statistics_compare_exact_t_LDADD = $(stats_libs) $(CMOCKA_LIBS)

tests_statistics_compare_cell_t_SOURCES = tests/statistics/compare-cell-test.c $(made_blocks)
tests_statistics_compare_cell_t_CFLAGS = $(AM_CFLAGS) $(GSL_CFLAGS) $(CMOCKA_CFLAGS)
tests_statistics_compare_cell_t_LDADD = $(stats_libs) $(CMOCKA_LIBS)

tests_statistics_compare_width_t_SOURCES = tests/statistics/compare-width-test.c $(made_blocks)
tests_statistics_compare_width_t_CFLAGS = $(AM_CFLAGS) $(GSL_CFLAGS) $(CMOCKA_CFLAGS)
tests_statistics_compare_width_t_LDADD = $(stats_libs) $(CMOCKA_LIBS)

tests_statistics_short_memory_t_SOURCES = tests/statistics/short-memory-test.c tests/unit/failing-malloc.h
tests_statistics_short_memory_t_CFLAGS = $(AM_CFLAGS) $(GSL_CFLAGS) $(CMOCKA_CFLAGS)
tests_statistics_short_memory_t_LDADD = $(stats_libs) $(CMOCKA_LIBS)

check_PROGRAMS += tests/statistics/history.t
TESTS += tests/statistics/history.t
tests_statistics_history_t_SOURCES = tests/statistics/history-test.c tests/unit/unit.h
tests_statistics_history_t_CFLAGS = $(unit_cflags)
tests_statistics_history_t_LDADD = src/libcontrol.a analysis/libanalysis.a $(control_libs) $(CMOCKA_LIBS)
endif
check_PROGRAMS += tests/statistics/stats-simulation.t
TESTS += tests/statistics/stats-simulation.t
tests_statistics_stats_simulation_t_SOURCES = tests/statistics/stats-simulation.c tests/statistics/simulated-data.c \
	tests/statistics/simulated-data.h
tests_statistics_stats_simulation_t_CFLAGS = $(AM_CFLAGS) $(GSL_CFLAGS)
tests_statistics_stats_simulation_t_LDADD = $(stats_libs)
EXTRA_DIST += tests/data/stats/make.R tests/data/stats/data.csv \
	tests/data/stats/reference.csv tests/data/stats/history.R tests/data/stats/history.csv

# All of the faults, and each more often.
fault_tests = $(quick_fault_tests) tests/faults/faults-machine.sh tests/faults/faults-guest.sh
.PHONY: check-fault-scripts
check-fault-scripts: all
	@bad=; for t in $(fault_tests); do echo "# $$t"; \
	FAULT_ROUNDS=$${FAULT_ROUNDS:-100} srcdir='$(srcdir)' sh $(srcdir)/$$t || bad="$$bad $$t"; \
	done; if test -n "$$bad"; then echo "failed:$$bad"; exit 1; fi

.PHONY: check-statistics
check-statistics: tests/statistics/stats-simulation.t
	tests/statistics/stats-simulation.t --full

# The faults of make check, each more often, at more places, with every error.
.PHONY: check-faults
check-faults: exitbench tests/faults/faults.t tests/faults/damage.t check-fault-scripts
	tests/faults/faults.t --full
	srcdir='$(srcdir)' tests/faults/damage.t --full
	EXITBENCH_FULL=1 srcdir='$(srcdir)' sh $(srcdir)/tests/faults/faults-files.sh

# Builds kernels, the first time in minutes, and measures all variants and workloads. TAP, and
# the same summary as make check's.
.PHONY: check-lab
check-lab: exitbench
	$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS=tests/lab/lab-full.sh TEST_SUITE_LOG=check-lab.log
CLEANFILES += check-lab.log
