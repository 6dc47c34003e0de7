/* SPDX-License-Identifier: GPL-2.0-or-later */
/* history --json. */
#include "config.h"
#include <math.h>
#include <string.h>
#include "report/history/history-report.h"
#include "text/json.h"

static json_t *pct(double v)
{
	return number_json(v * 100);
}

static json_t *text(const char *s)
{
	return text_json(s && *s ? s : NULL);
}

static json_t *test_json(const struct history_test *t)
{
	return json_pack("{so so so so so s[oo] ss so so}", "change_pct", pct(t->change), "se_pct",
		pct(t->se), "t", number_json(t->t), "df", number_json(t->df), "p", number_json(t->p), "ci_pct",
		pct(t->ci.lo), pct(t->ci.hi), "verdict", compare_verdict_name(t->verdict),
		"detectable_pct", pct(t->detectable), "runs_needed",
		isnan(t->runs) ? json_null() : json_integer((json_int_t)t->runs));
}

static json_t *side_json(const struct published_side *s)
{
	if (s->runs)
		return json_pack("{sO}", "runs", s->runs);
	return json_pack("{sI sf sf}", "repeat", (json_int_t)s->n, "mean", s->mean, "sem_pct",
		s->sem_pct);
}

/* A with the members of B behind its own; takes both. */
static json_t *joined(json_t *a, json_t *b)
{
	json_object_update(a, b);
	json_decref(b);
	return a;
}

static json_t *figures_json(const struct history_entry *e)
{
	json_t *list = json_array();

	for (size_t i = 0; i < e->c->figures; i++) {
		const struct published_figure *f = e->figure[i].f;

		json_array_append_new(list, joined(json_pack("{ss ss}", "figure", f->name, "scale",
			f->log ? "log" : "linear"), test_json(&e->figure[i].test)));
	}
	return list;
}

/* Every figure of the only run a side. */
static json_t *changes_json(const struct history_entry *e)
{
	json_t *list = json_array(), *value;
	const char *name;

	if (!e->one_run || !e->c->side[0].runs)
		return list;
	json_object_foreach(json_array_get(e->c->side[0].runs, 0), name, value) {
		json_t *given = json_object_get(e->c->published_pct, name);
		double change = history_change(e->c, name);

		if (isfinite(change))
			json_array_append_new(list, json_pack("{ss sf so}", "figure", name,
				"change_pct", change * 100, "published_pct",
				given ? json_incref(given) : json_null()));
	}
	return list;
}

static json_t *borrowed_json(const struct history_entry *e)
{
	if (isnan(e->scatter.sd))
		return json_null();
	return joined(json_pack("{ss ss sf}", "from", e->c->lender->id, "figure", e->c->lender_figure,
		"between_runs_pct", e->scatter.sd * 100), test_json(&e->borrowed));
}

static json_t *entry_json(const struct history_entry *e)
{
	const struct published_comparison *c = e->c;

	return json_pack("{ss ss ss ss ss ss ss ss ss ss so so so so so ss ss so so so}", "id", c->id,
		"when", c->when, "who", c->who, "source", c->source, "test", c->test, "machine",
		c->machine, "change", c->change, "measured", c->measured, "unit", c->unit, "reading",
		c->reading, "note", text(c->note), "before", side_json(&c->side[0]), "after",
		side_json(&c->side[1]), "figures", figures_json(e), "changes", changes_json(e),
		"verdict", compare_verdict_name(e->figure[0].test.verdict), "says", e->verdict,
		"design", text(e->design), "naive",
		isnan(e->naive.se) ? json_null() : test_json(&e->naive), "borrowed", borrowed_json(e));
}

json_t *history_json(const struct history *h)
{
	json_t *list = json_array();

	for (size_t i = 0; i < h->n; i++)
		if (json_array_append_new(list, entry_json(&h->v[i]))) {
			json_decref(list);
			return NULL;
		}
	return json_pack("{ss sf so}", "data", h->file, "margin_pct", h->margin * 100,
		"comparisons", list);
}
