# SPDX-License-Identifier: GPL-2.0-or-later
# A harness for each reader of what comes from elsewhere. In make check each goes through its
# corpus, with any compiler; "make fuzz" builds all of them with libFuzzer and sanitizers, and
# "make fuzz-run" looks for more, FUZZ_SECONDS for each of FUZZ.
fuzzers = tests/fuzz/blob tests/fuzz/cpus tests/fuzz/csv tests/fuzz/exb tests/fuzz/json \
	tests/fuzz/words
fuzz_cflags = $(control_cflags)
fuzz_libs = src/libcontrol.a analysis/libanalysis.a $(control_libs)
if FUZZING
fuzz_main =
fuzz_ldflags = $(AM_LDFLAGS) -fsanitize=fuzzer
else
fuzz_main = tests/fuzz/replay.c
fuzz_ldflags = $(AM_LDFLAGS)
endif

check_PROGRAMS += $(fuzzers)
tests_fuzz_blob_SOURCES = tests/fuzz/blob.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_blob_CFLAGS = $(fuzz_cflags)
tests_fuzz_blob_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_blob_LDADD = $(fuzz_libs)
tests_fuzz_cpus_SOURCES = tests/fuzz/cpus.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_cpus_CFLAGS = $(fuzz_cflags)
tests_fuzz_cpus_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_cpus_LDADD = $(fuzz_libs)
tests_fuzz_csv_SOURCES = tests/fuzz/csv.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_csv_CFLAGS = $(fuzz_cflags)
tests_fuzz_csv_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_csv_LDADD = $(fuzz_libs)
tests_fuzz_exb_SOURCES = tests/fuzz/exb.c tests/fuzz/fuzz.h tests/unit/fake-workloads.h $(fuzz_main)
tests_fuzz_exb_CFLAGS = $(fuzz_cflags)
tests_fuzz_exb_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_exb_LDADD = $(fuzz_libs)
tests_fuzz_json_SOURCES = tests/fuzz/json.c tests/fuzz/fuzz.h $(fuzz_main)
tests_fuzz_json_CFLAGS = $(fuzz_cflags)
tests_fuzz_json_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_json_LDADD = $(fuzz_libs)
tests_fuzz_words_SOURCES = tests/fuzz/words.c tests/fuzz/fuzz.h tests/unit/fake-workloads.h $(fuzz_main)
tests_fuzz_words_CFLAGS = $(fuzz_cflags)
tests_fuzz_words_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_words_LDADD = $(fuzz_libs)
EXTRA_DIST += tests/fuzz/corpus tests/fuzz/dict tests/fuzz/run.sh tests/fuzz/replay.c

FUZZ_CC = clang
FUZZ_SECONDS = 1200
FUZZ = blob cpus csv exb json words

.PHONY: fuzz fuzz-run fuzz-merge
fuzz:
	@command -v $(FUZZ_CC) >/dev/null || { \
		echo 'make fuzz: $(FUZZ_CC) is not installed: apt-get install clang' >&2; exit 3; }
	$(MKDIR_P) fuzzing
	cd fuzzing && { test -f Makefile || \
		'$(abs_top_srcdir)/configure' -q CC='$(FUZZ_CC)' --enable-fuzzing; } && \
		$(MAKE) $(fuzzers)
fuzz-run: fuzz
	sh '$(srcdir)/tests/fuzz/run.sh' run fuzzing '$(srcdir)/tests/fuzz' $(FUZZ_SECONDS) $(FUZZ)
fuzz-merge: fuzz
	sh '$(srcdir)/tests/fuzz/run.sh' merge fuzzing '$(srcdir)/tests/fuzz' 0 $(FUZZ)
