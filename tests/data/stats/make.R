# SPDX-License-Identifier: GPL-2.0-or-later
# Makes the data and the reference values of tests/statistics/stats-test.c:
#   Rscript make.R      (in this directory; R >= 4.2 with Hmisc, Debian r-cran-hmisc)
# data.csv: name,value in order. reference.csv: function,data,second data,parameter,value.
suppressMessages(library(Hmisc))
set.seed(20211116, kind = "Mersenne-Twister")
data <- list(
  small = round(rnorm(7, 10, 2), 3),
  odd = round(rlnorm(25, 2, 0.5), 4),
  even = round(rlnorm(40, 2.1, 0.5), 4),
  large = round(rlnorm(120, 2, 0.4), 5),
  larger = round(rlnorm(90, 2.05, 0.4), 5),
  ties = c(1, 2, 2, 2, 3, 3, 4, 5, 5, 5, 5, 6, 7, 9, 9),
  differences = round(rt(30, 3) + 0.3, 4),
  many = round(rt(150, 4) * 0.01 + 0.002, 6),
  # seconds of spawn-true, message 20170724161146.GQ25221@dhcp22.suse.cz
  hocko.before = c(79.46, 79.77, 79.92),
  hocko.after = c(79.99, 79.67, 80.52),
  p = c(0.01, 0.04, 0.03, 0.005, 0.2, 0.04, 0.9),
  # a calibration: doses in per cent, what was recovered, standard errors
  line.x = c(0.094, 0.25, 0.485, 0.986, 1.565, 3.914),
  line.y = c(0.13, 0.21, 0.52, 0.97, 1.61, 3.88),
  line.se = c(0.04, 0.05, 0.04, 0.06, 0.05, 0.09)
)
rows <- list()
add <- function(f, a, b, parameter, value)
  rows[[length(rows) + 1]] <<- data.frame(f, a, b, parameter,
    value = trimws(formatC(value, digits = 15, format = "g")))
for (n in c("small", "odd", "even", "large", "ties"))
  for (q in c(0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999)) {
    add("type7", n, "", q, quantile(data[[n]], q, type = 7))
    add("type8", n, "", q, quantile(data[[n]], q, type = 8))
    add("hd", n, "", q, hdquantile(data[[n]], q))
  }
one <- function(n, mu) {
  w <- suppressWarnings(wilcox.test(data[[n]], mu = mu, conf.int = TRUE,
    conf.level = 0.95, digits.rank = Inf, tol.root = 1e-12))
  add("hl", n, "", mu, w$estimate)
  add("hl.lo", n, "", mu, w$conf.int[1])
  add("hl.hi", n, "", mu, w$conf.int[2])
  add("hl.p", n, "", mu, w$p.value)
}
for (n in c("small", "odd", "even", "differences", "many")) one(n, 0)
one("small", 9.3)
one("odd", 8)
one("many", 0.001)
two <- function(a, b) {
  t <- t.test(data[[b]], data[[a]])
  add("welch.t", a, b, 0, t$statistic)
  add("welch.df", a, b, 0, t$parameter)
  add("welch.p", a, b, 0, t$p.value)
  add("welch.lo", a, b, 0, t$conf.int[1])
  add("welch.hi", a, b, 0, t$conf.int[2])
}
two("odd", "even")
two("small", "odd")
two("large", "larger")
two("hocko.before", "hocko.after")
for (i in seq_along(data$p)) add("holm", "p", "", i, p.adjust(data$p, "holm")[i])
for (df in c(1, 2.5, 4, 30, 1000))
  for (a in c(0.05, 0.005, 1e-6)) add("student", df, "", a, qt(1 - a / 2, df))
# with the standard errors as given: lm()'s summary would scale them by the residuals
line <- with(data, lm(line.y ~ line.x, weights = 1 / line.se^2))
line.se <- sqrt(diag(summary(line)$cov.unscaled))
add("line.slope", "line.x", "line.y", 0, coef(line)[2])
add("line.intercept", "line.x", "line.y", 0, coef(line)[1])
add("line.slope_se", "line.x", "line.y", 0, line.se[2])
for (power in c(0.5, 0.8, 0.95))
  add("detectable", "", "", power, 0.3 * (1 + qnorm(power) / qnorm(0.975)))
out <- do.call(rbind, rows)
write.table(out, "reference.csv", sep = ",", quote = FALSE, row.names = FALSE)
long <- do.call(rbind, lapply(names(data), function(n)
  data.frame(name = n, value = trimws(formatC(data[[n]], digits = 15, format = "g")))))
write.table(long, "data.csv", sep = ",", quote = FALSE, row.names = FALSE)
