/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time that the hypervisor took from the CPUs of a block. */
#include "config.h"
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "measure/steal.h"

#define COST_SHARE 500

struct steal {
	int fd;
	char *text;
	size_t room;
	uint64_t last_sum;
	uint64_t last_key;	/* which CPUs the last sum is of */
	int64_t waited;		/* ns since the last reading */
	int64_t cost;		/* ns of the last reading */
};

struct steal *steal_open(void)
{
	struct steal *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->room = 1 << 20;	/* only the lines of the CPUs are wanted, and they come first */
	s->text = malloc(s->room);
	s->fd = open("/proc/stat", O_RDONLY | O_CLOEXEC);
	if (s->fd >= 0 && s->text)
		return s;
	if (s->fd >= 0)
		close(s->fd);
	free(s->text);
	free(s);
	return NULL;
}

void steal_close(struct steal *s)
{
	if (!s)
		return;
	close(s->fd);
	free(s->text);
	free(s);
}

/* The eighth number of the line "cpuN ..."; in clock ticks. */
static uint64_t steal_of(const char *text, int cpu)
{
	unsigned long long v[8] = { 0 };
	char name[24];
	const char *line;

	snprintf(name, sizeof(name), "\ncpu%d ", cpu);
	line = strstr(text, name);
	if (!line || sscanf(line + strlen(name), "%llu %llu %llu %llu %llu %llu %llu %llu", &v[0],
			     &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7]) != 8)
		return 0;
	return v[7];
}

static uint64_t key_of(const int *cpus, int n)
{
	uint64_t key = n;

	for (int i = 0; i < n; i++)
		key = key * 1000003 + (uint64_t)cpus[i] + 1;
	return key;
}

static bool read_sum(struct steal *s, const int *cpus, int n, uint64_t *sum)
{
	uint64_t before = monotonic_ns();
	ssize_t size = pread(s->fd, s->text, s->room - 1, 0);

	if (size <= 0)
		return false;
	s->text[size] = '\0';
	*sum = 0;
	for (int i = 0; i < n; i++)
		*sum += steal_of(s->text, cpus[i]);
	s->cost = monotonic_ns() - before;
	return true;
}

double steal_since(struct steal *s, const int *cpus, int n, int64_t elapsed_ns)
{
	uint64_t key = key_of(cpus, n), sum;
	double ms = NAN;

	s->waited += elapsed_ns;
	if (key == s->last_key && s->waited < s->cost * COST_SHARE)
		return NAN;
	if (!read_sum(s, cpus, n, &sum))
		return NAN;
	if (key == s->last_key)
		ms = (double)(int64_t)(sum - s->last_sum) * 1000 / (double)sysconf(_SC_CLK_TCK);
	if (ms < 0)
		ms = NAN;	/* a CPU went offline, or we moved to another host */
	s->last_key = key;
	s->last_sum = sum;
	s->waited = 0;
	return ms;
}
