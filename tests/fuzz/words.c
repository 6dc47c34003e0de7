/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers with units, and parameters: what is taken can be written and taken again. */
#include "config.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/fake-workloads.h"
#include "text/units.h"

static void numbers(const char *text)
{
	double percent;
	uint64_t u;
	int64_t v;

	if (!parse_duration("-t", text, NS_PER_S, &v))
		must(v >= 0);
	if (!parse_duration("-t", text, 1, &v))
		must(v >= 0);
	if (!parse_size("-s", text, &v))
		must(v >= 0);
	if (!parse_count("-n", text, &v))
		must(v >= 0);
	if (!parse_percent("-p", text, &percent))
		must(percent >= 0 && percent <= 1e6);
	parse_u64("-u", text, &u);
}

static void parameters(const struct workload *w, const char *text)
{
	struct param_values v, again;
	char *list;

	params_defaults(w, &v);
	if (params_set_list(w, text, &v))
		return;
	list = params_format(w, &v, PARAMS_ALL);
	must(list);
	params_defaults(w, &again);
	must(!params_set_list(w, list, &again));
	must(!memcmp(v.value, again.value, params_count(w) * sizeof(*v.value)));
	free(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	const struct workload *w;

	numbers(text);
	for (int i = 0; workloads[i]; i++)
		parameters(workloads[i], text);
	workload_lookup(text, &w);
	free(text);
	return 0;
}
