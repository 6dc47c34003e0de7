/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What SQLite says went wrong, as a message with its remedy. */
#include "config.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "base/fail.h"
#include "store/store-priv.h"

bool store_beside(const struct store *s, const char *end, struct stat *st, char path[4096])
{
	int n = snprintf(path, 4096, "%s%s", s->safe_path, end);

	return n < 4096 && !lstat(path, st) && S_ISREG(st->st_mode);
}

static bool has_log(const struct store *s)
{
	char path[4096];
	struct stat st;

	return store_beside(s, "-wal", &st, path) || store_beside(s, "-journal", &st, path);
}

/* What a kill or a power cut left beside the file, only a writer can put into it. */
static int cut_short(const struct store *s)
{
	return fail(STATUS_USAGE, "%s: was being written when that was cut short; somebody who may "
		"write to it and its directory must open it first, with exitbench show", s->path);
}

int store_fail(struct store *s, const char *what)
{
	/* SQLite does not keep that of a commit: whoever may fail in one sets errno to 0 first. */
	int error = sqlite3_system_errno(s->db) ? sqlite3_system_errno(s->db) : errno;
	int code = sqlite3_extended_errcode(s->db);
	const char *remedy = "", *why = "";
	enum status status = STATUS_USAGE;

	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		remedy = "; another run is writing to it: wait for that, or use another file";
		break;
	case SQLITE_FULL:
		remedy = "; free some space, or use another file; what was measured is in it";
		status = STATUS_MACHINE;
		break;
	case SQLITE_IOERR:
		why = error ? strerror(error) : "";
		remedy = error == EDQUOT || error == ENOSPC || error == EFBIG ?
			"; free some space, or use another file; what was measured is in it" :
			"; see dmesg for what the disk says, or use another file";
		status = STATUS_MACHINE;
		break;
	case SQLITE_CORRUPT:
		remedy = "; 'sqlite3 FILE .recover' may save the rest";
		break;
	case SQLITE_CANTOPEN:
		if (has_log(s))
			return cut_short(s);
		return fail(status, "%s: cannot %s: %s", s->path, what,
			strerror(sqlite3_system_errno(s->db)));
	case SQLITE_READONLY:
		if (code == SQLITE_READONLY_DBMOVED)
			return fail(STATUS_MACHINE, "%s: was removed or replaced while it was written", s->path);
		if (code == SQLITE_READONLY_ROLLBACK || code == SQLITE_READONLY_RECOVERY ||
			code == SQLITE_READONLY_CANTINIT)
			return cut_short(s);
		remedy = "; make it writable, or use another file";
		break;
	}
	return fail(status, "%s: cannot %s: %s%s%s%s", s->path, what, sqlite3_errmsg(s->db),
		*why ? ": " : "", why, remedy);
}
