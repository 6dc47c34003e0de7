/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The comparison for people: 80 columns, and Markdown. */
#include "config.h"
#include <math.h>
#include <string.h>
#include "base/clean-text.h"
#include "csv/csv.h"
#include "machine/environment/environment.h"
#include "report/compare/calibration-text.h"
#include "report/compare/format.h"
#include "report/compare/results.h"
#include "text/wrap.h"

/* printf() pads by bytes; a micro sign has two in one column. */
static void pad(FILE *out, const char *text, int width)
{
	int columns = text_columns(text, SIZE_MAX);

	fprintf(out, "%*s%s", columns < width ? width - columns : 0, "", text);
}

static void print_percentiles(const struct results_row *c, const char *unit, FILE *out)
{
	struct format_row row;

	fputs("      p      before       after  change %      95% interval    "
	      "band over all p\n", out);
	for (size_t i = 0; i < c->r->npercentiles; i++) {
		format_row(c->metric, unit, &c->r->percentiles[i], &row);
		fprintf(out, "  %5g", c->r->percentiles[i].p);
		pad(out, row.before, 12);
		pad(out, row.after, 12);
		pad(out, row.pct, 10);
		pad(out, row.ci, 18);
		pad(out, row.band, 19);
		fputc('\n', out);
	}
}

static void print_verdict(const struct results *r, const struct results_row *c, FILE *out)
{
	char d[FORMAT_PCT], ci[FORMAT_INTERVAL], text[256], line[512];

	snprintf(line, sizeof(line), "%s%% %s, covering %s",
		format_pct(c->r->effect.delta, d, sizeof(d)),
		format_interval(c->r->effect.ci, ci, sizeof(ci)), compare_covers_name(c->r->covers));
	wrap_text(out, "  effect   ", line, 11);
	if (!isnan(c->r->worst.p)) {
		snprintf(line, sizeof(line), "p%g: %s%% worse %s", c->r->worst.p,
			format_pct(c->r->worst.worse, d, sizeof(d)),
			format_interval(c->r->worst.band, ci, sizeof(ci)));
		wrap_text(out, "  worst    ", line, 11);
	}
	compare_needs_text(&c->r->needs, text, sizeof(text));
	snprintf(line, sizeof(line), "%s, margin %g%%%s%s", compare_verdict_name(c->r->verdict),
		r->margin * 100, *text ? "; needs " : "", text);
	wrap_text(out, "  verdict  ", line, 11);
	if (c->calibration)
		wrap_text(out, "  machine  ", calibration_sentence(c->calibration, line, sizeof(line)),
			11);
}

/* Percentiles and the change of deterministic sides: no intervals. */
static void print_exact(const struct results *r, const struct results_row *c, const char *unit,
	FILE *out)
{
	const struct compare_exact_result *e = c->exact;
	char d[FORMAT_PCT], line[512];
	int n;

	fputs("      p      before       after      change    change %\n", out);
	for (size_t i = 0; i < c->r->npercentiles; i++) {
		const struct compare_percentile *p = &c->r->percentiles[i];

		fprintf(out, "  %5g%12.0f%12.0f%+12.0f", p->p, p->before, p->after,
			p->after - p->before);
		pad(out, format_pct(p->delta, d, sizeof(d)), 12);
		fputc('\n', out);
	}
	n = snprintf(line, sizeof(line), "%+.0f %s per operation (%s%%)", e->change, unit,
		format_pct(c->r->effect.delta, d, sizeof(d)));
	if (e->ticked < e->ops)
		snprintf(line + n, sizeof(line) - n, ", exactly that in %.1f%% of the %zu "
			"operations without a timer tick", 100.0 * (double)e->same /
			(double)(e->ops - e->ticked), e->ops - e->ticked);
	else
		snprintf(line + n, sizeof(line) - n, ", exactly that in %zu of %zu operations, "
			"all of which have a timer tick", e->same, e->ops);
	wrap_text(out, "  change   ", line, 11);
	fprintf(out, "  verdict  %s, margin %g%%\n", compare_verdict_name(c->r->verdict),
		r->margin * 100);
}

static void print_cell(const struct results *r, int i, FILE *out)
{
	const struct results_row *c = &r->v[i];
	const struct dataset_cell *cell = dataset_cell(r->d, c->cell);
	char title[512], text[512];

	dataset_cell_title(r->d, c->cell, metric_names[c->metric], title, sizeof(title));
	fputc('\n', out);
	wrap_text(out, "", title, 0);
	fprintf(out, "  before %zu blocks, %zu samples; after %zu blocks, %zu samples\n",
		c->r->side[0].blocks, c->r->side[0].samples, c->r->side[1].blocks,
		c->r->side[1].samples);
	if (c->exact) {
		print_exact(r, c, cell->unit, out);
		return;
	}
	print_percentiles(c, cell->unit, out);
	print_verdict(r, c, out);
	for (size_t w = 0; w < c->r->nwarnings; w++) {
		compare_warning_text(&c->r->warnings[w], text, sizeof(text));
		wrap_text(out, "  note     ", text, 11);
	}
}

char *results_summary(const struct results *r, const struct results_row *c, char *buf, size_t size)
{
	char d[FORMAT_PCT], ci[FORMAT_INTERVAL], worst[80] = "", needs[256];

	if (!isnan(c->r->worst.p))
		snprintf(worst, sizeof(worst), ", worst p%g %s%% worse", c->r->worst.p,
			format_pct(c->r->worst.worse, d, sizeof(d)));
	compare_needs_text(&c->r->needs, needs, sizeof(needs));
	snprintf(buf, size, "%s: effect %s%% %s%s, margin %g%%%s%s",
		compare_verdict_name(c->r->verdict), format_pct(c->r->effect.delta, d, sizeof(d)),
		format_interval(c->r->effect.ci, ci, sizeof(ci)), worst, r->margin * 100,
		*needs ? "; needs " : "", needs);
	return buf;
}

static void print_side(const struct results *r, int side, FILE *out)
{
	const struct dataset_side *s = dataset_side(r->d, side);
	const struct dataset_cell *cell = dataset_cell(r->d, r->v[0].cell);
	char text[1024];

	snprintf(text, sizeof(text), "%s, %s%s%d boot%s", s->label, s->kernel ? s->kernel : "",
		s->kernel ? ", " : "", s->boots, s->boots == 1 ? "" : "s");
	if (cell->changes[side] && *cell->changes[side])
		text_add(text, sizeof(text), ", arm %s: %s", s->arm, cell->changes[side]);
	wrap_text(out, side ? "after   " : "before  ", text, 8);
}

/* What it was measured on, and how: what a mail needs besides the numbers. */
static void print_origin(const struct results *r, FILE *out)
{
	const struct dataset_side *a = dataset_side(r->d, 0), *b = dataset_side(r->d, 1);
	double cpus = environment_number(b->environment, "cpu.count", 0);
	char text[512];

	snprintf(text, sizeof(text), "%s", b->cpu ? b->cpu : "unknown machine");
	if (cpus > 0)
		text_add(text, sizeof(text), ", %.0f CPU%s", cpus, cpus == 1 ? "" : "s");
	if (b->hypervisor)
		text_add(text, sizeof(text), ", virtual: %s", b->hypervisor);
	wrap_text(out, "machine ", text, 8);
	wrap_text(out, "command ", a->command ? a->command : "-", 8);
	if (a->command && b->command && strcmp(a->command, b->command))
		wrap_text(out, "        ", b->command, 8);
}

void results_text(const struct results *r, FILE *out)
{
	char sentence[1400];

	wrap_text(out, "", results_sentence(r, sentence, sizeof(sentence)), 0);
	fputc('\n', out);
	print_side(r, 0, out);
	print_side(r, 1, out);
	print_origin(r, out);
	for (int i = 0; i < r->n; i++)
		print_cell(r, i, out);
	if (r->nwarnings)
		fputc('\n', out);
	for (int i = 0; i < r->nwarnings; i++)
		wrap_text(out, "note    ", r->warnings[i], 8);
	fprintf(out, "\nverdict %s, margin %g%%, %d cell%s, alternating by %s\n",
		compare_verdict_name(r->verdict), r->margin * 100, r->n, r->n == 1 ? "" : "s",
		switch_level_name(r->switch_level));
}

static void markdown_item(const char *text, FILE *out)
{
	fputs("\n- ", out);
	text_put(text, TEXT_LINE, out);
	fputc('\n', out);
}

static void markdown_cell(const struct results *r, int i, FILE *out)
{
	const struct results_row *c = &r->v[i];
	const char *unit = dataset_cell(r->d, c->cell)->unit;
	char title[512], d[FORMAT_PCT], ci[FORMAT_INTERVAL];
	struct format_row row;

	dataset_cell_title(r->d, c->cell, metric_names[c->metric], title, sizeof(title));
	fputs("\n### ", out);
	text_put(title, TEXT_LINE, out);
	fputs("\n\n", out);
	fputs("| p | before | after | change % | 95% interval | band over all p |\n"
	      "|--:|--:|--:|--:|:-:|:-:|\n", out);
	for (size_t k = 0; k < c->r->npercentiles; k++) {
		format_row(c->metric, unit, &c->r->percentiles[k], &row);
		fprintf(out, "| %g | %s | %s | %s | %s | %s |\n", c->r->percentiles[k].p, row.before,
			row.after, row.pct, row.ci, row.band);
	}
	fprintf(out, "\nEffect %s%% %s, **%s** (margin %g%%)\n",
		format_pct(c->r->effect.delta, d, sizeof(d)),
		format_interval(c->r->effect.ci, ci, sizeof(ci)), compare_verdict_name(c->r->verdict),
		r->margin * 100);
	for (size_t w = 0; w < c->r->nwarnings; w++) {
		compare_warning_text(&c->r->warnings[w], title, sizeof(title));
		markdown_item(title, out);
	}
}

void results_markdown(const struct results *r, FILE *out)
{
	char sentence[1400];

	fprintf(out, "**%s** (margin %g%%, alternating by %s)\n\n%s.\n",
		compare_verdict_name(r->verdict), r->margin * 100,
		switch_level_name(r->switch_level), results_sentence(r, sentence, sizeof(sentence)));
	for (int side = 0; side < 2; side++) {
		const struct dataset_side *s = dataset_side(r->d, side);

		snprintf(sentence, sizeof(sentence), "%s: %s, %s, %d boot%s",
			compare_side_names[side], s->label, s->kernel ? s->kernel : "unknown kernel",
			s->boots, s->boots == 1 ? "" : "s");
		markdown_item(sentence, out);
	}
	for (int i = 0; i < r->n; i++)
		markdown_cell(r, i, out);
	for (int i = 0; i < r->nwarnings; i++)
		markdown_item(r->warnings[i], out);
}

/* Nothing where there is nothing. */
static void csv_number(double v, int digits, FILE *out)
{
	if (isfinite(v))
		fprintf(out, "%.*g", digits, v);
	fputc(',', out);
}

static void csv_pct(double log_ratio, FILE *out)
{
	csv_number(compare_pct(log_ratio), 6, out);
}

static void csv_percentile(const struct compare_percentile *p, FILE *out)
{
	fprintf(out, ",%g,", p->p);
	csv_number(p->before, 9, out);
	csv_number(p->after, 9, out);
	csv_pct(p->delta, out);
	csv_pct(p->ci.lo, out);
	csv_pct(p->ci.hi, out);
	csv_pct(p->band.lo, out);
	csv_pct(p->band.hi, out);
}

void results_csv(const struct results *r, FILE *out)
{
	fputs("workload,cores,place,metric,unit,p,before,after,delta_pct,ci_lo_pct,ci_hi_pct,"
	      "band_lo_pct,band_hi_pct,verdict\n", out);
	for (int i = 0; i < r->n; i++) {
		const struct results_row *c = &r->v[i];
		const struct dataset_cell *cell = dataset_cell(r->d, c->cell);

		for (size_t k = 0; k < c->r->npercentiles; k++) {
			csv_put(out, cell->workload);
			fprintf(out, ",%d,", cell->cores);
			csv_put(out, cell->place);
			fprintf(out, ",%s,", metric_names[c->metric]);
			csv_put(out, c->metric == METRIC_THROUGHPUT ? "1/s" : cell->unit);
			csv_percentile(&c->r->percentiles[k], out);
			fprintf(out, "%s\n", compare_verdict_name(c->r->verdict));
		}
	}
}
