/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of a comparison. */
#include "config.h"
#include "command/sides.h"

void sides_files(struct sides *s, const struct arguments *a)
{
	s->data.files[0] = a->v[0];
	s->data.files[1] = a->n > 1 ? a->v[1] : NULL;
}
