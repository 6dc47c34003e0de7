# SPDX-License-Identifier: GPL-2.0-or-later
# Calibration: doses recovered against doses injected, and the smallest change that is
# detectable after how long.
#
#   gnuplot -e "data='calibration.tsv'; out='x.svg'" calibration.gp
#
# data      a table that exitbench left; tab or comma separated: columns side, injected_pct,
#           recovered_pct, lo, hi, and after two empty lines time_s, detectable_pct. Either
#           may be missing
# out       ends with svg, png or pdf; without it the picture is text on stdout
# title, subtitle    in place of the table's own

slash = exists("ARG0") ? strlen(ARG0) : 0
while (slash > 0 && substr(ARG0, slash, slash) ne '/') { slash = slash - 1 }
here = slash ? substr(ARG0, 1, slash) : ''
load here . 'plot-common.gp'
set datafile separator "\t,"

# Which part a row is of is seen from its first field.
nd = 0
nt = 0
t_low = 1e30
t_high = 0
p_low = 1e30
p_high = 0
side(s) = s eq 'user' || s eq 'kernel'
see_dose(injected, v) = (see(injected), see(v), nd = nd + 1, 0)
see_time(t, v) = (t_low = t < t_low ? t : t_low, t_high = t > t_high ? t : t_high, \
	p_low = v < p_low ? v : p_low, p_high = v > p_high ? v : p_high, nt = nt + 1, 0)
stats data using (side(stringcolumn(1)) ? see_dose($2, $3) : 0, 0) nooutput
stats data using (side(stringcolumn(1)) ? see($4) : 0, 0) nooutput
stats data using (side(stringcolumn(1)) ? see($5) : 0, 0) nooutput
stats data using (!side(stringcolumn(1)) && $1 > 0 && $2 > 0 ? see_time($1, $2) : 0, 0) nooutput
nothing = nd + nt == 0
if (nothing) {
	message = strlen(meta_empty) ? meta_empty : 'Nothing to draw: the table has no calibration.'
}
key_length = 20
key_entries = 3
load here . 'plot-frame.gp'
dose(s, v) = stringcolumn(1) eq s ? v : NaN
only_time(v) = side(stringcolumn(1)) ? NaN : v
if (!nothing && is_text) {
	if (nd) {
		print 'Up: recovered (%); right: injected (%)'
		plot data using (dose('user', $2)):3 with points title 'user', \
			data using (dose('kernel', $2)):3 with points title 'kernel', x title 'recovered = injected'
	}
	if (nt) {
		print 'Up: smallest detectable change (%); right: time (s)'
		set logscale xy
		plot data using (only_time($1)):2 with points notitle
	}
}
if (!nothing && !is_text) {
	both = nd > 0 && nt > 0
	set key at graph 0.03, 0.97 left top vertical maxcols 1
	set multiplot
	if (nd) {
		pad = 0.06 * (high - low)
		set rmargin at screen both ? 0.5 : 0.975
		set xrange [low - pad : high + pad]
		set yrange [low - pad : high + pad]
		set format x '%g'
		set format y '%g'
		set label 99 'injected (%)' at graph 0.5, screen frame_bottom - 0.07 center noenhanced
		set label 100 'recovered (%)' at screen 0.02, graph 0.5 center rotate by 90 noenhanced
		plot x with lines linetype 4 title 'recovered = injected', \
			data using (dose('user', $2)):3:4:5 with yerrorbars linetype 1 title 'in user time', \
			data using (dose('kernel', $2)):3:4:5 with yerrorbars linetype 2 dashtype 1 \
				title 'in the kernel'
		do for [i = 95 : 130] { unset label i }
	}
	if (nt) {
		unset key
		set lmargin at screen both ? 0.61 : left_margin / 1000.
		set rmargin at screen 0.975
		set label 100 'smallest detectable change (%)' at screen both ? 0.535 : 0.02, \
			graph 0.5 center rotate by 90 noenhanced
		low = p_low
		high = p_high > p_low ? p_high : 2 * p_low
		axis = 'y'
		load here . 'plot-log-axis.gp'
		low = t_low
		high = t_high > t_low ? t_high : 2 * t_low
		axis = 'x'
		load here . 'plot-log-axis.gp'
		set label 99 'time (s), log scale' at graph 0.5, screen frame_bottom - 0.07 center noenhanced
		plot data using (only_time($1)):2 with linespoints linetype 1 notitle
	}
	unset multiplot
}
unset output
