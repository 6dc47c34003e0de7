# SPDX-License-Identifier: GPL-2.0-or-later
# Makes the reference values of tests/statistics/history-test.c from the published figures:
#   Rscript history.R      (in this directory; R >= 4.2)
# history.csv: comparison,figure,quantity,value. Changes are relative: 0.01 is 1%.
rows <- list()
add <- function(id, figure, quantity, value)
  rows[[length(rows) + 1]] <<- data.frame(comparison = id, figure, quantity,
    value = trimws(formatC(value, digits = 12, format = "g")))
margin <- 0.01

# Power of the two-sided 5% t test, by R's noncentral t.
power <- function(ncp, df) {
  q <- qt(0.975, df)
  pt(-q, df, ncp) + pt(q, df, ncp, lower.tail = FALSE)
}
detectable <- function(df)
  uniroot(function(x) power(x, df) - 0.8, c(0, 100), tol = 1e-12)$root
needed <- function(delta, va, vb) {
  n <- 2
  while (power(delta / sqrt((va + vb) / n), (n - 1) * (va + vb)^2 / (va^2 + vb^2)) < 0.8)
    n <- n + 1
  n
}
# the same as R's own function where both sides scatter alike
own <- power.t.test(n = 7, delta = 1.3, sd = 0.9, strict = TRUE)$power
stopifnot(abs(own - power(1.3 / (0.9 * sqrt(2 / 7)), 12)) < 1e-9)

report <- function(id, figure, a, b, log = FALSE, ncp = TRUE) {
  t <- if (log) t.test(log(b), log(a)) else t.test(b, a)
  d <- unname(diff(rev(t$estimate)))
  f <- if (log) expm1 else function(x) x / mean(a)
  add(id, figure, "change", f(d))
  add(id, figure, "se", if (log) exp(d) * t$stderr else
    mean(b) / mean(a) * sqrt(var(a) / length(a) / mean(a)^2 + var(b) / length(b) / mean(b)^2))
  add(id, figure, "t", t$statistic)
  add(id, figure, "df", t$parameter)
  add(id, figure, "p", t$p.value)
  add(id, figure, "lo", f(t$conf.int[1]))
  add(id, figure, "hi", f(t$conf.int[2]))
  if (!ncp) return(invisible())
  add(id, figure, "detectable", f(detectable(t$parameter) * t$stderr))
  add(id, figure, "runs", if (log) needed(log1p(margin), var(log(a)), var(log(b))) else
    needed(margin * mean(a), var(a), var(b)))
}
# n values that have exactly this mean and standard deviation
sample.of <- function(n, mean, sd) as.vector(scale(seq_len(n))) * sd + mean

# spawn-true, seconds
report("hocko-2017-spawn", "total", c(79.46, 79.77, 79.92), c(79.99, 79.67, 80.52))
# perf stat -r 5 prints the standard error of the mean, in per cent of it
report("shutemov-2017-spawn", "mean",
  sample.of(5, 159.809, 159.809 * 0.0315 * sqrt(5)),
  sample.of(5, 166.497, 166.497 * 0.0161 * sqrt(5)))

# exit-time, cycles
mean.b <- c(217800, 214300, 217100)
mean.a <- c(216400, 223600, 226200)
median.b <- c(212900, 209700, 212300)
median.a <- c(213000, 219600, 222000)
report("shutemov-2017-exit", "mean", mean.b, mean.a)
report("shutemov-2017-exit", "median", median.b, median.a, log = TRUE)

naive <- function(id, mb, sb, ma, sa)
  report(id, "naive", sample.of(100000, mb, sb), sample.of(100000, ma, sa), ncp = FALSE)
naive("hocko-2017-exit", 437962.07, 92898.30, 436081.87, 96165.98)
naive("baghdasaryan-2021-lock", 97843.8, 97843.8 * 0.2985, 97659.5, 97659.5 * 0.3241)
naive("baghdasaryan-2021-array", 97843.8, 97843.8 * 0.2985, 97491.4, 97491.4 * 0.3061)

# One run a side, with the scatter between the runs above (logs, both sides pooled).
borrowed <- function(id, ratio, b, a) {
  s <- summary(lm(log(c(b, a)) ~ gl(2, 3)))$sigma
  se <- s * sqrt(2)
  add(id, "borrowed", "scatter", s)
  add(id, "borrowed", "change", ratio - 1)
  add(id, "borrowed", "se", ratio * se)
  add(id, "borrowed", "t", log(ratio) / se)
  add(id, "borrowed", "df", 4)
  add(id, "borrowed", "p", 2 * pt(-abs(log(ratio) / se), 4))
  add(id, "borrowed", "lo", expm1(log(ratio) - qt(0.975, 4) * se))
  add(id, "borrowed", "hi", expm1(log(ratio) + qt(0.975, 4) * se))
  add(id, "borrowed", "detectable", expm1(detectable(4) * se))
  add(id, "borrowed", "runs", needed(log1p(margin), s^2, s^2))
}
borrowed("hocko-2017-exit", 436081.87 / 437962.07, mean.b, mean.a)
borrowed("baghdasaryan-2021-lock", 88312 / 87412, median.b, median.a)
borrowed("baghdasaryan-2021-array", 88807 / 87412, median.b, median.a)

for (df in c(1, 1.5, 2.523, 6.1, 30, 1000, 199759))
  for (ncp in c(0, 0.5, 2, 5, 20)) add(df, ncp, "power", power(ncp, df))

write.table(do.call(rbind, rows), "history.csv", sep = ",", quote = FALSE, row.names = FALSE)
