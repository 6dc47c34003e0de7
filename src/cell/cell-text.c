/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A cell's parameters as text for people. */
#include "config.h"
#include <string.h>
#include "cell/cell-text.h"
#include "cell/params.h"

char *cell_params(const char *workload, const char *params, bool all)
{
	const struct workload *w = all ? NULL : workload_find(workload);
	struct param_values values;

	if (!w)
		return strdup(params);
	params_defaults(w, &values);
	if (params_set_list(w, params, &values))
		return strdup(params);
	for (int i = 0; i < params_count(w); i++)
		if (values.value[i] == params_at(w, i)->def)
			values.set &= ~(UINT32_C(1) << i);
	return params_format(w, &values, values.set);
}
