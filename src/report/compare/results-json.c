/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The comparison as the contract's JSON. */
#include "config.h"
#include <string.h>
#include "cell/params.h"
#include "report/compare/results.h"
#include "text/json.h"

static json_t *pct(double log_ratio)
{
	return number_json(compare_pct(log_ratio));
}

static json_t *interval(struct interval i)
{
	return json_pack("[o, o]", pct(i.lo), pct(i.hi));
}

static json_t *side_json(const struct results *r, int side)
{
	const struct dataset_side *s = dataset_side(r->d, side);
	json_int_t samples = 0;

	for (int i = 0; i < r->n; i++)
		samples += (json_int_t)r->v[i].r->side[side].samples;
	return json_pack("{s:o, s:o, s:o, s:o, s:i, s:I}", "label", text_json(s->label),
		"arm", text_json(s->arm), "file", text_json(s->file), "kernel",
		text_json(s->kernel), "boots", s->boots, "samples", samples);
}

static json_t *percentiles_json(const struct compare_result *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->npercentiles; i++) {
		const struct compare_percentile *p = &c->percentiles[i];

		json_array_append_new(list, json_pack("{s:f, s:o, s:o, s:o, s:o, s:o}", "p", p->p,
			"before", number_json(p->before), "after", number_json(p->after), "delta_pct",
			pct(p->delta), "ci_pct", interval(p->ci), "band_pct", interval(p->band)));
	}
	return list;
}

static json_t *params_json(const struct dataset_cell *cell)
{
	const struct workload *w = workload_find(cell->workload);
	json_t *params = json_object();
	struct param_values values;

	if (!w) {
		if (*cell->params)
			json_object_set_new(params, "text", text_json(cell->params));
		return params;
	}
	params_defaults(w, &values);
	if (params_set_list(w, cell->params, &values))
		return params;
	for (int i = 0; i < params_count(w); i++)
		json_object_set_new(params, params_at(w, i)->name, json_integer(values.value[i]));
	return params;
}

static json_t *warnings_json(const struct compare_result *c)
{
	json_t *list = json_array();
	char text[512];

	for (size_t i = 0; i < c->nwarnings; i++) {
		compare_warning_text(&c->warnings[i], text, sizeof(text));
		json_array_append_new(list, text_json(text));
	}
	return list;
}

/* Of deterministic sides; null otherwise. */
static json_t *exact_json(const struct compare_exact_result *e)
{
	if (!e)
		return json_null();
	return json_pack("{s:o, s:I, s:I, s:I, s:o, s:o, s:o}", "change", number_json(e->change),
		"operations", (json_int_t)e->ops, "with_tick", (json_int_t)e->ticked,
		"exactly_so", (json_int_t)e->same, "typical_before", number_json(e->typical[0]),
		"typical_after", number_json(e->typical[1]), "mean_change", number_json(e->mean_change));
}

static json_t *cell_json(const struct results *r, const struct results_row *c)
{
	const struct dataset_cell *cell = dataset_cell(r->d, c->cell);
	char needs[256];

	compare_needs_text(&c->r->needs, needs, sizeof(needs));
	return json_pack("{s:o, s:o, s:i, s:o, s:s, s:o, s:b, s:o, s:{s:o, s:o, s:o}, "
			 "s:{s:o, s:o}, s:s, s:s?, s:s, s:I, s:I, s:I, s:o, s:o, s:o}",
		"workload", text_json(cell->workload), "params", params_json(cell), "cores", cell->cores,
		"place", text_json(cell->place), "metric", metric_names[c->metric], "unit",
		text_json(c->metric == METRIC_THROUGHPUT ? "1/s" : cell->unit), "primary", c->primary,
		"percentiles", percentiles_json(c->r),
		"worst", "p", number_json(c->r->worst.p), "worse_pct", pct(c->r->worst.worse), "band_pct",
		interval(c->r->worst.band),
		"effect", "delta_pct", pct(c->r->effect.delta), "ci_pct", interval(c->r->effect.ci),
		"verdict", compare_verdict_name(c->r->verdict), "needs", *needs ? needs : NULL,
		"covers", compare_covers_name(c->r->covers), "blocks_before",
		(json_int_t)c->r->side[0].blocks, "blocks_after", (json_int_t)c->r->side[1].blocks,
		"pairs", (json_int_t)c->r->pairs, "warnings", warnings_json(c->r), "calibration",
		c->calibration ? calibration_json(c->calibration) : json_null(), "exact",
		exact_json(c->exact));
}

json_t *results_json(const struct results *r)
{
	json_t *cells = json_array(), *warnings = json_array();

	for (int i = 0; i < r->n; i++)
		json_array_append_new(cells, cell_json(r, &r->v[i]));
	for (int i = 0; i < r->nwarnings; i++)
		json_array_append_new(warnings, text_json(r->warnings[i]));
	return json_pack("{s:o, s:o, s:s, s:f, s:o, s:s, s:o}", "before", side_json(r, 0), "after",
		side_json(r, 1), "switch_level", switch_level_name(r->switch_level), "margin_pct",
		r->margin * 100, "cells", cells, "verdict", compare_verdict_name(r->verdict),
		"warnings", warnings);
}
