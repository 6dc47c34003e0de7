/* SPDX-License-Identifier: GPL-2.0-or-later */
/* import's CSV: any bytes as a file, read as import does, its blocks put together. */
#include "config.h"
#include "csv/csv.h"
#include "csv/spool.h"
#include "tests/fuzz/fuzz.h"

static int look_at(void *arg, const struct spool_block *b)
{
	struct spool *s = arg;
	const struct spool_boot *boot = &spool_contents(s)->boots[b->boot];

	must(b->cell < boot->cells.n && b->arm < boot->arms.n && b->round >= 0);
	for (int c = 0; c < COLUMNS; c++)
		for (size_t i = 0; b->column[c] && i < b->n; i++)
			must(b->column[c][i] >= 0 && b->column[c][i] <= CSV_MOST * 1000);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct csv_reader *r = NULL;
	struct spool *s = NULL;

	if (!csv_open(fuzz_file(data, size), &r) && !spool_read(r, &s))
		spool_each(s, look_at, s);
	csv_close(r);
	spool_free(s);
	return 0;
}
