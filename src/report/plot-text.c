/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words around a picture: its finding, what was measured on what, its file's name. */
#include "config.h"
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include "plot.h"
#include "units.h"

#define NAME_COLUMNS 28		/* of a label or kernel, so that a legend fits */
#define TITLE_COLUMNS 150
#define MACHINE_COLUMNS 60

/* The character at P, and its length in bytes; 1 and 0xfffd for what is not UTF-8. */
static int decode(const unsigned char *p, unsigned int *c)
{
	int n = *p < 0x80 ? 1 : *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : 2;
	static const unsigned int least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	*c = n == 1 ? *p : *p & (0x7fU >> n);
	for (int i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			goto bad;
		*c = *c << 6 | (p[i] & 0x3f);
	}
	if (n == 1 || (*p >= 0xc2 && *c >= least[n] && *c <= 0x10ffff && *c >> 11 != 0x1b))
		return n;
bad:
	*c = 0xfffd;
	return 1;
}

/* Control characters, line ends, what turns the direction of writing, not characters. */
static bool is_control(unsigned int c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
	       (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

/* Chinese and its like take two columns. */
static int width(unsigned int c)
{
	return c >= 0x2e80 && c != 0xfffd ? 2 : 1;
}

static int count_columns(const char *text)
{
	unsigned int c;
	int n = 0;

	for (const unsigned char *p = (const unsigned char *)text; *p; n += width(c))
		p += decode(p, &c);
	return n;
}

char *plot_clean(const char *text, int columns, char *buf, size_t size)
{
	const unsigned char *p = (const unsigned char *)text;
	bool cut = count_columns(text) > columns;
	size_t at = 0;
	unsigned int c;
	int len;

	for (int n = 0; *p && at + 8 < size; p += len) {
		len = decode(p, &c);
		n += width(c);
		if (n > columns - cut)
			break;
		if (is_control(c))
			buf[at++] = ' ';
		else if (c == 0xfffd && len == 1)
			buf[at++] = '?';
		else
			for (int i = 0; i < len; i++)
				buf[at++] = (char)p[i];
	}
	strcpy(buf + at, *p ? "…" : "");
	return buf;
}

/* Appends to BUF, as far as there is room. */
static void add(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void add(char *buf, size_t size, const char *fmt, ...)
{
	size_t at = strlen(buf);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf + at, size - at, fmt, ap);
	va_end(ap);
}

static void add_pct(char *buf, size_t size, double log_ratio)
{
	double pct = compare_pct(log_ratio);

	if (!isfinite(pct) || fabs(pct) >= 1e5)
		add(buf, size, "%s", pct > 0 ? ">+99999" : "<-99999");
	else if (fabs(pct) < 0.005)
		add(buf, size, "0.00");
	else
		add(buf, size, "%+.*f", fabs(pct) < 100 ? 2 : 0, pct);
}

static void add_change(char *buf, size_t size, double delta, struct interval i)
{
	if (isnan(delta)) {
		add(buf, size, "no change can be told");
		return;
	}
	add_pct(buf, size, delta);
	add(buf, size, "%%");
	if (isnan(i.lo) || isnan(i.hi)) {
		add(buf, size, " (no interval)");
		return;
	}
	add(buf, size, " [");
	add_pct(buf, size, i.lo);
	add(buf, size, ", ");
	add_pct(buf, size, i.hi);
	add(buf, size, "]");
}

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

	add(buf, size, ", %s %g%%", phrase[r->verdict], margin * 100);
	if (r->verdict != COMPARE_REGRESSION || isnan(r->worst.p))
		return;
	add(buf, size, "; worst at p%g: ", r->worst.p);
	if (c->metric == METRIC_THROUGHPUT)	/* the change itself, as in the picture */
		add_change(buf, size, -r->worst.worse, (struct interval){ -band.hi, -band.lo });
	else
		add_change(buf, size, r->worst.worse, band);
}

static void add_value(char *buf, size_t size, const struct plot_cell *c, const char *unit, double v)
{
	char text[32];

	if (c->metric == METRIC_THROUGHPUT)
		add(buf, size, v < 1e6 ? "%.0f/s" : "%.4g/s", v);
	else if (!strcmp(unit, "ns"))
		add(buf, size, "%s", format_ns(v, text, sizeof(text)));
	else
		add(buf, size, "%.0f %s", v, unit);
}

/* What one side alone says: its median and p99. */
static void add_alone(char *buf, size_t size, const struct plot_cell *c, int side,
	const char *unit)
{
	const char *between = "";

	for (size_t i = 0; i < c->n; i++) {
		if (c->point[i].p != 50 && c->point[i].p != 99)
			continue;
		add(buf, size, "%sp%g ", between, c->point[i].p);
		add_value(buf, size, c, unit, c->point[i].value[side]);
		between = ", ";
	}
}

static void title(const struct plot_source *s, const struct plot_cell *c, struct plot_words *w)
{
	const char *unit = dataset_cell(s->d, c->cell)->unit;
	char text[512];
	size_t size = sizeof(w->title);

	dataset_cell_title(s->d, c->cell, metric_names[c->metric], text, sizeof(text));
	plot_clean(text, TITLE_COLUMNS, w->title, size);
	add(w->title, size, ": ");
	if (!c->has[0] && !c->has[1]) {
		add(w->title, size, "no samples");
	} else if (s->alone) {
		add_alone(w->title, size, c, 0, unit);
	} else if (!c->has[0] || !c->has[1]) {
		add(w->title, size, "%s only, ", c->has[0] ? "before" : "after");
		add_alone(w->title, size, c, c->has[1], unit);
	} else {
		add_change(w->title, size, c->table->effect.delta, c->table->effect.ci);
		add_verdict(w->title, size, c, s->margin);
	}
}

/* The run's label where that tells the sides apart, else the arm's name. */
static const char *side_name(const struct plot_source *s, int side, char *buf, size_t size)
{
	const struct dataset_side *a = dataset_side(s->d, 0), *b = dataset_side(s->d, 1);
	const struct dataset_side *x = side ? b : a;

	return plot_clean(!s->alone && !strcmp(a->label, b->label) ? x->arm : x->label,
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
		add(w->side[side], size, "%s", name);
	else
		add(w->side[side], size, "%s: %s", role[side], name);
	if (changes && *changes)
		add(w->side[side], size, " (%s)",
			plot_clean(changes, NAME_COLUMNS, text, sizeof(text)));
}

static void add_side(const struct plot_source *s, const struct plot_cell *c, int side,
	char *buf, size_t size)
{
	static const char *const role[] = { "before", "after" };
	char name[160];

	side_name(s, side, name, sizeof(name));
	if (s->alone)
		add(buf, size, "%s: ", name);
	else if (!strcmp(name, role[side]))
		add(buf, size, "%s: ", side ? "; after" : "Before");
	else
		add(buf, size, "%s: %s, ", side ? "; after" : "Before", name);
	add(buf, size, "%zu sample%s in %zu block%s", c->samples[side],
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

	add(buf, size, ". Kernel %s, %d boot%s",
		plot_clean(before, NAME_COLUMNS, text, sizeof(text)), a->boots,
		a->boots == 1 ? "" : "s");
	if (!same)
		add(buf, size, " before; %s, %d boot%s after",
			plot_clean(after, NAME_COLUMNS, text, sizeof(text)), b->boots,
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
	add(w->subtitle, size, ". %s", x->cpu ? plot_clean(x->cpu, MACHINE_COLUMNS, text,
		sizeof(text)) : "Unknown machine");
	if (x->hypervisor)
		add(w->subtitle, size, ", virtual: %s",
			plot_clean(x->hypervisor, NAME_COLUMNS, text, sizeof(text)));
	if (c->table->covers != COMPARE_COVERS_NOTHING && !s->alone)
		add(w->subtitle, size, ". Intervals cover %s",
			compare_covers_name(c->table->covers));
	add(w->subtitle, size, ".");
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
		add(w->note, size, "%s%s", n++ ? " " : "", text);
	}
	if (compare_needs_text(&c->table->needs, text, sizeof(text)) > 0)
		add(w->note, size, "%sTo settle it takes %s.", *w->note ? " " : "", text);
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
		add(w->empty, sizeof(w->empty), "No samples of %s here%s", metric,
			c->metric != METRIC_EXIT ? "." :
			": it was measured without stamps, or imported without.");
	if (*w->empty)
		strcpy(w->no_change, w->empty);
	else if (s->alone)
		strcpy(w->no_change, "One arm alone: there is no change to draw.");
	else if (!c->has[0] || !c->has[1])
		add(w->no_change, sizeof(w->no_change), "%s was measured %s only: there is "
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
