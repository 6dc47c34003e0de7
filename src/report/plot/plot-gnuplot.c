/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gnuplot as a child, without a shell between. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/search-path.h"
#include "report/plot/plot.h"

#define REMEDY "apt-get install gnuplot-nox"
#define OLDEST 5		/* dash types, UTF-8 in strings */

extern char **environ;

/* Starts ARGV in DIR with one of its descriptors a pipe to us; errno or 0. */
static int start(const char *dir, char *const *argv, int fd, pid_t *pid, int *from)
{
	posix_spawn_file_actions_t actions;
	int ends[2], err;

	if (pipe2(ends, O_CLOEXEC))
		return errno;
	err = posix_spawn_file_actions_init(&actions);
	if (err)
		goto out;
	err = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&actions, ends[1], fd);
	if (!err && dir)
		err = posix_spawn_file_actions_addchdir_np(&actions, dir);
	if (!err)
		err = posix_spawn(pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
out:
	close(ends[1]);
	*from = ends[0];
	if (err)
		close(ends[0]);
	return err;
}

/* What the child writes, as far as it fits, then its exit status; -1 if it was killed. */
static int finish(pid_t pid, int from, char *text, size_t size)
{
	size_t at = 0;
	char more[512];
	ssize_t n;
	int status;

	while ((n = read(from, more, sizeof(more))) > 0 || (n < 0 && errno == EINTR))
		for (ssize_t i = 0; i < n && at + 1 < size; i++)
			text[at++] = more[i];
	text[at] = '\0';
	close(from);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int check_version(const char *name)
{
	char *const argv[] = { (char *)name, "--version", NULL };
	char text[256];
	int from, major = 0, status, err;
	pid_t pid;

	err = start(NULL, argv, 1, &pid, &from);
	if (err)
		return fail(STATUS_MACHINE, "cannot start %s: %s", name, strerror(err));
	status = finish(pid, from, text, sizeof(text));
	text[strcspn(text, "\n")] = '\0';
	if (status || sscanf(text, "gnuplot %d", &major) != 1)
		return fail(STATUS_MACHINE, "%s --version fails or says no version%s%s: "
			"repair it, or " REMEDY, name, *text ? ": " : "", text);
	if (major < OLDEST)
		return fail(STATUS_MACHINE, "%s is too old: pictures need gnuplot %d.0 or later: "
			REMEDY, text, OLDEST);
	return 0;
}

static int find_program(struct gnuplot *g)
{
	static const char *const names[] = { "gnuplot", "gnuplot-nox", "gnuplot-qt" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names) && !g->program; i++)
		g->program = search_path_find(names[i]);
	return g->program ? check_version(g->program) :
			    fail(STATUS_MACHINE, "gnuplot not found: " REMEDY
				"; tables for it (.tsv) need none");
}

static char *next_to_program(void)
{
	char exe[4096], *slash, *path;
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (n < 0)
		return NULL;
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	if (!slash || asprintf(&path, "%.*s/analysis/gnuplot", (int)(slash - exe), exe) < 0)
		return NULL;
	return path;
}

/* DIR absolute if our scripts are in it, else NULL. */
static char *with_scripts(const char *dir)
{
	char *path, *absolute = NULL;

	if (dir && asprintf(&path, "%s/plot-common.gp", dir) >= 0) {
		if (!access(path, R_OK))
			absolute = realpath(dir, NULL);
		free(path);
	}
	return absolute;
}

static int find_scripts(struct gnuplot *g)
{
	const char *env = secure_getenv("EXITBENCH_DATADIR");
	char *near;

	if (env && *env) {
		g->scripts = with_scripts(env);
		return g->scripts ? 0 : fail(STATUS_MACHINE, "EXITBENCH_DATADIR %s: no "
			"plot-common.gp in it; name the source's analysis/gnuplot, or unset it",
			env);
	}
	near = next_to_program();
	g->scripts = with_scripts(near);
	free(near);
	if (!g->scripts)
		g->scripts = with_scripts(PKGDATADIR);
	return g->scripts ? 0 : fail(STATUS_MACHINE, "the plot scripts are not in %s: make "
		"install, or EXITBENCH_DATADIR=<the source's analysis/gnuplot>", PKGDATADIR);
}

int gnuplot_find(struct gnuplot *g)
{
	int err = find_scripts(g);

	return err ? err : find_program(g);
}

void gnuplot_free(struct gnuplot *g)
{
	free(g->scripts);
	free(g->program);
	*g = (struct gnuplot){ 0 };
}

/* The line of gnuplot's complaint that says something, without blanks around it. */
static char *first_error(char *text)
{
	char *best = NULL, *line;

	while ((line = strsep(&text, "\n"))) {
		line += strspn(line, " \t^");
		if (!*line)
			continue;
		if (strstr(line, "line ") && strchr(line, ':'))
			return line;
		if (!best)
			best = line;
	}
	return best ? best : "no message";
}

static int run(const struct gnuplot *g, const char *dir, char **argv)
{
	char text[4096];
	int from, status, err;
	pid_t pid;

	fflush(stdout);
	err = start(dir, argv, 2, &pid, &from);
	if (err)
		return fail(STATUS_MACHINE, "cannot start %s: %s", g->program, strerror(err));
	status = finish(pid, from, text, sizeof(text));
	if (!status)
		return 0;
	return fail(STATUS_MACHINE, "%s failed: %s", g->program,
		status < 0 ? "it was killed" : first_error(text));
}

int gnuplot_run(const struct gnuplot *g, const char *dir, const struct gnuplot_job *jobs, int n)
{
	char **argv = calloc((size_t)n * 3 + 3, sizeof(*argv));
	int argc = 2, err = argv ? 0 : fail_nomem();

	if (err)
		return err;
	argv[0] = g->program;
	argv[1] = "-d";		/* no settings of the user's */
	for (int i = 0; i < n && !err; i++) {
		char **job = &argv[argc];

		job[0] = "-e";
		if (asprintf(&job[1], "data='%s'; out='%s'", jobs[i].data, jobs[i].out) < 0)
			job[1] = NULL;
		if (asprintf(&job[2], "%s/%s.gp", g->scripts, jobs[i].script) < 0)
			job[2] = NULL;
		if (!job[1] || !job[2])
			err = fail_nomem();
		argc += 3;
	}
	if (!err)
		err = run(g, dir, argv);
	for (int i = 2; i < argc; i += 3) {
		free(argv[i + 1]);
		free(argv[i + 2]);
	}
	free(argv);
	return err;
}
