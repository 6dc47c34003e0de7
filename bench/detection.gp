# SPDX-License-Identifier: GPL-2.0-or-later
# What equal arms show: measured in alternation, and one after the other, for the same time.
#
#   gnuplot -e "data='detection.csv'; out='detection.png'" bench/detection.gp
set datafile separator ','
if (!exists("data")) data = 'detection.csv'
if (!exists("out")) out = 'detection.png'
set terminal pngcairo size 900,360 font 'sans,11'
set output out
set key off
set xlabel "answer for two equal arms, 15 s in all, %: the truth is 0"
set yrange [-0.6:3.6]
set ytics ("fork-exit, alternating" 3, "fork-exit, one arm after the other" 2, \
	"touch-exit, alternating" 1, "touch-exit, one arm after the other" 0)
set grid xtics lc rgb '#dddddd'
set style fill transparent solid 0.5 noborder
set arrow from 0,graph 0 to 0,graph 1 nohead lc rgb '#999999'
row(w, k) = (w eq 'fork-exit' ? 2 : 0) + (k eq 'equal' ? 1 : 0)
wanted(k) = k eq 'equal' || k eq 'in turn'
# spread up and down so that equal answers do not hide each other
jitter(n) = 0.28 * (n % 7 - 3) / 3.0
plot data every ::1 using (wanted(strcol(2)) ? $6 : NaN):(row(strcol(1), strcol(2)) + jitter(int($3))) \
	with points pt 7 ps 1.1 lc rgb '#0072b2'
