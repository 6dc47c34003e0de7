# SPDX-License-Identifier: GPL-2.0-or-later
# The bootstrap of bench/comparison's samples in plain R: rounds drawn with replacement,
# the ten percentiles of both sides, their log ratios. Prints seconds of CPU for a replicate.
#   Rscript comparison.R FILE ROUNDS SAMPLES REPLICATES
a <- commandArgs(TRUE)
rounds <- as.integer(a[2])
samples <- as.integer(a[3])
replicates <- as.integer(a[4])
v <- array(readBin(a[1], "double", 2 * rounds * samples), c(samples, 2, rounds))
p <- c(1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9) / 100
before <- v[, 1, ]
after <- v[, 2, ]
rm(v)
set.seed(20211116)
spent <- system.time(for (i in seq_len(replicates)) {
	draw <- sample.int(rounds, replace = TRUE)
	ratio <- log(quantile(after[, draw], p) / quantile(before[, draw], p))
})
cat(sum(spent[1:2]) / replicates, "\n")
