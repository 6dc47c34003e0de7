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

/* stdio keeps no reason of a write that failed: another one, into what is lost, has it again. */
static int why_lost(FILE *f)
{
	errno = 0;
	if (fputc('\n', f) != EOF)
		fflush(f);
	return errno ? errno : EIO;
}

int stream_end(FILE *f, const char *name, int err)
{
	bool file = f != stdout;
	int lost = ferror(f) ? why_lost(f) : 0;
	struct stat st;

	if (fflush(f) && !lost)
		lost = errno;
	if (file && fclose(f) && !lost)
		lost = errno;
	/* What failed for another reason has said so. */
	if (lost && (err >= 0 || err == -STATUS_MACHINE))
		err = file ? fail(STATUS_MACHINE, "%s: cannot write it: %s", name, strerror(lost)) :
			fail(STATUS_MACHINE, "cannot write the output: %s", strerror(lost));
	if (err < 0 && file && !stat(name, &st) && S_ISREG(st.st_mode))
		unlink(name);
	return err;
}
