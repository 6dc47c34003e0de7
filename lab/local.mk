# SPDX-License-Identifier: GPL-2.0-or-later
# The lab's kernels: variants and config fragments. The program carries a copy of each. A
# variant is shipped when its file is in lab/variants; the rest is in its first comment.
lab_variants = $(sort $(wildcard $(srcdir)/lab/variants/*.cocci))
labdir = $(pkgdatadir)/lab
dist_lab_DATA = lab/kernel.config lab/kernel-arm64.config lab/kernel-x86_64.config $(lab_variants)
EXTRA_DIST += lab/variants.awk

# Made each time, and replaced when it differs: a file that is gone leaves no date.
.PHONY: lab-variants
src/lab/kernel/kernel-shipped.h: lab-variants
	@$(MKDIR_P) $(@D)
	@LC_ALL=C $(AWK) -f $(srcdir)/lab/variants.awk $(lab_variants) >$@.new || { rm -f $@.new; exit 1; }
	@if cmp -s $@.new $@; then rm -f $@.new; else mv -f $@.new $@; fi
src/lab/kernel/libcontrol_a-kernel-variants.$(OBJEXT): src/lab/kernel/kernel-shipped.h $(dist_lab_DATA)
CLEANFILES += src/lab/kernel/kernel-shipped.h
