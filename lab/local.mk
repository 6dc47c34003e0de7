# SPDX-License-Identifier: GPL-2.0-or-later
# The lab's kernels: variants and config fragments. The program carries a copy of each.
lab_kernel_files = lab/kernel.config lab/kernel-arm64.config lab/kernel-x86_64.config \
	lab/variants/before.cocci lab/variants/nolock.cocci lab/variants/stock.cocci \
	lab/variants/v1.cocci lab/variants/v2.cocci
labdir = $(pkgdatadir)/lab
dist_lab_DATA = $(lab_kernel_files)
