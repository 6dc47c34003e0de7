# SPDX-License-Identifier: GPL-2.0-or-later
# What the controller, the worker and the workloads agree on: headers only, no libc needed.
contract_headers = contract/arch-aarch64.h contract/arch-x86_64.h contract/common-params.h \
	contract/hooks.h contract/memory.h contract/metric.h contract/protocol.h contract/sys.h \
	contract/ticks.h contract/workload.h
