/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench list: the workloads. */
#include "config.h"
#include "text/json.h"
#include <inttypes.h>
#include <stdio.h>
#include "cell/params.h"
#include "command/command.h"
#include "contract/common-params.h"

struct options {
	bool json;
};

static const struct option_row rows[] = {
	{ "json", 'j', NULL, TO_FLAG(struct options, json), "machine-readable" },
	{ 0 }
};

static const char *unit_name(enum param_unit unit)
{
	switch (unit) {
	case PARAM_BYTES:
		return "bytes";
	case PARAM_NS:
		return "ns";
	case PARAM_FLAG:
		return "flag";
	case PARAM_COUNT:
		break;
	}
	return "count";
}

static void print_param(const struct param *p)
{
	printf("      %s=%" PRId64 "%s  %s (%" PRId64 " to %" PRId64 ")\n", p->name, p->def,
		p->unit == PARAM_NS ? "ns" : "", p->help, p->min, p->max);
}

static void print_text(void)
{
	for (int i = 0; workloads[i]; i++) {
		const struct workload *w = workloads[i];

		printf("%s  %s\n", w->name, w->summary);
		printf("    drives: %s\n", w->drives);
		printf("    proof: %s\n", w->proof);
		if (w->mind)
			printf("    mind: %s\n", w->mind);
		printf("    needs: %s; primary metric: %s\n", w->needs ? w->needs : "nothing",
			w->primary);
		for (int k = 0; k < params_own(w); k++)
			print_param(params_at(w, k));
	}
	printf("all of them but those that are programs of their own\n");
	for (int k = 0; k < COMMON_PARAMS; k++)
		print_param(&common_params[k]);
}

static json_t *params_json(const struct workload *w)
{
	json_t *list = json_array();

	for (int k = 0; k < params_count(w); k++) {
		const struct param *p = params_at(w, k);

		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:b}", "name",
			p->name, "help", p->help, "unit", unit_name(p->unit), "default",
			(json_int_t)p->def, "min", (json_int_t)p->min, "max", (json_int_t)p->max,
			"common", k >= params_own(w)));
	}
	return list;
}

static json_t *metrics_json(const struct workload *w)
{
	json_t *list = json_array();

	for (int m = 0; m < COLUMNS; m++)
		if (workload_metrics(w) & METRIC_BIT(m))
			json_array_append_new(list, json_string(metric_names[m]));
	json_array_append_new(list, json_string(metric_names[METRIC_THROUGHPUT]));
	return list;
}

static int print_json(void)
{
	json_t *list = json_array();

	for (int i = 0; workloads[i]; i++) {
		const struct workload *w = workloads[i];

		json_array_append_new(list, json_pack(
			"{s:s, s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:s, s:o, s:o}", "name", w->name,
			"summary", w->summary, "drives", w->drives, "proof", w->proof, "mind",
			w->mind, "needs", w->needs, "remedy", w->remedy, "primary", w->primary,
			"metrics", metrics_json(w), "params", params_json(w)));
	}
	return json_print(list, 0);
}

static int run(void *options, const struct arguments *a)
{
	const struct options *o = options;
	int err = check_arguments(a, 0, 0, "no arguments");

	if (err)
		return err;
	if (o->json)
		return print_json();
	print_text();
	return 0;
}

const struct subcommand command_list = {
	.name = "list",
	.does = "the workloads: what each child holds at exit, its parameters",
	.about =
		"usage: exitbench list [--json]\n"
		"\n"
		"The workloads: what each child holds at exit, the kernel path it drives, its\n"
		"parameters with their defaults and ranges, what it needs.\n",
	.rows = rows,
	.size = sizeof(struct options),
	.run = run,
};
