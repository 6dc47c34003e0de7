/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values, changes and intervals as people read them. */
#include "config.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/clean-text.h"
#include "report/compare/format.h"
#include "text/units.h"

char *format_value(enum metric metric, const char *unit, double v, char *buf, size_t size)
{
	if (!isfinite(v))
		snprintf(buf, size, "-");
	else if (metric == METRIC_THROUGHPUT)
		snprintf(buf, size, v >= 1e3 && v < 1e6 ? "%.0f/s" : "%.4g/s", v);
	else if (!strcmp(unit, "ns"))
		format_ns(v, buf, size);
	else
		snprintf(buf, size, fabs(v) < 1e9 ? "%.0f" : "%.4g", v);
	return buf;
}

char *format_pct(double log_ratio, char *buf, size_t size)
{
	double pct = compare_pct(log_ratio);

	if (isnan(pct))
		snprintf(buf, size, "-");
	else if (!isfinite(pct) || fabs(pct) >= 1e5)
		snprintf(buf, size, "%s", pct > 0 ? ">+99999" : "<-99999");
	else if (fabs(pct) < 0.005)
		snprintf(buf, size, "0.00");
	else
		snprintf(buf, size, "%+.*f", fabs(pct) < 100 ? 2 : 0, pct);
	return buf;
}

char *format_interval(struct interval i, char *buf, size_t size)
{
	char lo[FORMAT_PCT], hi[FORMAT_PCT];

	if (isnan(i.lo) || isnan(i.hi))
		snprintf(buf, size, "-");
	else
		snprintf(buf, size, "[%s, %s]", format_pct(i.lo, lo, sizeof(lo)),
			format_pct(i.hi, hi, sizeof(hi)));
	return buf;
}

void format_row(enum metric metric, const char *unit, const struct compare_percentile *p,
	struct format_row *row)
{
	format_value(metric, unit, p->before, row->before, sizeof(row->before));
	format_value(metric, unit, p->after, row->after, sizeof(row->after));
	format_pct(p->delta, row->pct, sizeof(row->pct));
	format_interval(p->ci, row->ci, sizeof(row->ci));
	format_interval(p->band, row->band, sizeof(row->band));
}

void text_add_change(char *buf, size_t size, double delta, struct interval i)
{
	char pct[FORMAT_PCT], ci[FORMAT_INTERVAL];

	if (isnan(delta))
		text_add(buf, size, "no change can be told");
	else if (isnan(i.lo) || isnan(i.hi))
		text_add(buf, size, "%s%% (no interval)", format_pct(delta, pct, sizeof(pct)));
	else
		text_add(buf, size, "%s%% %s", format_pct(delta, pct, sizeof(pct)),
			format_interval(i, ci, sizeof(ci)));
}
