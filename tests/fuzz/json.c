/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON from elsewhere: a file of published figures, and a calibration's note. */
#include "config.h"
#include <math.h>
#include "dataset/calibration.h"
#include "report/history/published.h"
#include "tests/fuzz/fuzz.h"

static void look_at(const struct published_comparison *c)
{
	must(c->figures >= 1 && c->figures <= PUBLISHED_FIGURES);
	for (int side = 0; side < 2; side++)
		for (size_t f = 0; f < c->figures; f++)
			for (size_t i = 0; i < c->side[side].n; i++)
				must(!isnan(published_value(&c->side[side], i, c->figure[f].name)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	struct calibration note;
	struct published p;

	if (!published_load(fuzz_file(data, size), &p))
		for (size_t i = 0; i < p.n; i++)
			look_at(&p.v[i]);
	published_free(&p);
	if (!calibration_read(text, &note)) {
		json_decref(calibration_json(&note));
		calibration_free(&note);
	}
	free(text);
	return 0;
}
