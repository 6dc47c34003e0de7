/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals that end a run, caught so that what waits for a word sees them. */
#include "config.h"
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include "base/fail.h"
#include "process/signals.h"

/* Those that end a run come first. */
static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGPIPE, SIGXFSZ };
#define NCAUGHT (sizeof(caught) / sizeof(caught[0]))
#define NENDING 4	/* with SIGCHLD: what must not be blocked */

static struct sigaction saved[NCAUGHT];
static sigset_t saved_mask;
static int depth;
static uint32_t *event_word;
static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	if (sig != SIGCHLD && !interrupted)
		interrupted = sig;
	if (event_word)
		__atomic_add_fetch(event_word, 1, __ATOMIC_RELEASE);
}

/* A caller may have left them blocked: then Ctrl-C would do nothing. */
static void unblock(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < NENDING; i++)
		sigaddset(&set, caught[i]);
	sigprocmask(SIG_UNBLOCK, &set, &saved_mask);
}

void signals_catch(uint32_t *event)
{
	struct sigaction act = { 0 };

	event_word = event;
	if (depth++)
		return;
	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < NCAUGHT; i++) {
		act.sa_handler = i < NENDING ? on_signal : SIG_IGN;
		act.sa_flags = caught[i] == SIGCHLD ? SA_NOCLDSTOP : 0;
		sigaction(caught[i], &act, &saved[i]);
		/* nohup: a hang-up that is ignored stays ignored. */
		if (caught[i] == SIGHUP && saved[i].sa_handler == SIG_IGN)
			sigaction(SIGHUP, &saved[i], NULL);
	}
	unblock();
}

void signals_restore(void)
{
	event_word = NULL;
	if (--depth)
		return;
	sigprocmask(SIG_SETMASK, &saved_mask, NULL);
	for (size_t i = 0; i < NCAUGHT; i++)
		sigaction(caught[i], &saved[i], NULL);
}

int signals_interrupted(void)
{
	return interrupted;
}

int signals_check(void)
{
	return interrupted ? fail(STATUS_INTERRUPTED, "interrupted by signal %d (%s)",
		(int)interrupted, strsignal(interrupted)) : 0;
}
