/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was published about this change before, as marks to hold one's own against. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "report/history/published.h"
#include "report/plot/plot-priv.h"

/* Figures by the name that they have in analysis/published.json. */
static const struct {
	const char *name;
	double p;
} figures[] = {
	{ "q1", 25 }, { "median", 50 }, { "q3", 75 }, { "p50", 50 }, { "p95", 95 }, { "p99", 99 },
};

/* Geometric mean over runs. */
static double mean_log(const struct published_side *s, const char *name)
{
	double sum = 0;

	for (size_t i = 0; i < s->n; i++)
		sum += log(published_value(s, i, name));
	return sum / (double)s->n;
}

static void add(struct plot_source *s, const struct published_comparison *c, double p, double pct)
{
	if (s->nmarks < PLOT_MARKS && isfinite(pct))
		s->mark[s->nmarks++] = (struct plot_mark){ atoi(c->when), p, pct };
}

static void add_comparison(struct plot_source *s, const struct published_comparison *c)
{
	if (!c->side[0].runs || !c->side[1].runs) {
		add(s, c, NAN, 100 * (c->side[1].mean / c->side[0].mean - 1));
		return;
	}
	for (size_t i = 0; i < sizeof(figures) / sizeof(*figures); i++)
		add(s, c, figures[i].p, 100 * (exp(mean_log(&c->side[1], figures[i].name) -
			mean_log(&c->side[0], figures[i].name)) - 1));
}

int plot_marks(struct plot_source *s)
{
	struct published data;
	int err = published_load(NULL, &data);

	for (size_t i = 0; i < data.n && !err; i++)
		if (!strncmp(data.v[i].when, "2017", 4) || !strncmp(data.v[i].when, "2021", 4))
			add_comparison(s, &data.v[i]);
	published_free(&data);
	return err;
}

bool plot_marked(const struct plot_source *s, const struct plot_data *c)
{
	return s->nmarks && c->metric == METRIC_EXIT && !s->alone &&
	       !strcmp(plot_unit(s, c), "ns");
}
