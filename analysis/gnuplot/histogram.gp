# SPDX-License-Identifier: GPL-2.0-or-later
# Histogram: two humps are two states of the machine, or two ways through the kernel.
#
#   gnuplot -e "data='x.histogram.tsv'; out='x.svg'" histogram.gp
#
# data      a table that exitbench plot left; columns from, to, before_pct, after_pct: the
#           bins, and the share of each side's samples in them; a last row ends the last bin
# out       ends with svg, png or pdf; without it the picture is text on stdout
# title, subtitle    in place of the table's own

slash = exists("ARG0") ? strlen(ARG0) : 0
while (slash > 0 && substr(ARG0, slash, slash) ne '/') { slash = slash - 1 }
here = slash ? substr(ARG0, 1, slash) : ''
load here . 'plot-common.gp'

n0 = 0
n1 = 0
n = 0
peak = 0
is(v) = v == v ? (peak = v > peak ? v : peak, 1) : 0
stats data using (n0 = n0 + is($3), 0) nooutput
stats data using (n1 = n1 + is($4), 0) nooutput
stats data using (n = n + see($1), 0) nooutput
if (n == 0) {
	message = strlen(meta_empty) ? meta_empty : 'Nothing to draw: the table has no bins.'
}
if (n == 0) { low = 0; high = 1; peak = 1 }
# The last row alone says 0 of a side that has no samples.
if (n0 < 2) { n0 = 0 }
if (n1 < 2) { n1 = 0 }
is_log = meta_log eq '1' && low > 0
typical = is_log ? sqrt(low * high) : high
scale = unit_scale(meta_unit, typical)
low = low / scale
high = high / scale
if (is_log) {
	axis = 'x'
	load here . 'plot-log-axis.gp'
} else {
	pad = 0.03 * (high - low)
	set xrange [low - pad : high + pad]
	set format x '%.6g'
	if (high - low < 1e-3 * abs(high)) { set format x '%.9g' }
}
set yrange [0 : 1.05 * peak]
x_label = value_name . ' (' . unit_name(meta_unit, typical) . ')' . (is_log ? ', log scale' : '')
y_label = 'share of ' . (meta_metric eq 'throughput' ? 'blocks' : 'operations') . ' in a bin (%)'
if (real(meta_below_pct) + real(meta_above_pct) > 0) {
	x_note = sprintf('not drawn: %s%% below, %s%% above', meta_below_pct, meta_above_pct)
}
key_entries = 2
load here . 'plot-frame.gp'
if (n > 0) {
	if (is_text) {
		plot data using ($1 / scale):3 with steps linetype 1 title n0 ? meta_before : '', \
			data using ($1 / scale):4 with steps linetype 2 title n1 ? meta_after : ''
	} else {
		plot data using ($1 / scale):3 with fillsteps linecolor rgb before_rgb \
				fillstyle transparent solid 0.25 noborder notitle, \
			data using ($1 / scale):4 with fillsteps linecolor rgb after_rgb \
				fillstyle transparent solid 0.12 noborder notitle, \
			data using ($1 / scale):3 with steps linetype 1 title n0 ? meta_before : '', \
			data using ($1 / scale):4 with steps linetype 2 title n1 ? meta_after : ''
	}
}
unset output
