# SPDX-License-Identifier: GPL-2.0-or-later
# Empirical distribution: which share of all operations took at most how long.
#
#   gnuplot -e "data='x.ecdf.tsv'; out='x.svg'" ecdf.gp
#
# data      a table that exitbench plot left; columns share_pct, before, after
# out       ends with svg, png or pdf; without it the picture is text on stdout
# title, subtitle    in place of the table's own
# log       1 or 0: a logarithmic value axis or not; by the data without it

slash = exists("ARG0") ? strlen(ARG0) : 0
while (slash > 0 && substr(ARG0, slash, slash) ne '/') { slash = slash - 1 }
here = slash ? substr(ARG0, 1, slash) : ''
load here . 'plot-common.gp'

n0 = 0
n1 = 0
stats data using (n0 = n0 + see($2), 0) nooutput
stats data using (n1 = n1 + see($3), 0) nooutput
if (n0 + n1 == 0) {
	message = strlen(meta_empty) ? meta_empty : 'Nothing to draw: the table has no values.'
}
if (n0 + n1 == 0) { low = 0; high = 1 }
is_log = exists("log") ? log : low > 0 && high / low > 3
typical = is_log && low > 0 ? sqrt(low * high) : high
scale = unit_scale(meta_unit, typical)
low = low / scale
high = high / scale
if (is_log && low > 0) {
	axis = 'x'
	load here . 'plot-log-axis.gp'
} else {
	pad = high > low ? 0.03 * (high - low) : high != 0 ? 0.05 * abs(high) : 1
	set xrange [low - pad : high + pad]
	set format x '%.6g'
	if (high - low < 1e-3 * abs(high)) { set format x '%.9g' }
}
set yrange [0 : 100]
set ytics (0, 5, 25, 50, 75, 95, 100)
x_label = value_name . ' (' . unit_name(meta_unit, typical) . ')' . (is_log ? ', log scale' : '')
y_label = 'share of all ' . (meta_metric eq 'throughput' ? 'blocks' : 'operations') . ' (%)'
key_entries = 2
load here . 'plot-frame.gp'
if (n0 + n1 > 0) {
	plot data using ($2 / scale):1 with lines linetype 1 title n0 ? meta_before : '', \
		data using ($3 / scale):1 with lines linetype 2 title n1 ? meta_after : ''
}
unset output
