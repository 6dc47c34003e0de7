/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process that puts back what we changed in the system, should we be killed. */
#include "config.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/read-text.h"
#include "process/child-setup.h"
#include "process/guard.h"

#define LINE 4096
#define TRIES 2000		/* ms that something may stay busy */

struct guard {
	int fd;
	pid_t pid;
	char **lines;		/* that it was told, should it be killed */
	size_t n;
};

/* The first word of the file is WORD. */
static bool begins_with(const char *path, const char *word)
{
	char text[64];

	read_first_line(path, text, sizeof(text));
	text[strcspn(text, " \t")] = '\0';
	return !strcmp(text, word);
}

/* Is it among CGROUP's processes? */
static bool is_member(const char *cgroup, int pid)
{
	char path[LINE + 16], line[32];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	f = fopen(path, "re");
	while (f && !found && fgets(line, sizeof(line), f))
		found = atoi(line) == pid;
	if (f)
		fclose(f);
	return found;
}

/*
 * The number may be another process's by now. So first a descriptor of whoever has it, then a
 * look whether the cgroup still holds that number: if so, and the descriptor's process lives,
 * it is that one; if it does not live any more, the signal goes nowhere.
 */
static void kill_member(const char *cgroup, int pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd < 0)
		return;
	if (is_member(cgroup, pid))
		syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0);
	close(fd);
}

static void kill_all(const char *cgroup)
{
	char path[LINE + 16], line[32];
	FILE *f;

	/* The kernel's own way, in v2 since 5.14. */
	snprintf(path, sizeof(path), "%s/cgroup.kill", cgroup);
	if (!write_setting(path, "1"))
		return;
	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (atoi(line) > 0)	/* 0: in another pid namespace */
			kill_member(cgroup, atoi(line));
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

/* "PATH<tab>WORD<tab>TEXT": if WORD is still there, and nobody has set it since. */
static void put_back_text(char *line)
{
	char *path = strsep(&line, "\t"), *word = line ? strsep(&line, "\t") : NULL;

	/* Nobody is left to be told of a failure. */
	if (line && begins_with(path, word))
		write_setting(path, line);
}

/* "r PATH", "c PATH", or "w PATH<tab>WORD<tab>TEXT". */
static void put_back(char *line)
{
	switch (line[0]) {
	case 'r':
		remove_directory(line + 2, false);
		break;
	case 'c':
		remove_cgroup(line + 2);
		break;
	case 'w':
		put_back_text(line + 2);
	}
}

/* Keeps a line, less its end; 0 or -1 without memory. */
static int keep(struct guard *g, const char *line)
{
	char **grown = reallocarray(g->lines, g->n + 1, sizeof(*grown));

	if (!grown)
		return -1;
	g->lines = grown;
	grown[g->n] = strndup(line, strcspn(line, "\n"));
	if (!grown[g->n])
		return -1;
	g->n++;
	return 0;
}

/* The last first. */
static void put_all_back(struct guard *g)
{
	while (g->n) {
		put_back(g->lines[--g->n]);
		free(g->lines[g->n]);
	}
}

/* The other process: reads lines until we are gone, then does what they say. */
static void keep_watch(int fd)
{
	struct guard own = { 0 };
	char line[LINE];
	FILE *f = fdopen(fd, "r");

	while (f && fgets(line, sizeof(line), f) && !keep(&own, line))
		;
	put_all_back(&own);
	_exit(0);
}

static void become_guard(int fd)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	/* Neither our signals nor our standard files are its business. It has no children. */
	setsid();
	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, &ignore, NULL);
	prctl(PR_SET_NAME, "exitbench-guard");
	if (fd != 3)
		dup2(fd, 3);
	child_stdio(-1, -1);
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

static int tell(struct guard *g, const char *path, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static int tell(struct guard *g, const char *path, const char *fmt, ...)
{
	char line[LINE];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	/* A pipe takes this much as a whole. */
	if (n < (int)sizeof(line) && !keep(g, line) && write(g->fd, line, n) == n)
		return 0;
	return fail(STATUS_MACHINE, "the guard that would put %s back is gone", path);
}

int guard_rmdir(struct guard *g, const char *path)
{
	return tell(g, path, "r %s\n", path);
}

int guard_cgroup(struct guard *g, const char *path)
{
	return tell(g, path, "c %s\n", path);
}

int guard_write(struct guard *g, const char *path, const char *word, const char *text)
{
	return tell(g, path, "w %s\t%s\t%.*s\n", path, word, (int)strcspn(text, "\n"), text);
}

int guard_claim(const char *dir)
{
	struct stat by_name, by_fd;
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return -1;
	if (!flock(fd, LOCK_EX | LOCK_NB) && !fstat(fd, &by_fd) && !lstat(dir, &by_name) &&
		by_fd.st_ino == by_name.st_ino && by_fd.st_dev == by_name.st_dev)
		return fd;
	close(fd);
	return -1;
}

void guard_close(struct guard *g)
{
	if (!g)
		return;
	close(g->fd);
	/* It was killed: what it would have done is ours to do. */
	if (child_wait(g->pid))
		put_all_back(g);
	while (g->n)
		free(g->lines[--g->n]);
	free(g->lines);
	free(g);
}
