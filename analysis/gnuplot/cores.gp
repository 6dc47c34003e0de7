# SPDX-License-Identifier: GPL-2.0-or-later
# Throughput and efficiency over the number of cores.
#
#   gnuplot -e "data='x.cores.tsv'; out='x.svg'" cores.gp
#
# data      a table that exitbench plot left; columns cores, before, before_lo, before_hi,
#           after, after_lo, after_hi, before_efficiency_pct, after_efficiency_pct
# out       ends with svg, png or pdf; without it the picture is text on stdout
# title, subtitle    in place of the table's own

slash = exists("ARG0") ? strlen(ARG0) : 0
while (slash > 0 && substr(ARG0, slash, slash) ne '/') { slash = slash - 1 }
here = slash ? substr(ARG0, 1, slash) : ''
load here . 'plot-common.gp'

n0 = 0
n1 = 0
c_low = 1e9
c_high = 0
e_high = 100
cores = ''
last = 0
tick(c) = c >= last * 1.25 ? (last = c, cores = cores . ' ' . sprintf('%d', c), 0) : 0
# One at a time: a row in which a column of the expression is missing is left out.
stats data using (n0 = n0 + see($2), 0) nooutput
stats data using (n1 = n1 + see($5), 0) nooutput
stats data using (see($4), 0) nooutput
stats data using (see($7), 0) nooutput
stats data using (c_low = $1 < c_low ? $1 : c_low, c_high = $1 > c_high ? $1 : c_high, tick($1), 0) \
	nooutput
stats data using (e_high = $8 > e_high ? $8 : e_high, 0) nooutput
stats data using (e_high = $9 > e_high ? $9 : e_high, 0) nooutput
nothing = n0 + n1 == 0
if (nothing) {
	message = strlen(meta_empty) ? meta_empty : 'Nothing to draw: the table has no throughput.'
}
if (nothing) { low = 0; high = 1; c_low = 1; c_high = 2 }
scale = unit_scale(meta_unit, high)
x_label = 'cores, log scale'
y_label = ''
key_entries = 3
load here . 'plot-frame.gp'
if (!nothing) {
	set logscale x
	set xrange [c_low / (c_high / c_low) ** 0.03 : c_high * (c_high / c_low) ** 0.03]
	set xtics (c_low)
	do for [c in cores] { set xtics add (c real(c)) }
	set yrange [0 : 1.08 * high / scale]
	up = unit_name(meta_unit, high)
	if (is_text) {
		print 'Up: ' . up
		plot data using 1:($2 / scale) with linespoints linetype 1 title n0 ? meta_before : '', \
			data using 1:($5 / scale) with linespoints linetype 2 title n1 ? meta_after : ''
	} else {
		middle = frame_bottom + 0.42 * (frame_top - frame_bottom)
		set multiplot
		set bmargin at screen middle + 0.03
		set label 100 up at screen 0.02, graph 0.5 center rotate by 90 noenhanced font small
		set format x ''
		set xtics ('' c_low)
		do for [c in cores] { set xtics add ('' real(c)) }
		plot data using 1:($2 / scale):($3 / scale):($4 / scale) with yerrorbars linetype 1 notitle, \
			data using 1:($5 / scale):($6 / scale):($7 / scale) with yerrorbars linetype 2 \
				dashtype 1 notitle, \
			data using 1:($2 / scale) with linespoints linetype 1 title n0 ? meta_before : '', \
			data using 1:($5 / scale) with linespoints linetype 2 title n1 ? meta_after : ''
		do for [i = 95 : 130] { unset label i }
		unset key
		set tmargin at screen middle - 0.03
		set bmargin at screen frame_bottom
		set format x '%g'
		set xtics (c_low)
		do for [c in cores] { set xtics add (c real(c)) }
		set yrange [0 : 1.08 * e_high]
		set ytics autofreq
		set label 100 'efficiency (%)' at screen 0.02, graph 0.5 center rotate by 90 \
			noenhanced font small
		plot 100 with lines linetype 3 notitle, \
			data using 1:8 with linespoints linetype 1 notitle, \
			data using 1:9 with linespoints linetype 2 notitle
		unset multiplot
	}
}
unset output
