/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest's console said, when it failed or its kernel complained. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>
#include "base/clean-text.h"
#include "base/fail.h"
#include "base/text-of.h"
#include "lab/qemu/qemu-priv.h"

#define LINES 12
#define TAIL 4096

/* The last bytes of FD as text; malloc'ed. */
static char *tail(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END), from = end > TAIL ? end - TAIL : 0;
	char *text = malloc(TAIL + 1);
	ssize_t n = text ? pread(fd, text, TAIL, from) : -1;

	if (n < 0) {
		free(text);
		return NULL;
	}
	text[n] = '\0';
	return text;
}

/* The last LINES of TEXT. */
static void show(const char *of, char *text)
{
	char *from = text + strlen(text);
	int lines = 0;

	while (from > text && lines <= LINES)
		if (*--from == '\n')
			lines++;
	if (from > text)
		from++;
	for (char *line; (line = strsep(&from, "\r\n"));) {
		if (!*line)
			continue;
		fprintf(stderr, "%s| ", of);
		text_put(line, TEXT_LINE, stderr);
		fputc('\n', stderr);
	}
}

static bool copy_all(int from, int to)
{
	off_t at = 0;
	ssize_t n;

	while ((n = sendfile(to, from, &at, 1 << 30)) > 0)
		;
	return !n;
}

/* PREFIX-NAME.console, or NULL when it could not be kept; malloc'ed. */
static char *keep_console(const struct qemu *m)
{
	char *path = m->o.keep_console ?
		text_of("%s-%s.console", m->o.keep_console, m->o.name) : NULL;
	int fd;

	if (!path)
		return NULL;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0 || !copy_all(m->console, fd)) {
		warn("%s: cannot keep the console: %s", path, strerror(errno));
		free(path);
		path = NULL;
	}
	if (fd >= 0)
		close(fd);
	return path;
}

/* What a kernel prints that found a fault in itself. */
static const char *const complaints[] = { "WARNING: CPU: ", "BUG: ", "kernel BUG at ", "Oops: ",
	"general protection fault", "INFO: rcu", "INFO: task ", "Kernel panic - ", NULL };

static bool is_complaint(const char *line)
{
	for (const char *const *c = complaints; *c; c++)
		if (strstr(line, *c))
			return true;
	return false;
}

/* "[    1.234567] WARNING: ..." without the time. */
static const char *without_time(const char *line)
{
	const char *end = *line == '[' ? strchr(line, ']') : NULL;

	return end ? end + 1 + (end[1] == ' ') : line;
}

void qemu_look_for_complaints(const struct qemu *m)
{
	char *line = NULL, *first = NULL, *path;
	size_t room = 0;
	int more = 0, fd = dup(m->console);
	FILE *f = fd >= 0 ? fdopen(fd, "r") : NULL;

	if (!f) {
		if (fd >= 0)
			close(fd);
		return;
	}
	rewind(f);
	while (getline(&line, &room, f) > 0)
		if (is_complaint(line)) {
			line[strcspn(line, "\r\n")] = '\0';
			more += !!first;
			if (!first)
				first = strdup(without_time(line));
		}
	fclose(f);
	free(line);
	if (!first)
		return;
	path = keep_console(m);
	warn("the kernel of %s complained %d time%s, and what it did then is counted, too: \"%.160s\"%s%s",
		m->o.name, more + 1, more ? "s" : "", first, path ? "; its console is in " : "",
		path ? path : "");
	free(path);
	free(first);
}

/* The line that QEMU complained in, for a message. */
static void first_line(const char *errors, char *buf, size_t size)
{
	const char *from = errors ? errors : "";
	const char *colon = strstr(from, ": ");

	if (colon && !strncmp(from, "qemu", 4))
		from = colon + 2;
	snprintf(buf, size, "%.*s", (int)strcspn(from, "\r\n"), from);
}

/* Without a word on its console: it is QEMU's doing, or not a kernel for this machine. */
static void fail_silent(const struct qemu *m, const char *what, const char *errors)
{
	char why[256];

	first_line(errors, why, sizeof(why));
	if (*why)
		fail(STATUS_MACHINE, "the guest of %s %s: QEMU: %s", m->o.name, what, why);
	else
		fail(STATUS_MACHINE, "the guest of %s %s and printed nothing: %s is no x86-64 "
			"kernel with CONFIG_SERIAL_8250_CONSOLE? --machine pc may help",
			m->o.name, what, m->o.kernel);
}

int qemu_failed(struct qemu *m, const char *what)
{
	char *console = tail(m->console), *errors = tail(m->errors), *path = NULL;
	const char *panic = console ? strstr(console, "Kernel panic - ") : NULL;
	int len = panic ? (int)strcspn(panic, "\r\n") : 0;

	if (!console || !*console) {
		fail_silent(m, what, errors);
	} else {
		path = keep_console(m);
		fail(STATUS_MACHINE, "the guest of %s %s%s%.*s%s%s", m->o.name, what,
			panic ? ": " : "", len < 160 ? len : 160, panic ? panic : "",
			path ? "; its console is in " : "", path ? path : "");
		if (!m->o.silent)
			show(m->o.name, console);
	}
	free(console);
	free(errors);
	free(path);
	return -STATUS_MACHINE;
}
