/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "fail.h"
#include "guard.h"

#define LINE 4096
#define TRIES 2000		/* ms that something may stay busy */

struct guard {
	int fd;
	pid_t pid;
};

static void kill_all(const char *cgroup)
{
	char path[LINE + 16], line[32];
	FILE *f;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (atoi(line) > 1)
			kill(atoi(line), SIGKILL);
	if (f)
		fclose(f);
}

static void remove_directory(const char *path, bool cgroup)
{
	const struct timespec pause = { .tv_nsec = 1000000 };

	for (int tries = TRIES; tries; tries--) {
		if (cgroup)
			kill_all(path);
		if (!rmdir(path) || errno != EBUSY)
			return;
		nanosleep(&pause, NULL);
	}
}

/* With those in it, one level down. */
static void remove_cgroup(const char *path)
{
	char below[2 * LINE];
	struct dirent *d;
	DIR *dir = opendir(path);

	while (dir && (d = readdir(dir))) {
		if (d->d_type != DT_DIR || d->d_name[0] == '.')
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, d->d_name);
		remove_directory(below, true);
	}
	if (dir)
		closedir(dir);
	remove_directory(path, true);
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		(void)fd;	/* nobody is left to tell */
	close(fd);
}

/* "r PATH", "c PATH", or "w PATH<tab>TEXT". */
static void put_back(char *line)
{
	char *tab;

	switch (line[0]) {
	case 'r':
		remove_directory(line + 2, false);
		break;
	case 'c':
		remove_cgroup(line + 2);
		break;
	case 'w':
		tab = strchr(line, '\t');
		if (!tab)
			break;
		*tab = '\0';
		write_text(line + 2, tab + 1);
	}
}

/* The other process: reads lines until we are gone, then does what they say. */
static void keep_watch(int fd)
{
	char **lines = NULL, line[LINE];
	size_t n = 0;
	FILE *f = fdopen(fd, "r");

	while (f && fgets(line, sizeof(line), f)) {
		char **grown = reallocarray(lines, n + 1, sizeof(*grown));

		line[strcspn(line, "\n")] = '\0';
		if (!grown)
			break;
		lines = grown;
		lines[n] = strdup(line);
		n += lines[n] != NULL;
	}
	while (n)
		put_back(lines[--n]);
	_exit(0);
}

static void become_guard(int fd)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, def = { .sa_handler = SIG_DFL };

	/* Neither our signals nor our standard files are its business. */
	setsid();
	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, &def, NULL);
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGTERM, &ignore, NULL);
	sigaction(SIGHUP, &ignore, NULL);
	prctl(PR_SET_NAME, "exitbench-guard");
	if (fd != 3)
		dup2(fd, 3);
	for (int i = 0; i < 3; i++)
		close(i);
	if (open("/dev/null", O_RDWR) == 0) {
		dup2(0, 1);
		dup2(0, 2);
	}
	syscall(SYS_close_range, 4, ~0U, 0);	/* not in every libc */
	keep_watch(3);
}

int guard_open(struct guard **out)
{
	struct guard *g = calloc(1, sizeof(*g));
	int fds[2];

	if (!g)
		return fail_nomem();
	if (pipe2(fds, O_CLOEXEC)) {
		free(g);
		return fail(STATUS_MACHINE, "pipe for the guard: %s", strerror(errno));
	}
	g->pid = fork();
	if (!g->pid)
		become_guard(fds[0]);
	close(fds[0]);
	g->fd = fds[1];
	if (g->pid < 0) {
		close(g->fd);
		free(g);
		return fail(STATUS_MACHINE, "cannot start the guard: %s", strerror(errno));
	}
	*out = g;
	return 0;
}

static int tell(struct guard *g, char what, const char *path, const char *tab, const char *text)
{
	char line[LINE];
	int n = snprintf(line, sizeof(line), "%c %s%s%s\n", what, path, tab, text);

	/* A pipe takes this much as a whole. */
	if (n < (int)sizeof(line) && write(g->fd, line, n) == n)
		return 0;
	return fail(STATUS_MACHINE, "the guard that would put %s back is gone", path);
}

int guard_rmdir(struct guard *g, const char *path)
{
	return tell(g, 'r', path, "", "");
}

int guard_cgroup(struct guard *g, const char *path)
{
	return tell(g, 'c', path, "", "");
}

int guard_write(struct guard *g, const char *path, const char *text)
{
	char copy[256];

	snprintf(copy, sizeof(copy), "%s", text);
	copy[strcspn(copy, "\n")] = '\0';
	return tell(g, 'w', path, "\t", copy);
}

void guard_close(struct guard *g)
{
	if (!g)
		return;
	close(g->fd);
	while (waitpid(g->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(g);
}
