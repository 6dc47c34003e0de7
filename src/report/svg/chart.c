/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What charts share: units, axes of values, keys. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_sort.h>
#include "base/clean-text.h"
#include "report/svg/chart.h"

const char *const chart_curve[] = { "b", "a" }, *const chart_band[] = { "bi", "ai" };
const char *const chart_error[] = { "be", "ae" }, *const chart_steps[] = { "bh", "ah" };
const char *const chart_mark[] = { "mb", "ma" };

double chart_unit(bool throughput, const char *unit, double v, char *name, size_t size)
{
	static const struct {
		double from, unit;
		const char *name;
	} times[] = { { 1e9, 1e9, "s" }, { 1e6, 1e6, "ms" }, { 1e3, 1e3, "µs" }, { 0, 1, "ns" } },
	  counts[] = { { 2e9, 1e9, "billion " }, { 2e6, 1e6, "million " },
		{ 2e4, 1e3, "thousand " }, { 0, 1, "" } };
	bool ns = !throughput && !strcmp(unit, "ns");
	char clean[64];
	int i = 0;

	while (i < 3 && !(v >= (ns ? times : counts)[i].from))
		i++;
	if (ns)
		snprintf(name, size, "%s", times[i].name);
	else
		snprintf(name, size, "%s%s", counts[i].name, throughput ? "operations/s" :
			text_clean(unit, 16, clean, sizeof(clean)));
	return ns ? times[i].unit : counts[i].unit;
}

struct svg_axis chart_axis(double lo, double hi, double unit, double ratio)
{
	struct svg_axis a = { .lo = lo, .hi = hi, .unit = unit };
	double pad = hi > lo ? 0.05 * (hi - lo) : hi != 0 ? 0.05 * fabs(hi) : 1;

	if (lo > 0 && hi / lo > ratio) {
		a.scale = SVG_LOG;
		a.lo = lo * pow(lo / hi, 0.04);
		a.hi = hi * pow(hi / lo, 0.04);
		return a;
	}
	a.lo -= pad;
	a.hi += pad;
	if (hi - lo < 1e-3 * fabs(hi))
		a.digits = 9;
	return a;
}

void chart_see(double v, double *lo, double *hi)
{
	if (isfinite(v)) {
		*lo = v < *lo ? v : *lo;
		*hi = v > *hi ? v : *hi;
	}
}

void chart_see_all(const double *v, size_t n, double *lo, double *hi)
{
	for (size_t i = 0; i < n; i++)
		chart_see(v[i], lo, hi);
}

void chart_key(const struct svg *s, bool alone, const bool has[2])
{
	if (alone)
		return;
	if (has[0] && has[1])
		fputs("<use href=#kk />", s->out);
	else
		svg_key(s, 0, chart_curve[has[1]], has[1] ? "after" : "before");
}

void chart_see_core(const double *v, size_t n, double *lo, double *hi)
{
	double *sorted = calloc(n ? n : 1, sizeof(*sorted)), far;
	size_t have = 0;

	for (size_t i = 0; i < n && sorted; i++)
		if (isfinite(v[i]))
			sorted[have++] = v[i];
	if (have) {
		gsl_sort(sorted, 1, have);
		far = 3 * (sorted[have * 3 / 4] - sorted[have / 4]) + *hi - *lo;
		for (size_t i = 0; i < have; i++)
			if (sorted[i] >= sorted[have / 4] - far &&
			    sorted[i] <= sorted[have * 3 / 4] + far)
				chart_see(sorted[i], lo, hi);
	}
	free(sorted);
}

struct svg_axis chart_value_axis(enum metric metric, const char *unit, double lo, double hi,
	double ratio, char *title, size_t size)
{
	struct svg_axis a;
	char name[96];
	double scale = chart_unit(metric == METRIC_THROUGHPUT, unit,
		lo > 0 && hi / lo > ratio ? sqrt(lo * hi) : hi, name, sizeof(name));

	a = chart_axis(lo, hi, scale, ratio);
	snprintf(title, size, "%s%s (%s)%s", metric_names[metric],
		metric != METRIC_THROUGHPUT && !strcmp(unit, "ns") ? " time" : "", name,
		a.scale == SVG_LOG ? ", log scale" : "");
	return a;
}
