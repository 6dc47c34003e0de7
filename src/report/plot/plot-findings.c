/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values and changes in a picture's words. */
#include "config.h"
#include <math.h>
#include <string.h>
#include "base/clean-text.h"
#include "report/compare/format.h"
#include "report/plot/plot-priv.h"

static void add_verdict(char *buf, size_t size, const struct plot_data *c, double margin)
{
	const struct compare_result *r = c->table;
	struct interval band = r->worst.band;
	static const char *const phrase[] = {
		[COMPARE_INCONCLUSIVE] = "inconclusive, margin",
		[COMPARE_REGRESSION] = "a regression beyond",
		[COMPARE_IMPROVEMENT] = "an improvement beyond",
		[COMPARE_EQUIVALENT] = "equivalent within",
	};

	text_add(buf, size, ", %s %g%%", phrase[r->verdict], margin * 100);
	if (r->verdict != COMPARE_REGRESSION || isnan(r->worst.p))
		return;
	text_add(buf, size, "; worst at p%g: ", r->worst.p);
	if (c->metric == METRIC_THROUGHPUT)	/* the change itself, as in the picture */
		text_add_change(buf, size, -r->worst.worse, (struct interval){ -band.hi, -band.lo });
	else
		text_add_change(buf, size, r->worst.worse, band);
}

void plot_add_value(char *buf, size_t size, const struct plot_source *s,
	const struct plot_data *c, double v)
{
	const char *unit = dataset_cell(s->d, c->cell)->unit;
	char value[FORMAT_VALUE], clean[64];

	text_add(buf, size, "%s", format_value(c->metric, unit, v, value, sizeof(value)));
	if (c->metric != METRIC_THROUGHPUT && strcmp(unit, "ns"))
		text_add(buf, size, " %s", text_clean(unit, 16, clean, sizeof(clean)));
}

/* What one side alone says: its median and p99. */
static void add_alone(char *buf, size_t size, const struct plot_source *s,
	const struct plot_data *c, int side)
{
	const char *between = "";

	for (size_t i = 0; i < c->points.n; i++) {
		double p = c->points.v[POINT_P][i];

		if (p != 50 && p != 99)
			continue;
		text_add(buf, size, "%sp%g ", between, p);
		plot_add_value(buf, size, s, c, c->points.v[POINT_SIDE(side)][i]);
		between = ", ";
	}
}

void plot_add_effect(char *buf, size_t size, const struct plot_source *s,
	const struct plot_data *c)
{
	if (s->alone) {
		add_alone(buf, size, s, c, 0);
	} else if (!c->has[0] || !c->has[1]) {
		text_add(buf, size, "%s only, ", c->has[0] ? "before" : "after");
		add_alone(buf, size, s, c, c->has[1]);
	} else {
		text_add_change(buf, size, c->table->effect.delta, c->table->effect.ci);
		add_verdict(buf, size, c, s->margin);
	}
}

void plot_add_sides(char *buf, size_t size, const struct plot_source *s,
	const struct plot_data *c, const double v[2])
{
	bool both = c->has[0] && c->has[1] && !s->alone;

	for (int side = 0; side < 2; side++) {
		if (!c->has[side])
			continue;
		plot_add_value(buf, size, s, c, v[side]);
		if (!s->alone)
			text_add(buf, size, "%s%s", side ? " after" : " before",
				both && !side ? ", " : "");
	}
}

void plot_add_no_samples(char *buf, size_t size, const struct plot_data *c)
{
	text_add(buf, size, "No samples of %s here%s", metric_names[c->metric],
		c->metric != METRIC_EXIT ? "." :
		": it was measured without stamps, or imported without.");
}
