# SPDX-License-Identifier: GPL-2.0-or-later
# What all pictures share: the words of the table, the terminal, lines, units. Not for use
# alone; loaded by the scripts that draw, with "data" set, "out" and more perhaps.

if (!exists("data")) print "which table? gnuplot -e \"data='x.tsv'\" ..."; exit status 2
reset
set encoding utf8
set datafile separator "\t"
set datafile missing "NaN"

# The words: lines "# key TAB text" before the table.
meta_title = meta_subtitle = meta_note = ''
meta_before = 'before'
meta_after = 'after'
meta_empty = meta_no_change = ''
meta_metric = 'exit'
meta_unit = 'ns'
meta_worse = 'up'
meta_margin_pct = '1'
meta_marks_2017 = meta_means_2017 = meta_marks_2021 = ''
meta_below_pct = meta_above_pct = '0'
meta_log = meta_boots_at = ''
meta_paired = '1'
set_meta(k, v) = \
	k eq '# title' ? (meta_title = v, 0) : k eq '# subtitle' ? (meta_subtitle = v, 0) : \
	k eq '# note' ? (meta_note = v, 0) : k eq '# metric' ? (meta_metric = v, 0) : \
	k eq '# unit' ? (meta_unit = v, 0) : k eq '# worse' ? (meta_worse = v, 0) : \
	k eq '# margin_pct' ? (meta_margin_pct = v, 0) : \
	k eq '# before' ? (meta_before = v, 0) : k eq '# after' ? (meta_after = v, 0) : \
	k eq '# empty' ? (meta_empty = v, 0) : k eq '# no_change' ? (meta_no_change = v, 0) : \
	k eq '# marks_2017' ? (meta_marks_2017 = v, 0) : \
	k eq '# means_2017' ? (meta_means_2017 = v, 0) : \
	k eq '# marks_2021' ? (meta_marks_2021 = v, 0) : \
	k eq '# below_pct' ? (meta_below_pct = v, 0) : k eq '# above_pct' ? (meta_above_pct = v, 0) : \
	k eq '# log' ? (meta_log = v, 0) : k eq '# boots_at' ? (meta_boots_at = v, 0) : \
	k eq '# paired' ? (meta_paired = v, 0) : 0
set datafile commentschars ''
stats data using (set_meta(stringcolumn(1), stringcolumn(2)), 0) nooutput
set datafile commentschars '#'
if (exists("title")) meta_title = title
if (exists("subtitle")) meta_subtitle = subtitle
if (exists("margin")) meta_margin_pct = sprintf('%g', margin)

# Where to, by the end of the name; as text on stdout without one.
ending = exists("out") && strlen(out) > 4 ? substr(out, strlen(out) - 2, strlen(out)) : ''
is_text = ending eq ''
# Font sizes are in pixels of 1000 x 600, whatever the terminal counts in.
px = ending eq 'svg' ? 1 : 0.75
small = sprintf('sans-serif,%g', px * 14.5)
normal = sprintf('sans-serif,%g', px * 16)
large = sprintf('sans-serif,%g', px * 20)
if (is_text) set terminal dumb noenhanced size 79,26
if (ending eq 'svg') set terminal svg noenhanced size 1000,600 font normal background '#ffffff'
if (ending eq 'pdf') set terminal pdfcairo noenhanced size 13.889in,8.333in font normal \
	fontscale 1 linewidth 2 background '#ffffff'
if (ending eq 'png') set terminal pngcairo noenhanced size 1000,600 font normal background '#ffffff'
if (!is_text) set output out

dot = ending eq 'svg' ? 0.6 : 1
# Okabe and Ito's colours; dashes tell the lines apart without colour.
set linetype 1 linecolor rgb '#0072B2' linewidth 2 dashtype 1 pointtype 7 pointsize 0.6 * dot
set linetype 2 linecolor rgb '#D55E00' linewidth 2 dashtype (12, 5) pointtype 9 pointsize 0.8 * dot
set linetype 3 linecolor rgb '#000000' linewidth 1 dashtype 1
set linetype 4 linecolor rgb '#333333' linewidth 1.5 dashtype (6, 4)
set linetype 5 linecolor rgb '#dddddd' linewidth 1 dashtype 1
before_rgb = '#0072B2'
after_rgb = '#D55E00'

# TEXT in at most MOST rows of N characters, broken at blanks where there are any: how many
# rows, row I of them, all of them.
blank(text, n, far) = \
	far == 0 || n < 2 ? 0 : substr(text, n, n) eq ' ' ? n : blank(text, n - 1, far - 1)
end_of(text, n) = blank(text, n, 40) ? blank(text, n, 40) : n
rest(text, n) = substr(text, end_of(text, n) + 1, strlen(text))
first(text, n, most) = strlen(text) <= n ? text : \
	most == 1 ? substr(text, 1, n - 1) . '…' : \
	substr(text, 1, end_of(text, n) - (blank(text, n, 40) ? 1 : 0))
rows(text, n, most) = strlen(text) == 0 ? 0 : \
	strlen(text) <= n || most == 1 ? 1 : 1 + rows(rest(text, n), n, most - 1)
row(text, n, most, i) = i == 1 ? first(text, n, most) : row(rest(text, n), n, most - 1, i - 1)
wrap(text, n, most) = first(text, n, most) . \
	(rows(text, n, most) > 1 ? "\n" . wrap(rest(text, n), n, most - 1) : '')

# Times in the unit that leaves few digits, other numbers in thousands and so on.
unit_scale(unit, v) = unit eq 'ns' ? (v >= 1e9 ? 1e9 : v >= 1e6 ? 1e6 : v >= 1e3 ? 1e3 : 1) : \
	v >= 2e9 ? 1e9 : v >= 2e6 ? 1e6 : v >= 2e4 ? 1e3 : 1
unit_name(unit, v) = unit eq 'ns' ? (v >= 1e9 ? 's' : v >= 1e6 ? 'ms' : \
	v >= 1e3 ? (is_text ? 'us' : 'µs') : 'ns') : \
	(v >= 2e9 ? 'billion ' : v >= 2e6 ? 'million ' : v >= 2e4 ? 'thousand ' : '') . unit
value_name = meta_metric . (meta_unit eq 'ns' ? ' time' : '')

# The range of what see() is shown.
low = NaN
high = NaN
see(v) = v == v ? (low = low <= v ? low : v, high = high >= v ? high : v, 1) : 0

# What plot-frame.gp writes about the frame, and reserves room for.
x_label = ''
x_note = ''
y_label = ''
# Characters of the longest entry.
key_length = strlen(meta_before) > strlen(meta_after) ? strlen(meta_before) : strlen(meta_after)
key_entries = 1
left_margin = 110	# pixels
message = ''		# instead of all of it
