# SPDX-License-Identifier: GPL-2.0-or-later
# The measurement over time: the level of both sides, which drifts with the machine; the
# change between them, which should not; and how many operations were disturbed.
#
#   gnuplot -e "data='x.time.tsv'; out='x.svg'" time.gp
#
# data      a table that exitbench plot left; columns time_s, before, after, change_pct,
#           ci_lo_pct, ci_hi_pct, disturbed_pct. "# boots_at<TAB>12.5 30" before it: where
#           another boot begins; "# paired<TAB>0": the sides did not take turns, and there
#           is no change
# out       ends with svg, png or pdf; without it the picture is text on stdout
# title, subtitle, margin    in place of the table's own

slash = exists("ARG0") ? strlen(ARG0) : 0
while (slash > 0 && substr(ARG0, slash, slash) ne '/') { slash = slash - 1 }
here = slash ? substr(ARG0, 1, slash) : ''
load here . 'plot-common.gp'

margin_pct = real(meta_margin_pct)
n0 = 0
n1 = 0
n = 0
t_high = 0
stats data using (n0 = n0 + see($2), 0) nooutput
stats data using (n1 = n1 + see($3), 0) nooutput
stats data using (t_high = $1 > t_high ? $1 : t_high, n = n + 1, 0) nooutput
nothing = strlen(meta_empty) > 0 || n0 + n1 == 0
if (nothing) {
	message = strlen(meta_empty) ? meta_empty : 'Nothing to draw: the table has no values.'
}
if (nothing) { low = 0; high = 1; t_high = 1 }
typical = high
scale = unit_scale(meta_unit, typical)
low = low / scale
high = high / scale

# The range of the change, without what is far beyond its quartiles.
c_low = -margin_pct
c_high = margin_pct
nc = 0
stats data using (nc = nc + ($4 == $4 ? 1 : 0), 0) nooutput
change = meta_paired eq '1' && nc > 0
if (change) {
	stats data using 4 nooutput
	far = 4 * (STATS_up_quartile - STATS_lo_quartile)
	c_low = STATS_min < c_low ? STATS_min : c_low
	c_high = STATS_max > c_high ? STATS_max : c_high
	c_low = c_low < STATS_lo_quartile - far - margin_pct ? STATS_lo_quartile - far - margin_pct : c_low
	c_high = c_high > STATS_up_quartile + far + margin_pct ? STATS_up_quartile + far + margin_pct : c_high
	# Most of the intervals.
	ni = 0
	stats data using (ni = ni + ($5 == $5 ? 1 : 0), 0) nooutput
	if (ni > 0) {
		stats data using 5 nooutput
		c_low = STATS_lo_quartile < c_low ? STATS_lo_quartile : c_low
		stats data using 6 nooutput
		c_high = STATS_up_quartile > c_high ? STATS_up_quartile : c_high
	}
}
d_high = 0
stats data using (d_high = $7 > d_high ? $7 : d_high, 0) nooutput
disturbed = d_high > 0

t_scale = t_high < 1 ? 1e-3 : 1
x_label = 'time spent on this cell (' . (t_high < 1 ? 'ms' : 's') . '); pauses are shortened' . \
	(strlen(meta_boots_at) ? ', dotted: another boot' : '')
level = 'p25 of ' . meta_metric . ' (' . unit_name(meta_unit, typical) . ')'
key_entries = 2
panels = 1 + change + disturbed
load here . 'plot-frame.gp'
pad = high > low ? 0.06 * (high - low) : high != 0 ? 0.05 * abs(high) : 1
c_pad = 0.06 * (c_high - c_low)
x_end = t_high > 0 ? t_high / t_scale : 1
marks = n <= 40 ? 1 : 0
if (!nothing) {
	set xrange [-0.01 * x_end : 1.01 * x_end]
	set yrange [low - pad : high + pad]
	set format y '%.6g'
	if (is_text) {
		print 'Up: ' . level
		plot data using ($1 / t_scale):($2 / scale) with lines linetype 1 title n0 ? meta_before : '', \
			data using ($1 / t_scale):($3 / scale) with lines linetype 2 title n1 ? meta_after : ''
		if (change) {
			print 'Up: change (%)'
			set yrange [c_low - c_pad : c_high + c_pad]
			plot 0 with lines linetype 3 notitle, data using ($1 / t_scale):4 with lines linetype 1 notitle
		}
	} else {
		boot = 0
		do for [t in meta_boots_at] {
			boot = boot + 1
			set arrow boot from real(t) / t_scale, graph 0 to real(t) / t_scale, graph 1 nohead back \
				dashtype 3 linecolor rgb '#888888'
		}
		# Shares of the height: the change is what one looks at.
		unit = (frame_top - frame_bottom - 0.05 * (panels - 1)) / (1 + 1.2 * change + 0.4 * disturbed)
		top = frame_top
		set multiplot
		set bmargin at screen top - unit
		unset label 100
		set label 100 level at screen 0.02, graph 0.5 center rotate by 90 noenhanced font small
		if (panels > 1) { set format x '' }
		plot data using ($1 / t_scale):($2 / scale) with linespoints linetype 1 pointinterval marks ? 1 : -1000 \
				title n0 ? meta_before : '', \
			data using ($1 / t_scale):($3 / scale) with linespoints linetype 2 pointinterval marks ? 1 : -1000 \
				title n1 ? meta_after : ''
		do for [i = 95 : 130] { unset label i }
		unset key
		if (change) {
			top = top - unit - 0.05
			set tmargin at screen top
			set bmargin at screen top - 1.2 * unit
			set yrange [c_low - c_pad : c_high + c_pad]
			set format y '%+.6g'
			set ytics add ('0' 0)
			if (!disturbed) { set format x '%g' }
			set label 100 'change (%)' at screen 0.02, graph 0.5 center rotate by 90 \
				noenhanced font small
			plot data using ($1 / t_scale):5:6 with filledcurves fillcolor rgb before_rgb \
					fillstyle transparent solid 0.3 noborder notitle, \
				0 with lines linetype 3 notitle, \
				margin_pct with lines linetype 4 notitle, \
				-margin_pct with lines linetype 4 notitle, \
				data using ($1 / t_scale):4 with linespoints linetype 1 pointinterval marks ? 1 : -1000 notitle
			top = top - 0.2 * unit
		}
		if (disturbed) {
			top = top - unit - 0.05
			set tmargin at screen top
			set bmargin at screen frame_bottom
			set yrange [0 : 1.1 * d_high]
			set ytics autofreq
			set ytics (0, d_high)
			set format y '%.2g'
			set format x '%g'
			set label 100 'disturbed (%)' at screen 0.02, graph 0.5 center rotate by 90 \
				noenhanced font small
			plot data using ($1 / t_scale):7 with impulses linetype 3 linewidth 2 notitle
		}
		unset multiplot
	}
}
unset output
