# SPDX-License-Identifier: GPL-2.0-or-later
# Ticks of a logarithmic axis: gnuplot's own leave a short one with a single tick. Not for
# use alone; axis is 'x' or 'y', low and high are what is on it.
log_scale = 'set logscale ' . axis
log_range = 'set ' . axis . 'range [low * (low / high) ** 0.04 : high * (high / low) ** 0.04]'
log_tics = 'set ' . axis . 'tics'
log_format = 'set format ' . axis
@log_scale
@log_range
@log_format '%g'
@log_tics (1 1)
decades = log10(high / low)
digits = decades < 1.3 ? (axis eq 'x' && decades > 0.7 ? '1 1.5 2 3 5 7' : '1 1.5 2 3 4 5 7') : \
	decades < 4 ? '1 2 5' : '1'
do for [k = floor(log10(low)) : ceil(log10(high))] {
	ten = 10.0 ** k
	do for [digit in digits] {
		@log_tics add (sprintf('%g', digit * ten) digit * ten)
	}
}
