/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs that the lab runs: in a process group of their own, with an environment that
 * the user's does not change, gone when we are. Functions return 0, or negative after fail().
 */
#ifndef EXITBENCH_TOOL_H
#define EXITBENCH_TOOL_H

#include <stddef.h>
#include <stdio.h>

#define HASH_HEX 65		/* 64 digits and a 0 */

struct tool {
	const char *const *argv;	/* argv[0] is looked for in PATH */
	const char *dir;		/* to work in; NULL: here */
	FILE *log;			/* gets all that it prints; may be NULL */
	/* Called with each line it prints on stdout or stderr, without the newline. */
	void (*line)(void *arg, const char *line);
	/* Called a few times a second while it runs. */
	void (*tick)(void *arg);
	void *arg;
};

/*
 * Runs it to its end. *status is its exit status, 128 and more if a signal killed it.
 * -STATUS_INTERRUPTED when we were (see signals.h): then all of it has ended, too.
 */
int tool_run(const struct tool *t, int *status);

/* The first line that ARGV prints; *line is malloc'ed. Fails if it prints none. */
int tool_first_line(const char *const *argv, char **line);

/* -STATUS_MACHINE with an apt-get command unless NAME is in PATH. */
int tool_need(const char *name, const char *package, const char *why);

/* SHA-256, by sha256sum(1). */
struct hash {
	FILE *to;
	int from;
	int pid;
};

int hash_start(struct hash *h);
void hash_add(struct hash *h, const void *data, size_t size);
/* Text with its 0, so that "a" "bc" is not "ab" "c". */
void hash_text(struct hash *h, const char *text);
/* Adds a file's contents. */
int hash_file(struct hash *h, const char *path);
/* Ends it in any case. HEX may be NULL to give up. */
int hash_finish(struct hash *h, char *hex);

#endif
