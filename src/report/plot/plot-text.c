/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words about a picture: what it shows, what was measured on what, its file's name. */
#include "config.h"
#include <math.h>
#include <string.h>
#include "base/clean-text.h"
#include "report/compare/calibration-text.h"
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
	const char *unit = plot_unit(s, c);
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

void plot_add_effect(const struct plot_subject *x, char *buf, size_t size)
{
	const struct plot_source *s = x->source;
	const struct plot_data *c = x->cell;

	if (s->alone) {
		add_alone(buf, size, s, c, 0);
	} else if (!c->has[0] || !c->has[1]) {
		text_add(buf, size, "%s only, ", compare_side_names[!c->has[0]]);
		add_alone(buf, size, s, c, c->has[1]);
	} else {
		text_add_change(buf, size, c->table->effect.delta, c->table->effect.ci);
		add_verdict(buf, size, c, s->margin);
	}
}

void plot_add_side_name(char *buf, size_t size, const struct plot_source *s,
	const struct plot_data *c, int side)
{
	if (!s->alone)
		text_add(buf, size, " %s%s", compare_side_names[side],
			!side && c->has[1] ? ", " : "");
}

void plot_add_sides(char *buf, size_t size, const struct plot_source *s,
	const struct plot_data *c, const double v[2])
{
	for (int side = 0; side < 2; side++) {
		if (!c->has[side])
			continue;
		plot_add_value(buf, size, s, c, v[side]);
		plot_add_side_name(buf, size, s, c, side);
	}
}

void plot_add_no_samples(char *buf, size_t size, const struct plot_data *c)
{
	text_add(buf, size, "No samples of %s here%s", metric_names[c->metric],
		c->metric != METRIC_EXIT ? "." :
		": it was measured without stamps, or imported without.");
}

#define NAME_COLUMNS 28		/* of a label or kernel, so that a legend fits */
#define TITLE_COLUMNS 150
#define MACHINE_COLUMNS 60

/* The run's label where that tells the sides apart, else the arm's name. */
static const char *side_name(const struct plot_source *s, int side, char *buf, size_t size)
{
	const struct dataset_side *a = dataset_side(s->d, 0), *b = dataset_side(s->d, 1);
	const struct dataset_side *x = side ? b : a;

	return text_clean(!s->alone && !strcmp(a->label, b->label) ? x->arm : x->label,
		NAME_COLUMNS, buf, size);
}

static void legend(const struct plot_source *s, int cell, int side, struct plot_words *w)
{
	const char *changes = dataset_cell(s->d, cell)->changes[side];
	char name[160], text[160];
	size_t size = sizeof(w->side[side]);

	side_name(s, side, name, sizeof(name));
	w->side[side][0] = '\0';
	if (s->alone || !strcmp(name, compare_side_names[side]))
		text_add(w->side[side], size, "%s", name);
	else
		text_add(w->side[side], size, "%s: %s", compare_side_names[side], name);
	if (changes && *changes)
		text_add(w->side[side], size, " (%s)",
			text_clean(changes, NAME_COLUMNS, text, sizeof(text)));
}

static void add_side(const struct plot_source *s, const struct plot_data *c, int side,
	char *buf, size_t size)
{
	char name[160];

	side_name(s, side, name, sizeof(name));
	if (s->alone)
		text_add(buf, size, "%s: ", name);
	else if (!strcmp(name, compare_side_names[side]))
		text_add(buf, size, "%s: ", side ? "; after" : "Before");
	else
		text_add(buf, size, "%s: %s, ", side ? "; after" : "Before", name);
	text_add(buf, size, "%zu sample%s in %zu block%s", c->samples[side],
		c->samples[side] == 1 ? "" : "s", c->blocks[side], c->blocks[side] == 1 ? "" : "s");
}

void plot_amounts(const struct plot_source *s, const struct plot_data *c, char *buf, size_t size)
{
	*buf = '\0';
	for (int side = 0; side < (s->alone ? 1 : 2); side++)
		add_side(s, c, side, buf, size);
}

/* Kernel and boots, once if they are the same. */
static void add_kernels(const struct plot_source *s, char *buf, size_t size)
{
	const struct dataset_side *a = dataset_side(s->d, 0), *b = dataset_side(s->d, 1);
	const char *before = a->kernel ? a->kernel : "unknown";
	const char *after = b->kernel ? b->kernel : "unknown";
	bool same = !strcmp(before, after) && a->boots == b->boots;
	char text[160];

	text_add(buf, size, ". Kernel %s, %d boot%s",
		text_clean(before, NAME_COLUMNS, text, sizeof(text)), a->boots,
		a->boots == 1 ? "" : "s");
	if (!same)
		text_add(buf, size, " before; %s, %d boot%s after",
			text_clean(after, NAME_COLUMNS, text, sizeof(text)), b->boots,
			b->boots == 1 ? "" : "s");
}

static void add_machine(const struct plot_source *s, char *buf, size_t size)
{
	const struct dataset_side *x = dataset_side(s->d, 1);
	char text[320];

	text_add(buf, size, ". %s", x->cpu ? text_clean(x->cpu, MACHINE_COLUMNS, text,
		sizeof(text)) : "Unknown machine");
	if (x->hypervisor)
		text_add(buf, size, ", virtual: %s",
			text_clean(x->hypervisor, NAME_COLUMNS, text, sizeof(text)));
}

static void subtitle(const struct plot_source *s, const struct plot_data *c,
	struct plot_words *w)
{
	size_t size = sizeof(w->subtitle);

	plot_amounts(s, c, w->subtitle, size);
	add_kernels(s, w->subtitle, size);
	add_machine(s, w->subtitle, size);
	if (c->table->covers != COMPARE_COVERS_NOTHING && !s->alone)
		text_add(w->subtitle, size, ". Intervals cover %s",
			compare_covers_name(c->table->covers));
	text_add(w->subtitle, size, ".");
}

static void note(const struct plot_source *s, const struct plot_data *c, struct plot_words *w)
{
	size_t size = sizeof(w->note);
	char text[384];
	int n = 0;

	w->note[0] = '\0';
	if (!plot_compared(s, c))
		return;
	for (size_t i = 0; i < c->table->nwarnings && n < 2; i++) {
		/* A missing interval is seen. */
		if (c->table->warnings[i].code == COMPARE_WARN_TAIL)
			continue;
		compare_warning_text(&c->table->warnings[i], text, sizeof(text));
		text_add(w->note, size, "%s%s", n++ ? " " : "", text);
	}
	if (compare_needs_text(&c->table->needs, text, sizeof(text)) > 0)
		text_add(w->note, size, "%sTo settle it takes %s.", *w->note ? " " : "", text);
}

/* What may be in a title as what may be in a file's name. */
static void stem(const char *text, char *buf, size_t size)
{
	size_t at = 0;

	for (; *text && at + 1 < size; text++) {
		char c = *text >= 'A' && *text <= 'Z' ? (char)(*text + 32) : *text;

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			buf[at++] = c;
		else if (at && buf[at - 1] != '-')
			buf[at++] = '-';
	}
	while (at && buf[at - 1] == '-')
		at--;
	buf[at] = '\0';
}

/* "fork-exit, compact, ballast=10": all that cells of different numbers of cores share. */
static void group_title(const struct dataset_cell *c, const struct plot_source *s, int cell,
	char *buf, size_t size)
{
	const char *from, *to;
	char text[512], cores[32];

	dataset_cell_title(s->d, cell, metric_names[METRIC_THROUGHPUT], text, sizeof(text));
	snprintf(cores, sizeof(cores), ", %d core%s", c->cores, c->cores == 1 ? "" : "s");
	from = strstr(text, cores);
	to = from ? from + strlen(cores) : text;
	if (from && *to == ' ')	/* the place */
		snprintf(buf, size, "%.*s,%s", (int)(from - text), text, to);
	else
		snprintf(buf, size, "%.*s%s", from ? (int)(from - text) : 0, text, to);
}

static void cell_words(const struct plot_subject *x, char *title, size_t size,
	struct plot_words *w)
{
	const struct plot_data *c = x->cell;

	dataset_cell_title(x->source->d, c->cell, metric_names[c->metric], title, size);
	subtitle(x->source, c, w);
	note(x->source, c, w);
	for (int side = 0; side < 2; side++)
		legend(x->source, c->cell, side, w);
}

static void cores_words(const struct plot_subject *x, char *title, size_t size,
	struct plot_words *w)
{
	const struct plot_cores *c = x->cores;
	double fewest = c->columns.v[CORES_N][0];

	group_title(dataset_cell(x->source->d, c->cell), x->source, c->cell, title, size);
	for (int side = 0; side < 2; side++)
		legend(x->source, c->cell, side, w);
	text_add(w->subtitle, sizeof(w->subtitle), "Medians over blocks with 95%% intervals; "
		"efficiency is throughput per core over that on %g core%s", fewest,
		fewest == 1 ? "" : "s");
	add_kernels(x->source, w->subtitle, sizeof(w->subtitle));
	add_machine(x->source, w->subtitle, sizeof(w->subtitle));
	text_add(w->subtitle, sizeof(w->subtitle), ".");
}

static void calibration_words(const struct plot_subject *x, char *title, size_t size,
	struct plot_words *w)
{
	char cell[512];

	snprintf(title, size, "calibration, %s", calibration_title(x->calibration, cell, sizeof(cell)));
	text_add(w->subtitle, sizeof(w->subtitle), "Doses of extra work, injected into one of two "
		"arms that are otherwise equal, and what the comparison makes of them, with 95%% "
		"intervals.");
}

void plot_words(const struct plot_subject *x, const struct picture *picture,
	struct plot_words *w)
{
	static void (*const words[])(const struct plot_subject *x, char *title, size_t size,
		struct plot_words *w) = {
		[PLOT_OF_CELL] = cell_words,
		[PLOT_OF_CORES] = cores_words,
		[PLOT_OF_CALIBRATION] = calibration_words,
	};
	bool none = x->of == PLOT_OF_CELL && !x->cell->has[0] && !x->cell->has[1];
	char text[1100];

	memset(w, 0, sizeof(*w));
	words[x->of](x, text, sizeof(text), w);
	text_clean(text, TITLE_COLUMNS, w->cell, sizeof(w->cell));
	stem(text, w->stem, sizeof(w->stem));
	if (none) {
		text_add(w->finding, sizeof(w->finding), "no samples");
		plot_add_no_samples(w->empty, sizeof(w->empty), x->cell);
		return;
	}
	picture->finding(x, w->finding, sizeof(w->finding));
	if (picture->empty)
		picture->empty(x, w->empty, sizeof(w->empty));
}
