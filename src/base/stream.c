/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text in and out: files, and the standard streams. */
#include "config.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/safe-path.h"
#include "base/stream.h"

bool is_stream(const char *name)
{
	return !strcmp(name, "-");
}

int check_no_stream(const char *what, const char *name)
{
	return is_stream(name) ? fail(STATUS_USAGE, "-: a %s cannot be a standard stream; give it "
		"a name, or write ./- if that is its name", what) : 0;
}

FILE *stream_open(const char *name)
{
	return is_stream(name) ? stdin : fopen(name, "re");
}

void stream_close(FILE *f)
{
	if (f && f != stdin)
		fclose(f);
}

FILE *stream_create(const char *name)
{
	return !name || is_stream(name) ? stdout : safe_path_create(name);
}

int stream_end(FILE *f, const char *name, int err)
{
	bool file = f != stdout, bad = ferror(f);
	int error = errno;
	struct stat st;

	if (fflush(f) && !bad) {
		bad = true;
		error = errno;
	}
	if (file && fclose(f) && !bad) {
		bad = true;
		error = errno;
	}
	/* What failed for another reason has said so. */
	if (bad && (!err || err == -STATUS_MACHINE))
		err = fail(STATUS_MACHINE, "%s: cannot write it: %s",
			file ? name : "standard output", strerror(error));
	if (err && file && !stat(name, &st) && S_ISREG(st.st_mode))
		unlink(name);
	return err;
}
