/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several guests at once, each served as its records arrive. */
#include "config.h"
#include <poll.h>
#include <stdlib.h>
#include "base/fail.h"
#include "lab/qemu/guests.h"
#include "process/signals.h"

#define LOOK_MS 50

struct crew {
	const struct qemu_options *guests;
	const struct guests_options *o;
	struct qemu **qemus;	/* NULL: not started, or over */
	struct pollfd *fds;
	int n, started, running;
};

/* All that has arrived from guest I; ends it when it is through. */
static int serve(struct crew *c, int i)
{
	struct guest_record head;
	const void *data;
	int got, err = 0;

	while (!err && (got = qemu_next(c->qemus[i], &head, &data)) > 0)
		err = c->o->record(c->o->arg, i, &head, data);
	if (err || got < 0)
		return err ? err : got;
	if (qemu_done(c->qemus[i])) {
		if (c->o->complaints)
			qemu_look_for_complaints(c->qemus[i]);
		qemu_end(c->qemus[i]);
		c->qemus[i] = NULL;
		c->running--;
	}
	return 0;
}

static int start_some(struct crew *c)
{
	int err = 0;

	while (!err && c->started < c->n && c->running < c->o->parallel) {
		err = qemu_start(&c->guests[c->started], &c->qemus[c->started]);
		if (err)
			break;
		c->started++;
		c->running++;
	}
	return err;
}

static int serve_all(struct crew *c)
{
	int err = 0, n = 0;

	for (int i = 0; i < c->started; i++)
		if (c->qemus[i])
			c->fds[n++] = (struct pollfd){ qemu_pidfd(c->qemus[i]), POLLIN, 0 };
	poll(c->fds, n, LOOK_MS);
	for (int i = 0; i < c->started && !err; i++)
		if (c->qemus[i])
			err = serve(c, i);
	if (!err)
		err = signals_check();
	if (!err && c->o->look)
		c->o->look(c->o->arg);
	return err;
}

int guests_run(const struct qemu_options *guests, int n, const struct guests_options *o)
{
	struct crew c = { .guests = guests, .o = o, .n = n };
	int err;

	c.qemus = calloc(n, sizeof(*c.qemus));
	c.fds = calloc(n, sizeof(*c.fds));
	err = c.qemus && c.fds ? 0 : fail_nomem();
	while (!err && (c.started < n || c.running)) {
		err = start_some(&c);
		if (!err)
			err = serve_all(&c);
	}
	for (int i = 0; c.qemus && i < c.started; i++)
		qemu_end(c.qemus[i]);
	free(c.qemus);
	free(c.fds);
	return err;
}
