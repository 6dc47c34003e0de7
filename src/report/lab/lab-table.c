/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an operation takes under each kernel, as text, JSON and a table for gnuplot. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "cell/cell-text.h"
#include "report/compare/results.h"
#include "report/lab/lab-table.h"
#include "text/json.h"

#define SCATTERED 0.5		/* share of operations below which a change is marked */

static struct lab_row *find_row(struct lab_table *t, const char *workload, const char *params,
	const char *metric)
{
	for (int i = 0; i < t->nrows; i++)
		if (!strcmp(t->rows[i].workload, workload) && !strcmp(t->rows[i].params, params) &&
			!strcmp(t->rows[i].metric, metric))
			return &t->rows[i];
	return NULL;
}

/* Takes PARAMS. */
static struct lab_row *add_row(struct lab_table *t, const char *workload, char *params,
	const char *metric)
{
	struct lab_row *grown = reallocarray(t->rows, t->nrows + 1, sizeof(*grown)), *row;

	if (!grown) {
		free(params);
		return NULL;
	}
	t->rows = grown;
	row = &grown[t->nrows++];
	*row = (struct lab_row){ .workload = strdup(workload), .params = params, .metric = metric,
		.entry = calloc(t->nkernels, sizeof(*row->entry)) };
	return row->workload && row->entry ? row : NULL;
}

static int add_result(struct lab_table *t, int kernel, const struct results *r,
	const struct results_row *c)
{
	const struct dataset_cell *cell = dataset_cell(r->d, c->cell);
	const struct compare_exact_result *e = c->exact;
	char *params = cell_params(cell->workload, cell->params, false);
	struct lab_row *row;

	if (!params)
		return fail_nomem();
	row = find_row(t, cell->workload, params, metric_names[c->metric]);
	if (row)
		free(params);
	else
		row = add_row(t, cell->workload, params, metric_names[c->metric]);
	if (!row)
		return fail_nomem();
	row->entry[0] = (struct lab_entry){ .has = true, .typical = e->typical[0] };
	row->entry[kernel] = (struct lab_entry){ .has = true, .change = e->change,
		.typical = e->typical[1], .mean_change = e->mean_change, .same = e->same,
		.ops = e->ticked < e->ops ? e->ops - e->ticked : e->ops };
	return 0;
}

static int add_kernel(struct lab_table *t, const char *file, int64_t run, int kernel,
	unsigned int metrics)
{
	struct dataset_options o = { .files = { file }, .run = run,
		.arms = { t->kernels[0], t->kernels[kernel] } };
	struct compare_options compare;
	struct dataset *d;
	struct results r;
	int err = dataset_open(&o, &d);

	if (err)
		return err;
	compare_defaults(&compare);
	err = results_make(d, metrics, &compare, &r);
	if (!err) {
		for (int i = 0; i < r.n && !err; i++)
			if (r.v[i].exact)
				err = add_result(t, kernel, &r, &r.v[i]);
		results_free(&r);
	}
	dataset_close(d);
	return err;
}

int lab_table_make(const char *file, int64_t run, const char *const *names, int n,
	unsigned int metrics, struct lab_table *out)
{
	int err = 0;

	memset(out, 0, sizeof(*out));
	out->kernels = calloc(n, sizeof(*out->kernels));
	if (!out->kernels)
		return fail_nomem();
	for (out->nkernels = 0; out->nkernels < n; out->nkernels++) {
		out->kernels[out->nkernels] = strdup(names[out->nkernels]);
		if (!out->kernels[out->nkernels])
			return fail_nomem();
	}
	/* One kernel alone is compared with itself: what an operation costs. */
	for (int i = n > 1 ? 1 : 0; i < n && !err; i++)
		err = add_kernel(out, file, run, i, metrics);
	return err;
}

void lab_table_free(struct lab_table *t)
{
	for (int i = 0; i < t->nrows; i++) {
		free(t->rows[i].workload);
		free(t->rows[i].params);
		free(t->rows[i].entry);
	}
	free(t->rows);
	for (int i = 0; i < t->nkernels; i++)
		free(t->kernels[i]);
	free(t->kernels);
	memset(t, 0, sizeof(*t));
}

/* 1234567 as 1,234,567. */
static const char *grouped(double v, char *buf, size_t size)
{
	char digits[32];
	int n = snprintf(digits, sizeof(digits), "%.0f", fabs(v)), at = 0;

	if (v < 0 && size)
		buf[at++] = '-';
	for (int i = 0; i < n && at + 2 < (int)size; i++) {
		if (i && !((n - i) % 3))
			buf[at++] = ',';
		buf[at++] = digits[i];
	}
	buf[at] = '\0';
	return buf;
}

static bool scattered(const struct lab_entry *e)
{
	return (double)e->same < SCATTERED * (double)e->ops;
}

static const char *entry_text(const struct lab_entry *e, int kernel, char *buf, size_t size)
{
	if (!e->has)
		snprintf(buf, size, "-");
	else if (!kernel)
		grouped(e->typical, buf, size);
	else
		snprintf(buf, size, "%s%+.0f", scattered(e) ? "~" : "", e->change);
	return buf;
}

static void row_title(const struct lab_row *r, char *buf, size_t size)
{
	snprintf(buf, size, "%s of %s%s%s", r->metric, r->workload, *r->params ? ", " : "",
		r->params);
}

static int width_of(const struct lab_table *t, int kernel)
{
	int width = (int)strlen(t->kernels[kernel]);
	char text[64];

	for (int i = 0; i < t->nrows; i++) {
		int n = (int)strlen(entry_text(&t->rows[i].entry[kernel], kernel, text, sizeof(text)));

		width = n > width ? n : width;
	}
	return width + 2;
}

void lab_table_text(const struct lab_table *t, FILE *out)
{
	bool marked = false;
	char text[512];
	int first = 0;

	for (int i = 0; i < t->nrows; i++) {
		row_title(&t->rows[i], text, sizeof(text));
		first = (int)strlen(text) > first ? (int)strlen(text) : first;
	}
	fprintf(out, "%*s", first, "");
	for (int k = 0; k < t->nkernels; k++)
		fprintf(out, "%*s", width_of(t, k), t->kernels[k]);
	fputc('\n', out);
	for (int i = 0; i < t->nrows; i++) {
		row_title(&t->rows[i], text, sizeof(text));
		fprintf(out, "%-*s", first, text);
		for (int k = 0; k < t->nkernels; k++) {
			const struct lab_entry *e = &t->rows[i].entry[k];

			fprintf(out, "%*s", width_of(t, k), entry_text(e, k, text, sizeof(text)));
			marked |= k && e->has && scattered(e);
		}
		fputc('\n', out);
	}
	if (marked)
		fputs("~ the most frequent difference, but that of fewer than half of the "
		      "operations\n", out);
}

json_t *lab_table_json(const struct lab_table *t)
{
	json_t *rows = json_array();

	for (int i = 0; i < t->nrows; i++) {
		const struct lab_row *r = &t->rows[i];
		json_t *kernels = json_object();

		for (int k = 0; k < t->nkernels; k++) {
			const struct lab_entry *e = &r->entry[k];

			json_object_set_text(kernels, t->kernels[k], !e->has ? json_null() :
				json_pack("{s:o, s:o, s:o, s:I, s:I}", "typical", number_json(e->typical), "change",
					number_json(e->change), "mean_change", number_json(e->mean_change), "exactly_so",
					(json_int_t)e->same, "operations", (json_int_t)e->ops));
		}
		json_array_append_new(rows, json_pack("{s:o, s:o, s:o, s:s, s:o}", "workload",
			text_json(r->workload), "params", text_json(r->params), "metric",
			text_json(r->metric), "unit", "instructions", "kernels", kernels));
	}
	return json_pack("{s:o, s:o}", "reference", text_json(t->kernels[0]), "rows", rows);
}

/* gnuplot knows backslashes and quotes; names have none, but a file's contents may. */
static void write_word(const char *text, FILE *out)
{
	for (; *text; text++)
		fputc(strchr("\"\\\t\n", *text) ? '?' : *text, out);
}

void lab_table_write(const struct lab_table *t, const char *title, const char *subtitle, FILE *out)
{
	char text[512];

	fputs("# exitbench lab 1\n# title\t", out);
	write_word(title, out);
	fputs("\n# subtitle\t", out);
	write_word(subtitle, out);
	fputs("\n# before\t", out);
	write_word(t->kernels[0], out);
	fputs("\nrow\tkernel\tcell\tname\treference\tchange\n", out);
	for (int i = 0; i < t->nrows; i++)
		for (int k = 1; k < t->nkernels; k++) {
			const struct lab_entry *e = &t->rows[i].entry[k];

			row_title(&t->rows[i], text, sizeof(text));
			fprintf(out, "%d\t%d\t", i, k);
			write_word(text, out);
			fputc('\t', out);
			write_word(t->kernels[k], out);
			fprintf(out, "\t%.15g", t->rows[i].entry[0].typical);
			fprintf(out, e->has ? "\t%.15g\n" : "\tNaN\n", e->change);
		}
}
