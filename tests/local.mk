# SPDX-License-Identifier: GPL-2.0-or-later
unit_cflags = $(control_cflags) $(CMOCKA_CFLAGS)
unit_libs = src/libcontrol.a $(control_libs) $(CMOCKA_LIBS)

# cmocka programs; they find tests/data through $srcdir.
if HAVE_CMOCKA
unit_tests = tests/environment.t tests/doctor.t tests/units.t tests/params.t tests/topology.t tests/plan.t
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)

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
	tests/unit.h src/cmd-doctor.c
tests_doctor_t_CFLAGS = $(unit_cflags)
tests_doctor_t_LDADD = $(unit_libs)
endif
EXTRA_DIST += tests/data/env-arm64.tree tests/data/env-epyc.tree \
	tests/data/env-guest.tree tests/data/env-intel.tree
EXTRA_DIST += tests/data/README tests/data/hybrid.xml tests/data/restricted.xml \
	tests/data/offline-cpu

# End to end, in shell.
dist_check_SCRIPTS = tests/run.sh
EXTRA_DIST += tests/tap.sh
TESTS += tests/run.sh
