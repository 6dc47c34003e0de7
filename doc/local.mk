# SPDX-License-Identifier: GPL-2.0-or-later
dist_man_MANS += doc/exitbench.1
dist_doc_DATA += doc/adding-a-workload.md doc/architecture.md doc/detection.csv doc/detection.png doc/history.md \
	doc/lab.md doc/lab-kernels.md doc/lab.png doc/method.md doc/pages-histogram.png \
	doc/pages-shift.png doc/pages-time.png doc/plots.md doc/reliability.md \
	doc/result-format.md doc/security.md doc/statistics.md doc/workloads.md \
	doc/workloads-proof.md
