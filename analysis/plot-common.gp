# SPDX-License-Identifier: GPL-2.0-or-later
# What all pictures share: the words of the table, the terminal, the frame. Not for use
# alone; loaded by percentiles.gp and shift.gp with "data" set, "out" and more perhaps.

if (!exists("data")) print "which table? gnuplot -e \"data='x.tsv'; out='x.svg'\" ..."; exit status 2
reset
set encoding utf8
set datafile separator "\t"
set datafile missing "NaN"

# The words: lines "# key TAB text" before the table.
meta_title = meta_subtitle = meta_note = meta_before = meta_after = ''
meta_empty = meta_no_change = ''
meta_metric = 'value'
meta_unit = 'ns'
meta_worse = 'up'
meta_margin_pct = '1'
set_meta(k, v) = \
	k eq '# title' ? (meta_title = v, 0) : k eq '# subtitle' ? (meta_subtitle = v, 0) : \
	k eq '# note' ? (meta_note = v, 0) : k eq '# metric' ? (meta_metric = v, 0) : \
	k eq '# unit' ? (meta_unit = v, 0) : k eq '# worse' ? (meta_worse = v, 0) : \
	k eq '# margin_pct' ? (meta_margin_pct = v, 0) : \
	k eq '# before' ? (meta_before = v, 0) : k eq '# after' ? (meta_after = v, 0) : \
	k eq '# empty' ? (meta_empty = v, 0) : k eq '# no_change' ? (meta_no_change = v, 0) : 0
set datafile commentschars ''
stats data using (set_meta(stringcolumn(1), stringcolumn(2)), 0) nooutput
set datafile commentschars '#'
if (exists("title")) meta_title = title
if (exists("subtitle")) meta_subtitle = subtitle
if (exists("margin")) meta_margin_pct = sprintf('%g', margin)

# Where to, by the end of the name; as text on stdout without one.
ending = exists("out") && strlen(out) > 4 ? substr(out, strlen(out) - 2, strlen(out)) : ''
is_text = ending eq ''
if (is_text) set terminal dumb noenhanced size 79,26
if (ending eq 'svg') set terminal svg noenhanced size 1000,600 font 'sans-serif,13' background '#ffffff'
if (ending eq 'pdf') set terminal pdfcairo noenhanced size 13.89in,8.33in font 'sans-serif,13' background '#ffffff'
if (ending eq 'png') set terminal pngcairo noenhanced size 1000,600 font 'sans-serif,12' background '#ffffff'
if (!is_text) set output out

# Okabe and Ito's colours; dashes tell the lines apart without colour.
set linetype 1 linecolor rgb '#0072B2' linewidth 2 dashtype 1 pointtype 7 pointsize 0.6
set linetype 2 linecolor rgb '#D55E00' linewidth 2 dashtype (12, 5) pointtype 9 pointsize 0.8
set linetype 3 linecolor rgb '#000000' linewidth 1 dashtype 1
set linetype 4 linecolor rgb '#333333' linewidth 1.5 dashtype (6, 4)
before_rgb = '#0072B2'
after_rgb = '#D55E00'

# TEXT in at most MOST rows of N characters, broken at blanks where there are any.
blank(text, n, far) = \
	far == 0 || n < 2 ? 0 : substr(text, n, n) eq ' ' ? n : blank(text, n - 1, far - 1)
break(text, n) = blank(text, n, 40) ? blank(text, n, 40) : n
row(text, n) = substr(text, 1, break(text, n) - (blank(text, n, 40) ? 1 : 0))
rest(text, n) = substr(text, break(text, n) + 1, strlen(text))
wrap(text, n, most) = strlen(text) <= n ? text : \
	most == 1 ? substr(text, 1, n - 1) . '…' : \
	row(text, n) . "\n" . wrap(rest(text, n), n, most - 1)
rows(text, n, most) = strlen(text) == 0 ? 0 : \
	strlen(text) <= n || most == 1 ? 1 : 1 + rows(rest(text, n), n, most - 1)

# The words about the frame: title and subtitle above, notes below; pixels of 600.
if (is_text) {
	set print '-'
	print wrap(meta_title, 79, 9)
	print wrap(meta_subtitle, 79, 9)
	if (strlen(meta_note) > 0) { print wrap('Note: ' . meta_note, 79, 9) }
	set print
} else {
	title_columns = strlen(meta_title) <= 92 || strlen(meta_title) > 156 ? 92 : \
		strlen(meta_title) / 2 + 14
	title_rows = rows(meta_title, title_columns, 2)
	subtitle_rows = rows(meta_subtitle, 122, 3)
	note_rows = rows(meta_note, 122, 3)
	from_top = 22
	set label 101 wrap(meta_title, title_columns, 2) at screen 0.015, 1 - from_top / 600. \
		left noenhanced font 'sans-serif,15'
	from_top = from_top + 23 * title_rows
	set label 102 wrap(meta_subtitle, 122, 3) at screen 0.015, 1 - from_top / 600. \
		left noenhanced font 'sans-serif,11' textcolor rgb '#444444'
	from_top = from_top + 17 * subtitle_rows + 30
	set label 103 wrap(meta_note, 122, 3) \
		at screen 0.015, (14 + 17 * (note_rows - 1)) / 600. \
		left noenhanced font 'sans-serif,11' textcolor rgb '#444444'
	set tmargin at screen 1 - from_top / 600.
	from_bottom = (note_rows ? 66 : 56) + 17 * note_rows
	set bmargin at screen from_bottom / 600.
	set lmargin at screen 0.11
	set rmargin at screen 0.975
}
set key left horizontal Left reverse noenhanced samplen 3
if (is_text) { set key above vertical }

# In the pictures the key is above, where no curve can be: ENTRIES beside each other, or
# below each other where the longest, of LENGTH characters, does not let them fit.
key_above = "if (!is_text) { set key at graph 0, 1.015 left bottom font 'sans-serif,11'; " . \
	"if (key_length * key_entries > 88) { set key vertical maxcols 1; " . \
	"set tmargin at screen 1 - (from_top + 16 * (key_entries - 1)) / 600. } }"
set border 3
set tics nomirror

# The percentile axis: normal quantiles, so that both tails are stretched alike.
x_of(p) = p > 0 && p < 100 ? invnorm(p / 100.) : NaN
set xrange [x_of(1) - 0.05 : x_of(99.9) + 0.05]
set xtics ('1' x_of(1), '5' x_of(5), '10' x_of(10), '25' x_of(25), '50' x_of(50), \
	'75' x_of(75), '90' x_of(90), '95' x_of(95), '99' x_of(99), '99.9' x_of(99.9))
p_label = 'percentile (axis in normal quantiles: both tails stretched)'
set xlabel p_label noenhanced
set linetype 5 linecolor rgb '#dddddd' linewidth 1 dashtype 1
if (!is_text) { set grid xtics ytics linetype 5 }

# A mark where the table of compare has a row.
marked(p) = p == 1 || p == 5 || p == 10 || p == 25 || p == 50 || p == 75 || p == 90 || \
	p == 95 || p == 99 || p == 99.9

# The label of the y axis, "y_label", where the longest tick label cannot push it out.
label_y = "if (is_text) { set ylabel y_label noenhanced } else { " . \
	"set label 105 y_label at screen 0.02, graph 0.5 center rotate by 90 noenhanced }"

# Instead of an empty frame: eval draw_nothing, with what is to be said in "message".
draw_nothing = "unset key; unset tics; unset border; unset grid; unset xlabel; unset ylabel; unset label 105; " . \
	"unset logscale; set xrange [0:1]; set yrange [0:1]; " . \
	"set label 104 wrap(message, is_text ? 70 : 90, 3) at graph 0.5, 0.5 center noenhanced; " . \
	"plot NaN notitle"
