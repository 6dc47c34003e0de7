# SPDX-License-Identifier: GPL-2.0-or-later
# The shift function: the change at each percentile in per cent, with its pointwise
# interval and the band that holds for all percentiles at once, and the margin.
#
#   gnuplot -e "data='x.tsv'; out='x.svg'" shift.gp
#
# data      a table that exitbench plot left; columns p, before, before_lo, before_hi,
#           after, after_lo, after_hi, change_pct, ci_lo_pct, ci_hi_pct, band_lo_pct,
#           band_hi_pct, tab separated, NaN for none
# out       ends with svg, png or pdf; without it the picture is text on stdout
# title, subtitle, margin    (a number, per cent) in place of the table's own
# bound     the change axis ends at +-bound per cent; by the data without it
#
# A tail that is uncertain by far more than the rest would flatten the rest to a line.
# Then the frame ends at most one and a half of the rest's height beyond it; triangles at
# its edge stand for changes outside, and a line below says how far.

slash = exists("ARG0") ? strlen(ARG0) : 0
while (slash > 0 && substr(ARG0, slash, slash) ne '/') { slash = slash - 1 }
here = slash ? substr(ARG0, 1, slash) : ''
load here . 'plot-common.gp'

load here . 'plot-percentile-axis.gp'

margin_pct = real(meta_margin_pct)

# The range of everything.
low = -margin_pct
high = margin_pct
n = 0
nci = 0
is(v) = v == v ? 1 : 0
see_change(v) = (low = v < low ? v : low, high = v > high ? v : high, is(v))
stats data using (n = n + see_change($8), 0) nooutput
stats data using (nci = nci + see_change($9), see_change($10), 0) nooutput
stats data using (see_change($11), see_change($12), 0) nooutput

# The range of the core: of p5 to p95, without what is far beyond the quartiles there.
core_low = -margin_pct
core_high = margin_pct
core(p, v) = p >= 5 && p <= 95 ? v : NaN
do for [k in '8 11 12'] {
	count = 0
	stats data using (count = count + is(core($1, column(int(k)))), 0) nooutput
	if (count > 0) {
		stats data using (core($1, column(int(k)))) nooutput
		far = 3 * (STATS_up_quartile - STATS_lo_quartile)
		far_low = STATS_lo_quartile - far
		far_high = STATS_up_quartile + far
		least = STATS_min > far_low ? STATS_min : far_low
		most = STATS_max < far_high ? STATS_max : far_high
		core_low = least < core_low ? least : core_low
		core_high = most > core_high ? most : core_high
	}
}
height = core_high - core_low
end_low = low < core_low - 1.5 * height ? core_low - 1.5 * height : low
end_high = high > core_high + 1.5 * height ? core_high + 1.5 * height : high
# Published figures are worth some room, but not more than the data.
room = 1.5 * (end_high - end_low)
marks = meta_marks_2017 . ' ' . meta_marks_2021
do for [i = 2 : words(marks) : 2] {
	v = real(word(marks, i))
	if (v > end_high && v - end_low < room) { end_high = v }
	if (v < end_low && end_high - v < room) { end_low = v }
}
if (exists("bound")) {
	end_low = -bound
	end_high = bound
}
pad = 0.04 * (end_high - end_low)
end_low = end_low - pad
end_high = end_high + pad
set yrange [end_low : end_high]
set format y '%+.6g'
set ytics add ('0' 0)
y_label = 'change of ' . meta_metric . ' (%), ' . \
	(meta_worse eq 'up' ? 'slower is up' : 'faster is up')

# Changes outside the frame: the furthest at each edge in words.
out_low = end_low
out_high = end_high
see_out(p, v) = v < out_low ? (out_low = v, out_low_p = p, 0) : \
	v > out_high ? (out_high = v, out_high_p = p, 0) : 0
stats data using (see_out($1, $8), 0) nooutput
outside = (out_low < end_low ? sprintf(', %+.2f%% at p%g', out_low, out_low_p) : '') . \
	(out_high > end_high ? sprintf(', %+.2f%% at p%g', out_high, out_high_p) : '')
if (strlen(outside) > 0) {
	x_note = 'Outside the frame' . (is_text ? '' : ', at the triangles') . \
		': as much as ' . substr(outside, 3, strlen(outside))
}

# The mean that "4%" came from has no percentile.
mean_note = ''
do for [v in meta_means_2017] {
	mean_note = mean_note . (strlen(mean_note) ? ', ' : '') . sprintf('%+.1f%%', real(v))
}
hidden = 0
do for [i = 2 : words(marks) : 2] {
	if (real(word(marks, i)) > end_high || real(word(marks, i)) < end_low) { hidden = hidden + 1 }
}
if (strlen(marks) > 1) {
	meta_note = 'Hollow marks: what was published of exit-time in 2017 (quartiles) and 2021 ' . \
		'(p50, p95, p99), at most three runs a side' . \
		(hidden ? sprintf('; %d of them outside the frame', hidden) : '') . \
		(strlen(mean_note) ? '; the mean of spawn-true in 2017: ' . mean_note : '') . '. ' . meta_note
}
set_marks = 'do for [i = 1 : words(marks) : 2] { if (real(word(marks, i + 1)) <= end_high && ' . \
	'real(word(marks, i + 1)) >= end_low) { set label 200 + i "" at ' . \
	'x_of(real(word(marks, i))), real(word(marks, i + 1)) point linetype 3 pointsize 1.3 * dot ' . \
	'pointtype i < words(meta_marks_2017) ? 4 : 12 } }'

mark(p, v) = marked(p) && v >= end_low && v <= end_high ? x_of(p) : NaN
key_length = 14
key_entries = strlen(marks) > 1 ? 6 : 4
# Drawing from much further outside goes astray.
furthest = 100 * (end_high - end_low)
near(v) = v > furthest ? furthest : v < -furthest ? -furthest : v
margin_title = sprintf('margin ±%g%%', margin_pct)
if (n == 0) {
	message = strlen(meta_no_change) ? meta_no_change : 'Nothing to draw: the table has no change.'
}
load here . 'plot-frame.gp'
if (n > 0) {
	if (!is_text) { eval set_marks }
	if (is_text) {
		plot data using (x_of($1)):9 with lines linetype 2 title nci ? '95% interval' : '', \
			data using (x_of($1)):10 with lines linetype 2 notitle, \
			0 with lines linetype 3 notitle, \
			data using (x_of($1)):(near($8)) with lines linetype 1 title 'change'
	} else {
		plot NaN with linespoints linetype 1 title 'change', \
			data using (x_of($1)):(near($11)):(near($12)) with filledcurves fillcolor rgb before_rgb \
				fillstyle transparent solid 0.15 noborder \
				title nci ? 'joint 95% band' : '', \
			data using (x_of($1)):(near($9)):(near($10)) with filledcurves fillcolor rgb before_rgb \
				fillstyle transparent solid 0.35 noborder \
				title nci ? '95% interval' : '', \
			0 with lines linetype 3 notitle, \
			margin_pct with lines linetype 4 title margin_title, \
			-margin_pct with lines linetype 4 notitle, \
			NaN with points linetype 3 pointtype 4 pointsize 1.3 * dot \
				title strlen(meta_marks_2017) ? 'published 2017' : '', \
			NaN with points linetype 3 pointtype 12 pointsize 1.3 * dot \
				title strlen(meta_marks_2021) ? 'published 2021' : '', \
			data using (x_of($1)):(near($8)) with lines linetype 1 notitle, \
			data using (mark($1, $8)):8 with points linetype 1 notitle, \
			data using (x_of($1)):($8 > end_high ? end_high : NaN) with points \
				pointtype 9 pointsize 1.2 * dot linecolor rgb before_rgb notitle, \
			data using (x_of($1)):($8 < end_low ? end_low : NaN) with points \
				pointtype 11 pointsize 1.2 * dot linecolor rgb before_rgb notitle
	}
}
unset output
