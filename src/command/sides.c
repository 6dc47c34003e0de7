/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include "command/sides.h"
#include "text/options.h"

int sides_set(struct sides *s, int c, const char *value)
{
	switch (c) {
	case 'm':
		return parse_choices("--metric", value, metric_names, &s->metrics);
	case 'M':
		return parse_margin(value, &s->margin);
	case 'b':
		s->data.arms[0] = value;
		break;
	case 'a':
		s->data.arms[1] = value;
		break;
	}
	return 0;
}

void sides_files(struct sides *s, int argc, char **argv)
{
	s->data.files[0] = argv[optind];
	s->data.files[1] = optind + 1 < argc ? argv[optind + 1] : NULL;
}
