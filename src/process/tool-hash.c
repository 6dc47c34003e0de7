/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHA-256 through sha256sum(1): every Debian has it, and we hash no more than files. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "base/fail.h"
#include "process/tool-priv.h"
#include "process/tool.h"

int hash_start(struct hash *h)
{
	static const char *const argv[] = { "sha256sum", "-", NULL };
	int to[2], from[2], err;
	pid_t pid;

	*h = (struct hash){ .from = -1 };
	if (pipe2(to, O_CLOEXEC))
		return fail(STATUS_MACHINE, "cannot make a pipe: %s", strerror(errno));
	if (pipe2(from, O_CLOEXEC)) {
		close(to[0]);
		close(to[1]);
		return fail(STATUS_MACHINE, "cannot make a pipe: %s", strerror(errno));
	}
	fcntl(to[1], F_SETPIPE_SZ, 1 << 20);
	err = tool_spawn(argv, NULL, to[0], from[1], &pid);
	close(to[0]);
	close(from[1]);
	h->from = from[0];
	h->pid = err ? 0 : pid;
	h->to = err ? NULL : fdopen(to[1], "w");
	if (!h->to)
		close(to[1]);
	if (!err && !h->to)
		err = fail_nomem();
	if (err)
		hash_finish(h, NULL);
	return err;
}

void hash_add(struct hash *h, const void *data, size_t size)
{
	fwrite(data, 1, size, h->to);
}

void hash_text(struct hash *h, const char *text)
{
	hash_add(h, text, strlen(text) + 1);
}

int hash_file(struct hash *h, const char *path)
{
	static char buf[1 << 16];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	while (fd >= 0 && (n = read(fd, buf, sizeof(buf))) > 0)
		hash_add(h, buf, n);
	if (n < 0)
		fail(STATUS_USAGE, "%s: cannot read it: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return n < 0 ? -STATUS_USAGE : 0;
}

int hash_finish(struct hash *h, char *hex)
{
	char text[HASH_HEX] = "";
	ssize_t n, at = 0;
	int status = 1;
	bool written = h->to && !ferror(h->to);

	if (h->to && fclose(h->to))
		written = false;
	while (h->from >= 0 && at < HASH_HEX - 1) {
		n = read(h->from, text + at, HASH_HEX - 1 - at);
		if (n <= 0 && !(n < 0 && errno == EINTR))
			break;
		at += n > 0 ? n : 0;
	}
	if (h->from >= 0)
		close(h->from);
	if (h->pid > 0)
		status = tool_reap(h->pid);
	*h = (struct hash){ .from = -1 };
	if (!hex)
		return 0;
	if (!written || status || at != HASH_HEX - 1 || strspn(text, "0123456789abcdef") < 64)
		return fail(STATUS_MACHINE, "sha256sum fails; coreutils has it");
	memcpy(hex, text, HASH_HEX - 1);
	hex[HASH_HEX - 1] = '\0';
	return 0;
}
