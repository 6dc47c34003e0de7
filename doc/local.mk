# SPDX-License-Identifier: GPL-2.0-or-later

# The manual page's lists of options, anew from the program's tables.
.PHONY: man
man: exitbench
	./exitbench help --mdoc >man.tmp
	$(AWK) '/^\.\\" END/ { off = 0 } !off; /^\.\\" BEGIN/ { off = 1; \
		while ((getline line <"man.tmp") > 0) print line }' $(srcdir)/doc/exitbench.1 >exitbench.tmp
	cmp -s exitbench.tmp $(srcdir)/doc/exitbench.1 || cat exitbench.tmp >$(srcdir)/doc/exitbench.1
	rm -f man.tmp exitbench.tmp

# It asks the program that is installed beside it, so that one cannot know what the other does not.
bash_completiondir = $(datarootdir)/bash-completion/completions
dist_bash_completion_DATA = doc/completion/exitbench
dist_man_MANS += doc/exitbench.1
dist_doc_DATA += doc/adding-a-workload.md doc/architecture.md doc/detection.csv doc/detection.png doc/history.md \
	doc/lab.md doc/lab-kernels.md doc/lab.png doc/method.md doc/pages-histogram.png \
	doc/pages-shift.png doc/pages-time.png doc/plots.md doc/reliability.md \
	doc/result-format.md doc/security.md doc/statistics.md doc/workloads.md \
	doc/workloads-proof.md
