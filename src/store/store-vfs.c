/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SQLite's usual files, with two doors shut. A journal may name a "super-journal", which SQLite
 * deletes when it has rolled back: a hostile one next to a result file could so have any file
 * removed. We have none, as that takes several databases. And root uses no journal or log that
 * somebody else has put there.
 *
 * SQLite itself follows no symbolic link where it opens these files.
 */
#include "config.h"
#include "base/safe-path.h"
#include "store/store-priv.h"

static sqlite3_vfs *usual, ours;

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
	int code;

	(void)vfs;
	file->pMethods = NULL;
	if (flags & SQLITE_OPEN_SUPER_JOURNAL)
		return SQLITE_CANTOPEN;
	code = usual->xOpen(usual, name, file, flags, out);
	if (code || !name || !(flags & SQLITE_OPEN_READWRITE) || safe_path_is_safe(name))
		return code;
	file->pMethods->xClose(file);
	file->pMethods = NULL;
	return SQLITE_CANTOPEN;
}

const char *store_vfs(void)
{
	static const char name[] = "exitbench";
	sqlite3_vfs *now = sqlite3_vfs_find(NULL), *next = ours.pNext;
	bool registered = ours.zName;

	if (!now || (registered && now == usual))
		return now ? name : NULL;
	/* The first time, or a test has put another in the usual one's place. */
	usual = now;
	ours = *now;
	ours.zName = name;
	ours.pNext = next;
	ours.xOpen = open_file;
	return !registered && sqlite3_vfs_register(&ours, 0) ? NULL : name;
}
