# SPDX-License-Identifier: GPL-2.0-or-later
# The percentile axis: normal quantiles, so that both tails are stretched alike.
x_of(p) = p > 0 && p < 100 ? invnorm(p / 100.) : NaN
set xrange [x_of(1) - 0.05 : x_of(99.9) + 0.05]
set xtics ('1' x_of(1), '5' x_of(5), '10' x_of(10), '25' x_of(25), '50' x_of(50), \
	'75' x_of(75), '90' x_of(90), '95' x_of(95), '99' x_of(99), '99.9' x_of(99.9))

# A mark where the table of compare has a row.
marked(p) = p == 1 || p == 5 || p == 10 || p == 25 || p == 50 || p == 75 || p == 90 || \
	p == 95 || p == 99 || p == 99.9

x_label = 'percentile (axis in normal quantiles: both tails stretched)'
