# SPDX-License-Identifier: GPL-2.0-or-later
# Percentile curves: the value at each percentile, of both arms or of one, with pointwise
# intervals.
#
#   gnuplot -e "data='x.tsv'; out='x.svg'" percentiles.gp
#
# data      a table that exitbench plot left; columns p, before, before_lo, before_hi,
#           after, after_lo, after_hi, tab separated, NaN for none. "# unit<TAB>ns" before
#           it scales the axis to ns, us, ms or s; other units to thousands and so on
# out       ends with svg, png or pdf; without it the picture is text on stdout
# title, subtitle    in place of the table's own
# log       1 or 0: a logarithmic value axis or not; by the data without it

slash = exists("ARG0") ? strlen(ARG0) : 0
while (slash > 0 && substr(ARG0, slash, slash) ne '/') { slash = slash - 1 }
here = slash ? substr(ARG0, 1, slash) : ''
load here . 'plot-common.gp'

load here . 'plot-percentile-axis.gp'

n0 = 0
n1 = 0
stats data using (n0 = n0 + see($2), 0) nooutput
stats data using (n1 = n1 + see($5), 0) nooutput
# Room for the intervals, but not for all of one that knows next to nothing.
room = 0.35 * (high - low)
least = low
most = high
limit(lo, hi) = (low = lo == lo && lo < low ? (lo > least - room ? lo : least - room) : low, \
	high = hi == hi && hi > high ? (hi < most + room ? hi : most + room) : high, 0)
if (n0 + n1 > 0 && !(low > 0 && high / low > 4)) {
	stats data using (limit($3, $4), 0) nooutput
	stats data using (limit($6, $7), 0) nooutput
}

nothing = n0 + n1 == 0
if (nothing) {
	message = strlen(meta_empty) ? meta_empty : 'Nothing to draw: the table has no values.'
}
if (nothing) { low = 0; high = 1 }
is_log = exists("log") ? log : low > 0 && high / low > 4
typical = is_log && low > 0 ? sqrt(low * high) : high
scale = unit_scale(meta_unit, typical)
low = low / scale
high = high / scale

if (is_log && low > 0) {
	axis = 'y'
	load here . 'plot-log-axis.gp'
} else {
	pad = high > low ? 0.05 * (high - low) : high != 0 ? 0.05 * abs(high) : 1
	set yrange [low - pad : high + pad]
	set format y '%.6g'
	if (high - low < 1e-3 * abs(high)) {
		set format y '%.9g'
		left_margin = 150
	}
}
y_label = value_name . ' (' . unit_name(meta_unit, typical) . ')' . (is_log ? ', log scale' : '')

key_entries = 3
mark(p) = marked(p) ? x_of(p) : NaN
load here . 'plot-frame.gp'
if (!nothing) {
	if (is_text) {
		plot data using (x_of($1)):($2 / scale) with lines linetype 1 title n0 ? meta_before : '', \
			data using (x_of($1)):($5 / scale) with lines linetype 2 title n1 ? meta_after : ''
	} else {
		plot NaN with linespoints linetype 1 title n0 ? meta_before : '', \
			NaN with linespoints linetype 2 title n1 ? meta_after : '', \
			data using (x_of($1)):($3 / scale):($4 / scale) with filledcurves fillcolor \
				rgb before_rgb fillstyle transparent solid 0.25 noborder \
				title '95% interval', \
			data using (x_of($1)):($6 / scale):($7 / scale) with filledcurves fillcolor \
				rgb after_rgb fillstyle transparent solid 0.25 noborder notitle, \
			data using (x_of($1)):($2 / scale) with lines linetype 1 notitle, \
			data using (x_of($1)):($5 / scale) with lines linetype 2 notitle, \
			data using (mark($1)):($2 / scale) with points linetype 1 notitle, \
			data using (mark($1)):($5 / scale) with points linetype 2 notitle
	}
}
unset output
