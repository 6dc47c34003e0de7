/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include <signal.h>
#include <stddef.h>
#include "signals.h"

static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGPIPE };
#define NCAUGHT (sizeof(caught) / sizeof(caught[0]))

static struct sigaction saved[NCAUGHT];
static uint32_t *event_word;
static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	if (sig != SIGCHLD && !interrupted)
		interrupted = sig;
	if (event_word)
		__atomic_add_fetch(event_word, 1, __ATOMIC_RELEASE);
}

void signals_catch(uint32_t *event)
{
	struct sigaction act = { .sa_handler = on_signal };

	event_word = event;
	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < NCAUGHT; i++) {
		act.sa_handler = caught[i] == SIGPIPE ? SIG_IGN : on_signal;
		act.sa_flags = caught[i] == SIGCHLD ? SA_NOCLDSTOP : 0;
		sigaction(caught[i], &act, &saved[i]);
		/* nohup: a hang-up that is ignored stays ignored. */
		if (caught[i] == SIGHUP && saved[i].sa_handler == SIG_IGN)
			sigaction(SIGHUP, &saved[i], NULL);
	}
}

void signals_restore(void)
{
	for (size_t i = 0; i < NCAUGHT; i++)
		sigaction(caught[i], &saved[i], NULL);
	event_word = NULL;
}

int signals_interrupted(void)
{
	return interrupted;
}
