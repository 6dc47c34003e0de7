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

# The range of both curves.
low = NaN
high = NaN
n0 = 0
n1 = 0
see(v) = v == v ? (low = low <= v ? low : v, high = high >= v ? high : v, 1) : 0
stats data using (n0 = n0 + see($2), 0) nooutput
stats data using (n1 = n1 + see($5), 0) nooutput

nothing = n0 + n1 == 0
if (nothing) {
	message = strlen(meta_empty) ? meta_empty : 'Nothing to draw: the table has no values.'
}
if (nothing) { low = 0; high = 1 }
is_log = exists("log") ? log : low > 0 && high / low > 4
typical = is_log && low > 0 ? sqrt(low * high) : high
scale = 1
axis_unit = meta_unit
if (meta_unit eq 'ns' && typical >= 1e3) { scale = 1e3; axis_unit = is_text ? 'us' : 'µs' }
if (meta_unit eq 'ns' && typical >= 1e6) { scale = 1e6; axis_unit = 'ms' }
if (meta_unit eq 'ns' && typical >= 1e9) { scale = 1e9; axis_unit = 's' }
if (meta_unit ne 'ns' && typical >= 2e4) { scale = 1e3; axis_unit = 'thousand ' . meta_unit }
if (meta_unit ne 'ns' && typical >= 2e6) { scale = 1e6; axis_unit = 'million ' . meta_unit }
if (meta_unit ne 'ns' && typical >= 2e9) { scale = 1e9; axis_unit = 'billion ' . meta_unit }
low = low / scale
high = high / scale

# With a logarithmic axis ticks of our own: gnuplot's leave a short axis with one.
if (is_log && low > 0) {
	set logscale y
	set yrange [low * (low / high) ** 0.04 : high * (high / low) ** 0.04]
	decades = log10(high / low)
	set format y '%g'
	set ytics (1 1)
	do for [k = floor(log10(low)) : ceil(log10(high))] {
		ten = 10.0 ** k
		do for [digit in decades < 1.3 ? '1 1.5 2 3 4 5 7' : decades < 4 ? '1 2 5' : '1'] {
			set ytics add (sprintf('%g', digit * ten) digit * ten)
		}
	}
} else {
	pad = high > low ? 0.05 * (high - low) : high != 0 ? 0.05 * abs(high) : 1
	set yrange [low - pad : high + pad]
	set format y '%.6g'
	if (high - low < 1e-3 * abs(high)) {
		set format y '%.9g'
		left_margin = 150
	}
}
y_label = meta_metric . (meta_unit eq 'ns' ? ' time' : '') . ' (' . axis_unit . ')' . \
	(is_log ? ', log scale' : '')

key_length = strlen(meta_before) > strlen(meta_after) ? strlen(meta_before) : strlen(meta_after)
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
