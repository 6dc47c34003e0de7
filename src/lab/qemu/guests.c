/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "lab/qemu/guests.h"
#include "process/signals.h"

#define LOOK_MS 50

struct crew {
	const struct machine_options *guests;
	const struct guests_options *o;
	struct machine **machines;	/* NULL: not started, or over */
	struct pollfd *fds;
	int n, started, running;
};

/* All that has arrived from guest I; ends it when it is through. */
static int serve(struct crew *c, int i)
{
	struct guest_record head;
	const void *data;
	int got, err = 0;

	while (!err && (got = machine_next(c->machines[i], &head, &data)) > 0)
		err = c->o->record(c->o->arg, i, &head, data);
	if (err || got < 0)
		return err ? err : got;
	if (machine_done(c->machines[i])) {
		if (c->o->complaints)
			machine_look_for_complaints(c->machines[i]);
		machine_end(c->machines[i]);
		c->machines[i] = NULL;
		c->running--;
	}
	return 0;
}

static int start_some(struct crew *c)
{
	int err = 0;

	while (!err && c->started < c->n && c->running < c->o->parallel) {
		err = machine_start(&c->guests[c->started], &c->machines[c->started]);
		if (err)
			break;
		machine_keep_console(c->machines[c->started++], c->o->keep_console);
		c->running++;
	}
	return err;
}

static int serve_all(struct crew *c)
{
	int err = 0, n = 0;

	for (int i = 0; i < c->started; i++)
		if (c->machines[i])
			c->fds[n++] = (struct pollfd){ machine_pidfd(c->machines[i]), POLLIN, 0 };
	poll(c->fds, n, LOOK_MS);
	for (int i = 0; i < c->started && !err; i++)
		if (c->machines[i])
			err = serve(c, i);
	if (!err && signals_interrupted())
		err = fail(STATUS_INTERRUPTED, "interrupted by signal %d (%s)",
			signals_interrupted(), strsignal(signals_interrupted()));
	if (!err && c->o->look)
		c->o->look(c->o->arg);
	return err;
}

int guests_run(const struct machine_options *guests, int n, const struct guests_options *o)
{
	struct crew c = { .guests = guests, .o = o, .n = n };
	int err;

	c.machines = calloc(n, sizeof(*c.machines));
	c.fds = calloc(n, sizeof(*c.fds));
	err = c.machines && c.fds ? 0 : fail_nomem();
	while (!err && (c.started < n || c.running)) {
		err = start_some(&c);
		if (!err)
			err = serve_all(&c);
	}
	for (int i = 0; c.machines && i < c.started; i++)
		machine_end(c.machines[i]);
	free(c.machines);
	free(c.fds);
	return err;
}
