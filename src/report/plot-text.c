/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words around a picture: its finding, what was measured on what, its file's name. */
#include "config.h"
#include <math.h>
#include <string.h>
#include "format.h"
#include "plot.h"
#include "text.h"

#define NAME_COLUMNS 28		/* of a label or kernel, so that a legend fits */
#define TITLE_COLUMNS 150
#define MACHINE_COLUMNS 60

static void add_verdict(char *buf, size_t size, const struct plot_cell *c, double margin)
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

/* What one side alone says: its median and p99. */
static void add_alone(char *buf, size_t size, const struct plot_cell *c, int side,
	const char *unit)
{
	const char *between = "";
	char value[FORMAT_VALUE];

	for (size_t i = 0; i < c->n; i++) {
		if (c->point[i].p != 50 && c->point[i].p != 99)
			continue;
		text_add(buf, size, "%sp%g ", between, c->point[i].p);
		text_add(buf, size, "%s", format_value(c->metric, unit, c->point[i].value[side],
			value, sizeof(value)));
		between = ", ";
	}
}

static void title(const struct plot_source *s, const struct plot_cell *c, struct plot_words *w)
{
	const char *unit = dataset_cell(s->d, c->cell)->unit;
	char text[512];
	size_t size = sizeof(w->title);

	dataset_cell_title(s->d, c->cell, metric_names[c->metric], text, sizeof(text));
	text_clean(text, TITLE_COLUMNS, w->title, size);
	text_add(w->title, size, ": ");
	if (!c->has[0] && !c->has[1]) {
		text_add(w->title, size, "no samples");
	} else if (s->alone) {
		add_alone(w->title, size, c, 0, unit);
	} else if (!c->has[0] || !c->has[1]) {
		text_add(w->title, size, "%s only, ", c->has[0] ? "before" : "after");
		add_alone(w->title, size, c, c->has[1], unit);
	} else {
		text_add_change(w->title, size, c->table->effect.delta, c->table->effect.ci);
		add_verdict(w->title, size, c, s->margin);
	}
}

/* The run's label where that tells the sides apart, else the arm's name. */
static const char *side_name(const struct plot_source *s, int side, char *buf, size_t size)
{
	const struct dataset_side *a = dataset_side(s->d, 0), *b = dataset_side(s->d, 1);
	const struct dataset_side *x = side ? b : a;

	return text_clean(!s->alone && !strcmp(a->label, b->label) ? x->arm : x->label,
		NAME_COLUMNS, buf, size);
}

static void legend(const struct plot_source *s, const struct plot_cell *c, int side,
	struct plot_words *w)
{
	static const char *const role[] = { "before", "after" };
	const char *changes = dataset_cell(s->d, c->cell)->changes[side];
	char name[160], text[160];
	size_t size = sizeof(w->side[side]);

	side_name(s, side, name, sizeof(name));
	w->side[side][0] = '\0';
	if (s->alone || !strcmp(name, role[side]))
		text_add(w->side[side], size, "%s", name);
	else
		text_add(w->side[side], size, "%s: %s", role[side], name);
	if (changes && *changes)
		text_add(w->side[side], size, " (%s)",
			text_clean(changes, NAME_COLUMNS, text, sizeof(text)));
}

static void add_side(const struct plot_source *s, const struct plot_cell *c, int side,
	char *buf, size_t size)
{
	static const char *const role[] = { "before", "after" };
	char name[160];

	side_name(s, side, name, sizeof(name));
	if (s->alone)
		text_add(buf, size, "%s: ", name);
	else if (!strcmp(name, role[side]))
		text_add(buf, size, "%s: ", side ? "; after" : "Before");
	else
		text_add(buf, size, "%s: %s, ", side ? "; after" : "Before", name);
	text_add(buf, size, "%zu sample%s in %zu block%s", c->samples[side],
		c->samples[side] == 1 ? "" : "s", c->blocks[side], c->blocks[side] == 1 ? "" : "s");
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

static void subtitle(const struct plot_source *s, const struct plot_cell *c,
	struct plot_words *w)
{
	const struct dataset_side *x = dataset_side(s->d, 1);
	char text[320];
	size_t size = sizeof(w->subtitle);

	w->subtitle[0] = '\0';
	for (int side = 0; side < (s->alone ? 1 : 2); side++)
		add_side(s, c, side, w->subtitle, size);
	add_kernels(s, w->subtitle, size);
	text_add(w->subtitle, size, ". %s", x->cpu ? text_clean(x->cpu, MACHINE_COLUMNS, text,
		sizeof(text)) : "Unknown machine");
	if (x->hypervisor)
		text_add(w->subtitle, size, ", virtual: %s",
			text_clean(x->hypervisor, NAME_COLUMNS, text, sizeof(text)));
	if (c->table->covers != COMPARE_COVERS_NOTHING && !s->alone)
		text_add(w->subtitle, size, ". Intervals cover %s",
			compare_covers_name(c->table->covers));
	text_add(w->subtitle, size, ".");
}

static void note(const struct plot_source *s, const struct plot_cell *c, struct plot_words *w)
{
	size_t size = sizeof(w->note);
	char text[384];
	int n = 0;

	w->note[0] = '\0';
	if (s->alone || !c->has[0] || !c->has[1])
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

static void emptiness(const struct plot_source *s, const struct plot_cell *c,
	struct plot_words *w)
{
	const char *metric = metric_names[c->metric];
	bool any = false;

	w->empty[0] = w->no_change[0] = '\0';
	for (size_t i = 0; i < c->n; i++)
		any |= isfinite(c->point[i].change);
	if (!c->has[0] && !c->has[1])
		text_add(w->empty, sizeof(w->empty), "No samples of %s here%s", metric,
			c->metric != METRIC_EXIT ? "." :
			": it was measured without stamps, or imported without.");
	if (*w->empty)
		strcpy(w->no_change, w->empty);
	else if (s->alone)
		strcpy(w->no_change, "One arm alone: there is no change to draw.");
	else if (!c->has[0] || !c->has[1])
		text_add(w->no_change, sizeof(w->no_change), "%s was measured %s only: there is "
			"no change to draw.", metric, c->has[0] ? "before" : "after");
	else if (!any)
		strcpy(w->no_change, "No percentile is above zero on both sides: there is no "
			"ratio to draw.");
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

void plot_words(const struct plot_source *s, const struct plot_cell *c, struct plot_words *w)
{
	char text[512];

	title(s, c, w);
	subtitle(s, c, w);
	note(s, c, w);
	for (int side = 0; side < 2; side++)
		legend(s, c, side, w);
	emptiness(s, c, w);
	dataset_cell_title(s->d, c->cell, metric_names[c->metric], text, sizeof(text));
	stem(text, w->stem, sizeof(w->stem));
}
