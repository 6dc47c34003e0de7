/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals that end a run, and the death of workers, as words to wait on. */
#ifndef EXITBENCH_SIGNALS_H
#define EXITBENCH_SIGNALS_H

#include <stdint.h>

/*
 * Catches SIGINT, SIGTERM, SIGHUP (unless ignored) and SIGCHLD (even if ignored), and
 * ignores SIGPIPE. Each caught signal bumps *EVENT, a futex word that the controller
 * waits on, so that none is missed between a check and a wait.
 */
void signals_catch(uint32_t *event);

/* What signals_catch() changed is put back; EVENT is not touched after this. */
void signals_restore(void);

/* The first signal that asked us to end, 0 if none did. */
int signals_interrupted(void);

#endif
