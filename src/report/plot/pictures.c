/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kinds of pictures, in their order. */
#include "config.h"
#include "report/plot/plot-priv.h"

#define POINTER(name) &picture_##name,
#define NAME(name) #name,

const struct picture *const pictures[PICTURE_COUNT] = { PICTURES(POINTER) };
const char *const picture_names[PICTURE_COUNT + 1] = { PICTURES(NAME) NULL };

unsigned int pictures_of(enum plot_of of)
{
	unsigned int mask = 0;

	for (int i = 0; i < PICTURE_COUNT; i++)
		if (pictures[i]->of == of)
			mask |= 1U << i;
	return mask;
}

unsigned int pictures_in_text(void)
{
	unsigned int mask = 0;

	for (int i = 0; i < PICTURE_COUNT; i++)
		if (pictures[i]->in_text)
			mask |= 1U << i;
	return mask;
}
