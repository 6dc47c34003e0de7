/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a file to its end, whatever kind it is of: sizes in /proc are 0, and pipes have none. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/read-text.h"

#define FIRST_ROOM 8192

int read_all(int fd, size_t limit, char **text, size_t *size)
{
	size_t room = 0, used = 0;
	char *buf = NULL, *grown;
	ssize_t n;

	do {
		if (used + 1 >= room) {
			room = room ? 2 * room : FIRST_ROOM;
			grown = realloc(buf, room);
			if (!grown)
				goto fail;
			buf = grown;
		}
		n = read(fd, buf + used, room - used - 1);
		if (n < 0 && errno != EINTR)
			goto fail;
		used += n > 0 ? (size_t)n : 0;
		if (used > limit) {
			errno = EFBIG;
			goto fail;
		}
	} while (n);
	buf[used] = '\0';
	*text = buf;
	*size = used;
	return 0;
fail:
	free(buf);
	return -1;
}

int read_text(const char *path, size_t limit, char **text, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int error = fd < 0 || read_all(fd, limit, text, size) ? errno : 0;

	if (fd >= 0)
		close(fd);
	if (error == ENOMEM)
		return fail_nomem();
	return error ? fail(STATUS_USAGE, "%s: cannot read it: %s", path, strerror(error)) : 0;
}

bool read_first_line(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return n >= 0;
}

int write_setting(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), error;
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));

	error = errno;
	if (fd >= 0)
		close(fd);
	errno = error;
	return n < 0 ? -1 : 0;
}
