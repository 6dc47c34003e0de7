/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report's page: verdict, table, one section for each cell. */
#include "config.h"
#include <math.h>
#include <string.h>
#include "base/clean-text.h"
#include "base/fail.h"
#include "report/compare/format.h"
#include "report/page/page.h"
#include "report/svg/svg.h"

#define OPEN_CELLS 4		/* so few are shown at once */
#define TITLE 160		/* columns of a cell's title */

static void head(const struct page *p)
{
	FILE *out = p->out;
	const struct dataset *d = p->source->d;

	fputs("<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
	      "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
	      "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; "
	      "style-src 'unsafe-inline'; img-src data:; script-src 'sha256-" PAGE_JS_SHA256
	      "'\">\n<meta name=generator content=\"exitbench " PACKAGE_VERSION "\">\n<title>", out);
	text_put(dataset_side(d, 0)->label, TEXT_MARKUP, out);
	if (!p->source->alone)
		put_markup(out, " → ", dataset_side(d, 1)->label, "");
	fputs(": exitbench report</title>\n<style>\n", out);
	fwrite(page_css, 1, (size_t)(page_css_end - page_css), out);
	fputs("</style>\n</head>\n<body>\n<a class=skip href=#table>Skip to the table</a>\n", out);
	svg_shared(out);
}

static void fact(FILE *out, const char *name, const char *text)
{
	fprintf(out, "<dt>%s</dt><dd>", name);
	put_markup(out, "", text, "</dd>\n");
}

static void side_fact(const struct page *p, int side)
{
	const struct dataset_side *s = dataset_side(p->source->d, side);
	char text[1024], label[256], kernel[256];

	snprintf(text, sizeof(text), "%s, kernel %s, %d boot%s, in %s",
		text_clean(s->label, 80, label, sizeof(label)),
		text_clean(s->kernel ? s->kernel : "unknown", 80, kernel, sizeof(kernel)), s->boots,
		s->boots == 1 ? "" : "s", s->file);
	fact(p->out, p->source->alone ? "measured" : compare_side_names[side], text);
}

static void summary(const struct page *p)
{
	const struct dataset_side *s = dataset_side(p->source->d, 1);
	const struct results *r = p->results;
	char text[1400], counts[256];

	fputs("<header>\n<h1>exitbench report</h1>\n", p->out);
	if (r) {
		fprintf(p->out, "<p class=\"verdict %s\" id=verdict-line>",
			compare_verdict_name(r->verdict));
		put_markup(p->out, "", results_sentence(r, text, sizeof(text)), ".</p>\n<p>");
		put_markup(p->out, "", results_counts(r, counts, sizeof(counts)), ".</p>\n");
	} else {
		fputs("<p class=verdict id=verdict-line>One side alone: there is nothing to compare "
		      "it with, so no verdict.</p>\n", p->out);
	}
	fputs("<dl>\n", p->out);
	for (int side = 0; side < (p->source->alone ? 1 : 2); side++)
		side_fact(p, side);
	snprintf(text, sizeof(text), "%s%s%s", s->cpu ? s->cpu : "unknown",
		s->hypervisor ? ", virtual: " : "", s->hypervisor ? s->hypervisor : "");
	fact(p->out, "machine", text);
	if (r) {
		snprintf(text, sizeof(text), "%g%%; arms alternate by %s", r->margin * 100,
			switch_level_name(r->switch_level));
		fact(p->out, "margin", text);
	}
	fputs("</dl>\n", p->out);
	if (r && r->nwarnings)
		fputs("<h2>Warnings</h2>\n<ul>\n", p->out);
	for (int i = 0; r && i < r->nwarnings; i++)
		put_markup(p->out, "<li>", r->warnings[i], "</li>\n");
	fprintf(p->out, "%s</header>\n<main>\n", r && r->nwarnings ? "</ul>\n" : "");
}

/* The comparison of a cell, where there is one. */
static const struct results_row *find_result(const struct page *p, int cell, enum metric metric)
{
	for (int i = 0; p->results && i < p->results->n; i++)
		if (p->results->v[i].cell == cell && p->results->v[i].metric == metric)
			return &p->results->v[i];
	return NULL;
}

static bool wanted(const struct page *p, int cell, enum metric metric)
{
	return p->metrics ? p->metrics & 1U << metric :
			    dataset_primary(p->source->d, cell) == metric;
}

/* The end of the scale that effects are drawn on. */
static double scale_end(const struct page *p)
{
	double end = 2 * log1p(p->source->margin);

	for (int i = 0; p->results && i < p->results->n; i++) {
		const struct compare_result *c = p->results->v[i].r;

		if (fabs(c->effect.ci.lo) > end)
			end = fabs(c->effect.ci.lo);
		if (fabs(c->effect.ci.hi) > end)
			end = fabs(c->effect.ci.hi);
	}
	return end < log1p(20 * p->source->margin) ? end : log1p(20 * p->source->margin);
}

/* 240 x 36 half pixels; what is beyond the ends is at them. */
static int effect_x(double v, double end)
{
	double at = 120 + 114 * v / end;

	return (int)lround(at < 2 ? 2 : at > 238 ? 238 : at);
}

/* An effect with its interval on a scale from -END to END (log ratios), and the margin. */
static void put_effect(FILE *out, double delta, struct interval ci, double margin, double end)
{
	double m = log1p(margin);

	fprintf(out, "<svg class=e viewBox=\"0 0 240 36\" aria-hidden=true><path class=l "
		"d=\"M%d 0v36M%d 0v36\"/><path class=z d=\"M120 0v36\"/>", effect_x(-m, end),
		effect_x(m, end));
	if (!isnan(ci.lo) && !isnan(ci.hi))
		fprintf(out, "<path class=be d=\"M%d 18H%d\"/>", effect_x(ci.lo, end),
			effect_x(ci.hi, end));
	if (!isnan(delta))
		fprintf(out, "<use href=#mb x=%d y=18 />", effect_x(delta, end));
	fputs("</svg>", out);
}

static void sort_key(FILE *out, double v)
{
	if (isfinite(v))
		fprintf(out, " data-k=%.6g", v);
	else
		fputs(" data-k=\"\"", out);
}

static void change_columns(const struct page *p, const struct compare_result *c, double end)
{
	char text[FORMAT_INTERVAL];

	fputs("<td", p->out);
	sort_key(p->out, c->effect.delta);
	fprintf(p->out, ">%s", format_pct(c->effect.delta, text, sizeof(text)));
	put_effect(p->out, c->effect.delta, c->effect.ci, p->source->margin, end);
	fputs("<td", p->out);
	sort_key(p->out, c->effect.ci.hi - c->effect.ci.lo);
	fprintf(p->out, ">%s<td", format_interval(c->effect.ci, text, sizeof(text)));
	sort_key(p->out, c->worst.worse);
	if (isnan(c->worst.p))
		fputs(">-", p->out);
	else
		fprintf(p->out, ">p%g %s", c->worst.p, format_pct(c->worst.worse, text, sizeof(text)));
	fprintf(p->out, "<td class=left><b class=%s>%s</b>", compare_verdict_name(c->verdict),
		compare_verdict_name(c->verdict));
}

static void row(const struct page *p, int cell, enum metric metric, int id, double end)
{
	const struct dataset_cell *c = dataset_cell(p->source->d, cell);
	const struct results_row *r = find_result(p, cell, metric);
	char title[512], text[640];

	dataset_cell_title(p->source->d, cell, metric_names[metric], title, sizeof(title));
	fprintf(p->out, "<tr data-c=c%d data-v=%s><td><a href=#c%d>", id,
		r ? compare_verdict_name(r->r->verdict) : "none", id);
	text_put(text_clean(title, TITLE, text, sizeof(text)), TEXT_MARKUP, p->out);
	fprintf(p->out, "</a><td class=left>%s<td>%d", metric_names[metric], c->cores);
	if (r)
		change_columns(p, r->r, end);
	else if (!p->source->alone)
		fprintf(p->out, "<td data-k=\"\">-<td data-k=\"\">-<td data-k=\"\">-<td class=left>%s",
			!c->on[1] ? "before only" : !c->on[0] ? "after only" : "no samples");
	fputs("\n", p->out);
}

static void table(const struct page *p)
{
	double end = scale_end(p);
	int id = 0;

	fprintf(p->out, "<h2 id=table>Cells</h2>\n<p class=tools hidden><label>Filter <input id=words "
		"type=search placeholder=\"touch 2 cores\"></label> <label%s>Verdict "
		"<select id=verdict><option value=\"\">all<option>regression<option>improvement"
		"<option>inconclusive<option>equivalent</select></label> "
		"<button id=open type=button>Open all</button> "
		"<button id=close type=button>Close all</button> "
		"<span id=count role=status></span></p>\n", p->source->alone ? " hidden" : "");
	fputs("<div class=wide tabindex=0 role=region aria-label=\"Table of cells\"><table id=cells>\n"
	      "<thead><tr><th scope=col><button type=button>Cell</button>"
	      "<th scope=col class=left><button type=button>Metric</button>"
	      "<th scope=col><button type=button>Cores</button>", p->out);
	if (!p->source->alone)
		fputs("<th scope=col><button type=button>Change %</button>"
		      "<th scope=col><button type=button>95% interval</button>"
		      "<th scope=col><button type=button>Worst, % worse</button>"
		      "<th scope=col class=left><button type=button>Verdict</button>", p->out);
	fputs("</tr></thead>\n<tbody>\n", p->out);
	for (int i = 0; i < dataset_cells(p->source->d); i++)
		for (int m = 0; metric_names[m]; m++)
			if (wanted(p, i, m))
				row(p, i, m, ++id, end);
	fputs("</tbody></table></div>\n", p->out);
}

static void none(const struct page *p, const char *why)
{
	put_markup(p->out, "<p class=none>", why, "</p>");
}

/* LABEL is the id of what it says. What a picture that is no cell's is of is its caption. */
static void figure(const struct page *p, const struct plot_subject *x, const struct picture *picture,
	const char *label)
{
	bool parts = x->of == PLOT_OF_CALIBRATION;
	struct plot_words w;

	plot_words(x, picture, &w);
	if (picture->caption) {
		*w.finding = '\0';
		picture->caption(x, w.finding, sizeof(w.finding));
	}
	fputs("<figure>", p->out);
	fprintf(p->out, "<figcaption id=%s><b>", label);
	put_markup(p->out, "", x->of == PLOT_OF_CELL ? picture->title : w.cell, "</b>: ");
	put_markup(p->out, "", w.finding, "</figcaption>");
	fputs(parts ? "<div class=charts>" : "", p->out);
	if (*w.empty)
		none(p, w.empty);
	else
		picture->draw(x, label, p->out);
	fprintf(p->out, "%s</figure>\n", parts ? "</div>" : "");
}

/* All pictures of X; PREFIX and ID make their labels. */
static void figures(const struct page *p, const struct plot_subject *x, char prefix, int id)
{
	char label[32];
	bool more = x->of == PLOT_OF_CELL;

	for (int kind = 0; kind < PICTURE_COUNT; kind++) {
		if (pictures[kind]->of != x->of || (pictures[kind]->of_change && p->source->alone))
			continue;
		snprintf(label, sizeof(label), more ? "%c%d-%d" : "%c%d", prefix, id, kind);
		figure(p, x, pictures[kind], label);
		more = true;
	}
}

static void percentile_table(const struct page *p, const struct plot_data *c)
{
	const char *unit = dataset_cell(p->source->d, c->cell)->unit;
	const struct compare_result *r = c->table;
	struct format_row row;

	fputs("<div class=wide><table><thead><tr><th scope=col>p<th scope=col>before<th scope=col>"
	      "after<th scope=col>change %<th scope=col>95% interval<th scope=col>band over all p"
	      "</tr></thead>\n", p->out);
	for (size_t i = 0; i < r->npercentiles; i++) {
		format_row(c->metric, unit, &r->percentiles[i], &row);
		fprintf(p->out, "<tr><td>%g<td>%s<td>%s<td>%s<td>%s<td>%s\n", r->percentiles[i].p,
			row.before, row.after, row.pct, row.ci, row.band);
	}
	fputs("</table></div>\n", p->out);
}

static void cell_text(const struct page *p, const struct plot_data *c)
{
	char text[512];

	plot_amounts(p->source, c, text, sizeof(text));
	put_markup(p->out, "<p class=soft>", text, "");
	if (c->table->covers != COMPARE_COVERS_NOTHING && !p->source->alone)
		fprintf(p->out, ". Intervals cover %s", compare_covers_name(c->table->covers));
	fputs(".</p>\n", p->out);
	for (size_t i = 0; i < c->table->nwarnings && plot_compared(p->source, c); i++) {
		compare_warning_text(&c->table->warnings[i], text, sizeof(text));
		put_markup(p->out, "<p>", text, "</p>\n");
	}
	if (plot_compared(p->source, c) &&
	    compare_needs_text(&c->table->needs, text, sizeof(text)) > 0)
		put_markup(p->out, "<p>To settle it takes ", text, ".</p>\n");
}

static int section(const struct page *p, int cell, enum metric metric, int id, bool open)
{
	const struct results_row *r = find_result(p, cell, metric);
	struct plot_words w;
	struct plot_data c;
	const struct plot_subject x = { .of = PLOT_OF_CELL, .source = p->source, .cell = &c };
	int err = plot_data_make(p->source, cell, metric, r ? r->r : NULL, &c);

	if (err)
		return err;
	plot_words(&x, pictures[PICTURE_percentiles], &w);
	fprintf(p->out, "<details id=c%d%s><summary><b>", id, open ? " open" : "");
	put_markup(p->out, "", w.cell, "</b>: ");
	put_markup(p->out, "", w.finding, "</summary>\n");
	cell_text(p, &c);
	if (!c.has[0] && !c.has[1]) {
		none(p, w.empty);
	} else {
		fputs("<div class=charts>\n", p->out);
		figures(p, &x, 'f', id);
		if (r)
			percentile_table(p, &c);
		fputs("</div>\n", p->out);
	}
	fputs("</details>\n", p->out);
	plot_data_free(&c);
	return ferror(p->out) ? -STATUS_MACHINE : 0;
}

static int count_cells(const struct page *p)
{
	int n = 0;

	for (int i = 0; i < dataset_cells(p->source->d); i++)
		for (int m = 0; metric_names[m]; m++)
			n += wanted(p, i, m);
	return n;
}

static int sections(const struct page *p)
{
	int id = 0, err = 0, n = count_cells(p);

	fputs("<h2>Each cell</h2>\n", p->out);
	if (!p->source->alone)
		fputs("<p class=soft>Intervals are 95% ones; the joint band holds for all percentiles "
		      "at once. Hollow squares and diamonds on the change of exit are what was "
		      "published of such a change in 2017 and 2021, from at most three runs a "
		      "side.</p>\n", p->out);
	fputs("<div>\n", p->out);
	for (int i = 0; i < dataset_cells(p->source->d) && !err; i++)
		for (int m = 0; metric_names[m] && !err; m++)
			if (wanted(p, i, m))
				err = section(p, i, m, ++id, n <= OPEN_CELLS);
	fputs("</div>\n", p->out);
	return err;
}

static int cores(const struct page *p)
{
	bool any = false;
	int err = 0;

	for (int i = 0; i < dataset_cells(p->source->d) && !err; i++) {
		struct plot_cores c;
		const struct plot_subject x = { .of = PLOT_OF_CORES, .source = p->source,
			.cores = &c };

		err = plot_cores_make(p->source, i, &c);
		if (!err && c.columns.n) {
			fputs(any ? "" : "<h2>Throughput over cores</h2>\n<div class=charts>\n",
				p->out);
			any = true;
			figures(p, &x, 'n', i);
		}
		plot_cores_free(&c);
	}
	fputs(any ? "</div>\n" : "", p->out);
	return err;
}

static int calibrations(const struct page *p)
{
	struct calibration *list;
	int n = dataset_calibrations(p->source->d, &list);

	if (n > 0)
		fputs("<h2>Calibration of this machine</h2>\n", p->out);
	for (int i = 0; i < n; i++) {
		const struct plot_subject x = { .of = PLOT_OF_CALIBRATION,
			.calibration = &list[i] };

		figures(p, &x, 'd', i);
	}
	if (n >= 0)
		calibrations_free(list, n);
	return n < 0 ? n : 0;
}

int page_write(const struct page *p)
{
	int err;

	head(p);
	summary(p);
	table(p);
	err = sections(p);
	if (!err)
		err = cores(p);
	if (!err)
		err = calibrations(p);
	if (!err)
		err = page_about(p);
	if (err)
		return err;
	fputs("</main>\n<script>", p->out);
	fwrite(page_js, 1, (size_t)(page_js_end - page_js), p->out);
	fputs("</script>\n</body>\n</html>\n", p->out);
	return 0;
}
