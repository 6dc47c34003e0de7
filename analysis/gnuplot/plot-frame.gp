# SPDX-License-Identifier: GPL-2.0-or-later
# The frame and the words about it, each row at a place of its own: terminals differ in
# line heights and in where they put a label. In pixels of 1000 x 600. Not for use alone.

set border 3
set tics nomirror
set key left horizontal Left reverse noenhanced samplen 3

if (is_text) {
	set print '-'
	print wrap(meta_title, 79, 9)
	print wrap(meta_subtitle, 79, 9)
	if (strlen(meta_note) > 0) { print wrap('Note: ' . meta_note, 79, 9) }
	if (strlen(x_note) > 0) { print wrap(x_note, 79, 9) }
	if (strlen(y_label) > 0 && strlen(message) == 0) { print 'Up: ' . y_label }
	if (strlen(message) > 0) { print "\n" . wrap(message, 79, 9) . "\n" }
	set print
	set key above vertical
	set xlabel x_label noenhanced
} else {
	set grid xtics ytics linetype 5
	tag = 100

	# Above: title, subtitle, key.
	columns = strlen(meta_title) <= 90 || strlen(meta_title) > 150 ? 90 : strlen(meta_title) / 2 + 14
	y = 600 - 22
	do for [i = 1 : rows(meta_title, columns, 2)] {
		tag = tag + 1
		set label tag row(meta_title, columns, 2, i) at screen 0.015, y / 600. left \
			noenhanced font large
		y = y - 25
	}
	do for [i = 1 : rows(meta_subtitle, 120, 3)] {
		tag = tag + 1
		set label tag row(meta_subtitle, 120, 3, i) at screen 0.015, y / 600. left \
			noenhanced font small textcolor rgb '#444444'
		y = y - 18
	}
	set key at graph 0, 1.015 left bottom font small
	key_rows = 1
	if (key_length * key_entries > 84) {
		set key vertical maxcols 1
		key_rows = key_entries
	}
	frame_top = (y - 12 - 22 * key_rows) / 600.
	set tmargin at screen frame_top

	# Below, from the bottom: notes, what the percentile axis is.
	y = 14
	note_rows = rows(meta_note, 120, 3)
	do for [i = 1 : note_rows] {
		tag = tag + 1
		set label tag row(meta_note, 120, 3, note_rows + 1 - i) at screen 0.015, y / 600. \
			left noenhanced font small textcolor rgb '#444444'
		y = y + 18
	}
	y = y + 8
	if (strlen(message) == 0) {
		if (strlen(x_note) > 0) {
			set label 98 x_note at graph 0.5, screen y / 600. center noenhanced
			y = y + 22
		}
		set label 99 x_label at graph 0.5, screen y / 600. center noenhanced
		if (strlen(y_label) > 0) {
			set label 100 y_label at screen 0.02, graph 0.5 center rotate by 90 noenhanced
		}
	}
	frame_bottom = (y + 44) / 600.
	set bmargin at screen frame_bottom
	set lmargin at screen left_margin / 1000.
	set rmargin at screen 0.975
}

# Instead of an empty frame.
if (strlen(message) > 0) {
	unset key
	unset tics
	unset border
	unset grid
	unset logscale
	unset xlabel
	unset ylabel
	set xrange [0 : 1]
	set yrange [0 : 1]
	if (!is_text) {
		do for [i = 1 : rows(message, 90, 3)] {
			set label 89 + i row(message, 90, 3, i) at graph 0.5, screen 0.5 - 0.04 * i \
				center noenhanced
		}
		plot NaN notitle
	}
}
