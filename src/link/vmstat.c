/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A counter of /proc/vmstat by its name. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "link/vmstat.h"

uint64_t vmstat_read(const char *name)
{
	FILE *f = name ? fopen("/proc/vmstat", "re") : NULL;
	char line[256];
	uint64_t value = 0;

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, strlen(name)) && line[strlen(name)] == ' ')
			value = strtoull(line + strlen(name), NULL, 10);
	if (f)
		fclose(f);
	return value;
}
