/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A loop over independent pieces of work on several threads. */
#include <pthread.h>
#include <stdatomic.h>
#include "analysis/compare/compare-priv.h"

#define MOST_THREADS 64

struct work {
	atomic_size_t next;
	atomic_int err;
	size_t n;
	int (*fn)(void *arg, size_t i);
	void *arg;
};

static void *take(void *p)
{
	struct work *w = p;

	for (;;) {
		size_t i = atomic_fetch_add(&w->next, 1);
		int err, none = 0;

		if (i >= w->n || atomic_load(&w->err))
			return NULL;
		err = w->fn(w->arg, i);
		if (err)
			atomic_compare_exchange_strong(&w->err, &none, err);
	}
}

/* A thread that cannot be started is work for the others. */
int parallel_for(int threads, size_t n, int (*fn)(void *arg, size_t i), void *arg)
{
	struct work w = { .n = n, .fn = fn, .arg = arg };
	pthread_t id[MOST_THREADS];
	int started = 0;

	while (started < threads - 1 && started < MOST_THREADS && (size_t)started + 1 < n) {
		if (pthread_create(&id[started], NULL, take, &w))
			break;
		started++;
	}
	take(&w);
	while (started > 0)
		pthread_join(id[--started], NULL);
	return atomic_load(&w.err);
}
