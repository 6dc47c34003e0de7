/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals that end a run, and the death of workers, as words to wait on. */
#ifndef EXITBENCH_SIGNALS_H
#define EXITBENCH_SIGNALS_H

#include <stdint.h>

/*
 * Catches SIGINT, SIGTERM, SIGHUP (unless ignored) and SIGCHLD (even if ignored), unblocks
 * them, and ignores SIGPIPE and SIGXFSZ: a write that fails says so. Each caught signal bumps
 * *EVENT (NULL: none), a futex word that the controller waits on, so that none is missed
 * between a check and a wait. SIGQUIT stays what it is: the way out of whatever hangs.
 *
 * Calls nest: the inner one only names another word.
 */
void signals_catch(uint32_t *event);

/* The outermost puts back what was changed; no event is touched after any of them. */
void signals_restore(void);

/* The first signal that asked us to end, 0 if none did. */
int signals_interrupted(void);

/* 0, or -STATUS_INTERRUPTED after fail() that names it. */
int signals_check(void);

#endif
