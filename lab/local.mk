# SPDX-License-Identifier: GPL-2.0-or-later
# The lab's kernels: variants and config fragments. The program carries a copy of each.
lab_kernel_files = lab/kernel.config lab/kernel-arm64.config lab/kernel-x86_64.config \
	lab/variants/before.cocci lab/variants/nolock.cocci lab/variants/stock.cocci \
	lab/variants/v1.cocci lab/variants/v2.cocci
labdir = $(pkgdatadir)/lab
dist_lab_DATA = $(lab_kernel_files)

src_libcontrol_a_SOURCES += \
	src/lab/bisect.c src/lab/bisect.h src/lab/bisect-measure.c \
	src/lab/kernel.c src/lab/kernel.h src/lab/kernel-priv.h src/lab/kernel-files.c \
	src/lab/kernel-image.c src/lab/kernel-make.c src/lab/kernel-pad.c \
	src/lab/kernel-source.c src/lab/kernel-sync.c src/lab/kernel-sync.h \
	src/lab/kernel-tree.c src/lab/kernel-variant.c src/lab/kernel-variants.c \
	src/lab/tool.c src/lab/tool.h src/lab/tool-hash.c src/lab/tool-priv.h
src/lab/libcontrol_a-kernel-image.$(OBJEXT): $(lab_kernel_files)
exitbench_SOURCES += src/command/cmd-lab.c src/lab/lab.h src/lab/lab-bisect.c src/lab/lab-build.c src/lab/lab-pads.c src/lab/lab-pads.h \
	src/lab/lab-variants.c
