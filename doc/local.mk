# SPDX-License-Identifier: GPL-2.0-or-later
dist_man_MANS += doc/exitbench.1
dist_doc_DATA += doc/pages-histogram.png doc/pages-shift.png doc/pages-time.png \
	doc/history.md doc/method.md doc/plots.md doc/result-format.md doc/statistics.md
