# SPDX-License-Identifier: GPL-2.0-or-later
unit_cflags = $(control_cflags) $(CMOCKA_CFLAGS)
unit_libs = src/libcontrol.a $(control_libs) $(CMOCKA_LIBS)

# cmocka programs; they find tests/data through $srcdir.
if HAVE_CMOCKA
unit_tests = tests/environment.t tests/doctor.t tests/units.t tests/params.t tests/topology.t tests/plan.t
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)

check_PROGRAMS += tests/workloads.t
TESTS += tests/workloads.t
tests_workloads_t_SOURCES = tests/workloads-test.c tests/unit.h $(workload_sources)
tests_workloads_t_CFLAGS = $(unit_cflags)
tests_workloads_t_LDADD = $(unit_libs)

check_PROGRAMS += tests/teardown.t
TESTS += tests/teardown.t
tests_teardown_t_SOURCES = tests/teardown-test.c tests/unit.h
tests_teardown_t_CFLAGS = $(unit_cflags)
tests_teardown_t_LDADD = analysis/libanalysis.a $(unit_libs)

check_PROGRAMS += tests/pack.t tests/store.t
TESTS += tests/pack.t tests/store.t
tests_pack_t_SOURCES = tests/pack-test.c tests/unit.h
tests_pack_t_CFLAGS = $(unit_cflags)
tests_pack_t_LDADD = $(unit_libs)
tests_store_t_SOURCES = tests/store-test.c tests/store-sample.h tests/unit.h
tests_store_t_CFLAGS = $(unit_cflags)
tests_store_t_LDADD = $(unit_libs)

check_PROGRAMS += tests/dataset.t
TESTS += tests/dataset.t
tests_dataset_t_SOURCES = tests/dataset-test.c tests/store-sample.h tests/unit.h $(workload_sources)
tests_dataset_t_CFLAGS = $(unit_cflags)
tests_dataset_t_LDADD = src/libcontrol.a analysis/libanalysis.a $(control_libs) $(CMOCKA_LIBS)

# Faults: quick here, long with "make check-faults".
check_PROGRAMS += tests/faults.t tests/damage.t
TESTS += tests/faults.t tests/damage.t
tests_faults_t_SOURCES = tests/faults-test.c tests/fault-vfs.c tests/fault-vfs.h \
	tests/store-sample.h tests/unit.h
tests_faults_t_CFLAGS = $(unit_cflags)
tests_faults_t_LDADD = $(unit_libs)
tests_damage_t_SOURCES = tests/damage-test.c tests/store-sample.h tests/unit.h
tests_damage_t_CFLAGS = $(unit_cflags)
tests_damage_t_LDADD = $(unit_libs)

tests_units_t_SOURCES = tests/units-test.c tests/unit.h
tests_units_t_CFLAGS = $(unit_cflags)
tests_units_t_LDADD = $(unit_libs)

tests_params_t_SOURCES = tests/params-test.c tests/unit.h tests/fake-workloads.h
tests_params_t_CFLAGS = $(unit_cflags)
tests_params_t_LDADD = $(unit_libs)

tests_topology_t_SOURCES = tests/topology-test.c tests/unit.h
tests_topology_t_CFLAGS = $(unit_cflags)
tests_topology_t_LDADD = $(unit_libs)

tests_plan_t_SOURCES = tests/plan-test.c tests/unit.h tests/fake-workloads.h
tests_plan_t_CFLAGS = $(unit_cflags)
tests_plan_t_LDADD = $(unit_libs)

tests_environment_t_SOURCES = tests/environment-test.c tests/fake-tree.c \
	tests/fake-tree.h tests/unit.h
tests_environment_t_CFLAGS = $(unit_cflags)
tests_environment_t_LDADD = $(unit_libs)

tests_doctor_t_SOURCES = tests/doctor-test.c tests/fake-tree.c tests/fake-tree.h \
	tests/unit.h src/command/cmd-doctor.c
tests_doctor_t_CFLAGS = $(unit_cflags)
tests_doctor_t_LDADD = $(unit_libs)
endif
EXTRA_DIST += tests/data/env-arm64.tree tests/data/env-epyc.tree \
	tests/data/env-guest.tree tests/data/env-intel.tree
EXTRA_DIST += tests/data/README tests/data/unchecked-exb tests/data/hybrid.xml tests/data/restricted.xml \
	tests/data/offline-cpu

# End to end, in shell.
dist_check_SCRIPTS = tests/calibrate.sh tests/child.sh tests/files.sh tests/history.sh tests/oom.sh \
	tests/plot.sh tests/program.sh tests/prove.sh tests/run.sh tests/worker.sh tests/workloads.sh \
	tests/scripts.sh tests/skip.sh tests/faults-files.sh tests/fuzz.sh tests/usage.sh
dist_check_SCRIPTS += tests/large.sh tests/recipes.sh tests/report.sh tests/sides.sh
dist_check_SCRIPTS += tests/lab-bisect.sh tests/lab-build.sh tests/lab-faults.sh tests/lab-timed.sh \
	tests/lab.sh
# Faults: what make check has of them is quick and harmless.
quick_fault_tests = tests/faults-env.sh tests/faults-kill.sh tests/faults-ns.sh tests/faults-places.sh
dist_check_SCRIPTS += $(quick_fault_tests)
EXTRA_DIST += tests/faults-machine.sh tests/inventory.sh tests/reaper.py tests/strike.py
# A minute of CPU time, so it is one for make check-faults.
EXTRA_DIST += tests/faults-guest.sh tests/guest-init.sh tests/guest.py
EXTRA_DIST += tests/tap.sh tests/browser.py tests/data/lab/mini tests/data/lab/loop.cocci \
	tests/lab-full.sh tests/lab-guest.sh
TESTS += $(dist_check_SCRIPTS)

# The whole suite on all cores for DURATION= (1h), watched.
EXTRA_DIST += tests/soak.sh tests/soak.py
.PHONY: check-soak
check-soak: exitbench
	srcdir='$(srcdir)' sh $(srcdir)/tests/soak.sh

# Static analysis, minutes of it; findings that are explained are in analyzers.allow.
EXTRA_DIST += tests/analyzers.sh tests/analyzers.allow
.PHONY: check-analyzers
check-analyzers: all
	@FLAGS='$(DEFS) $(DEFAULT_INCLUDES) $(AM_CPPFLAGS) $(control_cflags) $(CPPFLAGS)' \
	srcdir='$(srcdir)' sh $(srcdir)/tests/analyzers.sh

# Built for arm64 and its unit tests run under qemu-user; the first time needs the network.
EXTRA_DIST += tests/arm64.sh
.PHONY: check-arm64
check-arm64:
	@UNIT_TESTS='$(filter %.t,$(check_PROGRAMS))' srcdir='$(srcdir)' sh $(srcdir)/tests/arm64.sh

# Line coverage by directory, after ./configure --enable-coverage and make check.
.PHONY: coverage
if COVERAGE
coverage:
	gcovr -r $(srcdir) --object-directory . -f '$(abs_srcdir)/src/' -f '$(abs_srcdir)/analysis/' \
		--txt coverage.txt --json-summary coverage.json
	python3 $(srcdir)/tests/coverage.py coverage.json
else
coverage:
	@echo 'make coverage: configure with --enable-coverage, and make check, first' >&2; exit 2
endif
EXTRA_DIST += tests/coverage.py
CLEANFILES += coverage.txt coverage.json

# Statistics: against R, and by simulation. make check-statistics takes 40 minutes.
stats_libs = analysis/libanalysis.a $(GSL_LIBS) -lpthread
if HAVE_CMOCKA
stats_tests = tests/stats.t tests/compare-cell.t tests/compare-exact.t
check_PROGRAMS += $(stats_tests)
TESTS += $(stats_tests)

tests_stats_t_SOURCES = tests/stats-test.c tests/stats-test.h
tests_stats_t_CFLAGS = $(AM_CFLAGS) $(GSL_CFLAGS) $(CMOCKA_CFLAGS)
tests_stats_t_LDADD = $(stats_libs) $(CMOCKA_LIBS)

tests_compare_exact_t_SOURCES = tests/compare-exact-test.c
tests_compare_exact_t_CFLAGS = $(AM_CFLAGS) $(GSL_CFLAGS) $(CMOCKA_CFLAGS)
tests_compare_exact_t_LDADD = $(stats_libs) $(CMOCKA_LIBS)

tests_compare_cell_t_SOURCES = tests/compare-cell-test.c tests/stats-test.h
tests_compare_cell_t_CFLAGS = $(AM_CFLAGS) $(GSL_CFLAGS) $(CMOCKA_CFLAGS)
tests_compare_cell_t_LDADD = $(stats_libs) $(CMOCKA_LIBS)

check_PROGRAMS += tests/history.t
TESTS += tests/history.t
tests_history_t_SOURCES = tests/history-test.c tests/unit.h
tests_history_t_CFLAGS = $(unit_cflags)
tests_history_t_LDADD = src/libcontrol.a analysis/libanalysis.a $(control_libs) $(CMOCKA_LIBS)
endif
check_PROGRAMS += tests/stats-simulation.t
TESTS += tests/stats-simulation.t
tests_stats_simulation_t_SOURCES = tests/stats-simulation.c tests/simulated-data.c \
	tests/simulated-data.h
tests_stats_simulation_t_CFLAGS = $(AM_CFLAGS) $(GSL_CFLAGS)
tests_stats_simulation_t_LDADD = $(stats_libs)
EXTRA_DIST += tests/data/stats/make.R tests/data/stats/data.csv \
	tests/data/stats/reference.csv tests/data/stats/history.R tests/data/stats/history.csv

# All of the faults, and each more often.
fault_tests = $(quick_fault_tests) tests/faults-machine.sh tests/faults-guest.sh
.PHONY: check-fault-scripts
check-fault-scripts: all
	@bad=; for t in $(fault_tests); do echo "# $$t"; \
	FAULT_ROUNDS=$${FAULT_ROUNDS:-100} srcdir='$(srcdir)' sh $(srcdir)/$$t || bad="$$bad $$t"; \
	done; if test -n "$$bad"; then echo "failed:$$bad"; exit 1; fi

.PHONY: check-statistics
check-statistics: tests/stats-simulation.t
	tests/stats-simulation.t --full

# The faults of make check, each more often, at more places, with every error.
.PHONY: check-faults
check-faults: exitbench tests/faults.t tests/damage.t check-fault-scripts
	tests/faults.t --full
	srcdir='$(srcdir)' tests/damage.t --full
	EXITBENCH_FULL=1 srcdir='$(srcdir)' sh $(srcdir)/tests/faults-files.sh

# Builds kernels, the first time in minutes, and measures all variants and workloads. TAP, and
# the same summary as make check's.
.PHONY: check-lab
check-lab: exitbench
	$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS=tests/lab-full.sh TEST_SUITE_LOG=check-lab.log
CLEANFILES += check-lab.log
