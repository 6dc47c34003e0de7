# SPDX-License-Identifier: GPL-2.0-or-later
# Several kernels: how many instructions an operation takes more than under the first.
#
#   gnuplot -e "data='lab.tsv'; out='lab.svg'" lab.gp
#
# data      a table that exitbench lab left; columns row, kernel, cell, name, reference,
#           change, tab separated, NaN for none
# out       ends with svg, png or pdf; without it the picture is text on stdout
# title, subtitle    in place of the table's own

slash = exists("ARG0") ? strlen(ARG0) : 0
while (slash > 0 && substr(ARG0, slash, slash) ne '/') { slash = slash - 1 }
here = slash ? substr(ARG0, 1, slash) : ''
load here . 'plot-common.gp'
# Names of cells have commas.
set datafile separator "\t"

kernels = 0
rows_of_table = 0
low = 0
high = 0
n = 0
names = ''
see(r, k, v) = (rows_of_table = r + 1 > rows_of_table ? r + 1 : rows_of_table, \
	kernels = k > kernels ? k : kernels, \
	v == v ? (low = v < low ? v : low, high = v > high ? v : high, n = n + 1) : 0, 0)
see_name(r, name) = (names = r == 0 ? names . ' ' . name : names, 0)
stats data using (see($1, $2, $6), 0) nooutput
stats data using (see_name($1, stringcolumn(4)), 0) nooutput

width = 0.8 / (kernels > 0 ? kernels : 1)
at(r, k) = r + (k - (kernels + 1) / 2.) * width
height = high - low > 0 ? high - low : 1
set xrange [-0.5 : rows_of_table - 0.5]
unset xtics
base = low < 0 ? low - 0.12 * height : 0
many = rows_of_table > 5
set yrange [base : high + 0.14 * height]
set format y '%+.6g'
set ytics add ('0' 0)
y_label = 'instructions per operation more than ' . meta_before
x_label = ''
key_length = 10
key_entries = kernels
if (n == 0) { message = 'Nothing to draw: no kernel is compared with another.' }
if (many) { left_margin = 140 }
load here . 'plot-frame.gp'
if (n > 0) {
	unset xtics
	if (!is_text) { set grid noxtics }
	if (!is_text && many) { set bmargin at screen 0.2 }
	set boxwidth 0.9 * width
	set style fill solid 0.8 border rgb '#000000'
	array colour[6] = ['#0072B2', '#D55E00', '#009E73', '#E69F00', '#CC79A7', '#56B4E9']
	rgb(k) = colour[(k - 1) % 6 + 1]
	name(k) = word(names, k)
	cell(r, k) = k == 1 ? r : NaN
	apart = (many ? 0.07 : 0.035) * height
	beside(v) = v < 0 ? v - apart : v + apart
	if (is_text) {
		plot for [k = 1 : kernels] data using ($2 == k ? at($1, k) : NaN):6 with boxes \
			title name(k), \
			data using (cell($1, $2)):(base):3 with labels offset 0, -1 notitle
	} else { if (many) {
		plot for [k = 1 : kernels] data using ($2 == k ? at($1, k) : NaN):6 \
				with boxes linetype 3 fillcolor rgb rgb(k) title name(k), \
			data using (cell($1, $2)):(base):3 with labels right noenhanced font small \
				rotate by 25 offset 0, -0.7 notitle, \
			data using (at($1, $2)):(beside($6)):(sprintf('%+.6g', $6)) with labels \
				rotate by 90 font small notitle
	} else {
		plot for [k = 1 : kernels] data using ($2 == k ? at($1, k) : NaN):6 \
				with boxes linetype 3 fillcolor rgb rgb(k) title name(k), \
			data using (cell($1, $2)):(base):3 with labels center noenhanced font small \
				offset 0, -1 notitle, \
			data using (at($1, $2)):(beside($6)):(sprintf('%+.6g', $6)) with labels \
				font small notitle
	} }
}
unset output
