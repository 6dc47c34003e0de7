/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exitbench lab: kernels that differ in one change, in virtual machines. */
#include "config.h"
#include <string.h>
#include "base/fail.h"
#include "command/command.h"
#include "command/lab/lab.h"
#include "text/suggest.h"

static const struct part {
	const char *name;
	int (*run)(int argc, char **argv);
} parts[] = {
	{ "bisect", lab_bisect },
	{ "--bisect", lab_bisect },
	{ "build", lab_build },
	{ "variants", lab_variants },
};
#define NPARTS (sizeof(parts) / sizeof(*parts))

static int unknown(const char *name)
{
	struct suggestion near;

	suggest_start(&near, name);
	for (size_t i = 0; i < NPARTS; i++)
		suggest_offer(&near, parts[i].name);
	return fail(STATUS_USAGE, "lab %s: no such part%s; see exitbench lab --help", name,
		suggest_text(&near));
}

int cmd_lab(int argc, char **argv)
{
	for (size_t i = 0; i < NPARTS && argc > 1; i++)
		if (!strcmp(argv[1], parts[i].name))
			return parts[i].run(argc - 1, argv + 1);
	if (argc < 2 || argv[1][0] == '-')
		return lab_run(argc, argv);
	return unknown(argv[1]);
}
