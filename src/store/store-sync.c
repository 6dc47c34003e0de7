/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was written is on the disk; and what to do where the file is gone. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/fail.h"
#include "store/store-priv.h"

#define MOST_RESCUED 9		/* files of that name */

/* The log is enough: who opens the file next replays it. */
static int sync_log(struct store *s)
{
	sqlite3_file *log = NULL;

	if (sqlite3_file_control(s->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) || !log ||
		!log->pMethods)
		return 0;
	return log->pMethods->xSync(log, SQLITE_SYNC_NORMAL) ? fail(STATUS_MACHINE,
		"%s: cannot write its log to the disk: %s; see dmesg for what the disk says, or use "
		"another file", s->path, strerror(errno)) : 0;
}

int store_sync(struct store *s)
{
	int frames = 0, done = 0, code;
	int err = store_check_moved(s);

	if (err)
		return err;
	errno = 0;
	code = sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &frames, &done);
	/* Another process checkpoints, or reads what cannot be put into the file yet. */
	if (code == SQLITE_BUSY || (code == SQLITE_OK && done < frames))
		return sync_log(s);
	return code == SQLITE_OK ? 0 : store_fail(s, "write it to the disk");
}

/* An empty file beside the one that is gone, not there before. */
static char *make_rescue(const struct store *s)
{
	char *path = NULL;
	int fd = -1;

	for (int i = 1; i <= MOST_RESCUED && fd < 0; i++) {
		free(path);
		if (asprintf(&path, "%s.rescued-%d", s->safe_path, i) < 0)
			return NULL;
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	}
	if (fd < 0) {
		free(path);
		return NULL;
	}
	close(fd);
	return path;
}

bool store_moved(struct store *s)
{
	int moved = 0;

	sqlite3_file_control(s->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
	return moved;
}

int store_check_moved(struct store *s)
{
	if (!s->rescue && !store_moved(s))
		return 0;
	/* Nothing to rescue of a file without a run. */
	if (!s->rescue && !s->created)
		s->rescue = make_rescue(s);
	return fail(STATUS_MACHINE, "%s: was removed or replaced while it was written%s%s", s->path,
		s->rescue ? "; what was measured is in " : "", s->rescue ? s->rescue : "");
}

void store_rescue(struct store *s)
{
	char *sql = s->rescue ? sqlite3_mprintf("VACUUM INTO %Q", s->rescue) : NULL;

	if (sql && sqlite3_exec(s->db, sql, NULL, NULL, NULL)) {
		warn("%s: cannot be written: %s", s->rescue, sqlite3_errmsg(s->db));
		unlink(s->rescue);
	}
	sqlite3_free(sql);
}

void store_remember_log(struct store *s)
{
	char path[4096];
	struct stat st;

	if (store_beside(s, "-wal", &st, path))
		s->log = st.st_ino;
	if (store_beside(s, "-shm", &st, path))
		s->log_index = st.st_ino;
}

/* SQLite leaves them, and would take them for those of the file that is there now. */
void store_remove_log(struct store *s)
{
	char path[4096];
	struct stat st;

	if (store_beside(s, "-wal", &st, path) && st.st_ino == s->log)
		unlink(path);
	if (store_beside(s, "-shm", &st, path) && st.st_ino == s->log_index)
		unlink(path);
}
