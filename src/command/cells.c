/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which cells are asked for, and the seed of their order. */
#include "config.h"
#include <sys/random.h>
#include "base/clock.h"
#include "cell/params.h"
#include "command/cells.h"

const char *workload_name(int i)
{
	return workloads[i] ? workloads[i]->name : NULL;
}

uint64_t random_seed(void)
{
	uint32_t seed = 1;

	if (getrandom(&seed, sizeof(seed), 0) < 0)
		seed = (uint32_t)monotonic_ns();
	return seed;
}

struct plan_request cells_request(const struct cells *c)
{
	struct plan_request r = c->request;

	r.params = c->params.v;
	r.nparams = c->params.n;
	r.places = c->places.v;
	r.nplaces = c->places.n;
	r.arms = c->arms.v;
	r.narms = c->arms.n;
	return r;
}
