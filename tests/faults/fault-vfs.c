/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disk that forgets what was not synced, and the calls that fail: see fault-vfs.h. */
#include "config.h"
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "analysis/statistics/splitmix.h"
#include "tests/faults/fault-vfs.h"

#define FILES 8
#define SECTOR 512

enum change { WRITE, CUT, SYNC, REMOVE };

struct entry {
	enum change what;
	int file;
	int64_t at;		/* offset, or the new size */
	size_t size;
	uint8_t *data;
};

static sqlite3_vfs *real;
static sqlite3_vfs ours;
static struct {
	long n, at;
	int error;
	bool forever, happened;
} fault;
static struct {
	bool on;
	struct entry *v;
	long n, room;
	char *name[FILES];	/* without directory */
	int files;
} power;

struct file {
	sqlite3_file base;
	int number;		/* of those that are kept; -1: not kept */
	sqlite3_file *real;
};

/* Is this the call that fails? */
static bool fails(void)
{
	fault.n++;
	if (!fault.at || fault.n < fault.at || (fault.n > fault.at && !fault.forever))
		return false;
	fault.happened = true;
	errno = fault.error;
	return true;
}

void fault_at(long n, int error, bool forever)
{
	memset(&fault, 0, sizeof(fault));
	fault.at = n;
	fault.error = error;
	fault.forever = forever;
}

long fault_calls(void)
{
	return fault.n;
}

bool fault_happened(void)
{
	return fault.happened;
}

static void keep(enum change what, int file, int64_t at, const void *data, size_t size)
{
	struct entry *e;

	if (!power.on || file < 0)
		return;
	if (power.n == power.room) {
		power.room = power.room ? 2 * power.room : 256;
		power.v = reallocarray(power.v, power.room, sizeof(*power.v));
		if (!power.v)
			abort();
	}
	e = &power.v[power.n++];
	*e = (struct entry){ what, file, at, size, NULL };
	if (!size)
		return;
	e->data = malloc(size);
	if (!e->data)
		abort();
	memcpy(e->data, data, size);
}

static int number_of(const char *path)
{
	const char *name = path && strrchr(path, '/') ? strrchr(path, '/') + 1 : path;

	if (!name || !power.on)
		return -1;
	for (int i = 0; i < power.files; i++)
		if (!strcmp(power.name[i], name))
			return i;
	if (power.files == FILES)
		abort();
	power.name[power.files] = strdup(name);
	return power.files++;
}

#define REAL(f) (((struct file *)(f))->real)
#define CALL(f, method, ...) REAL(f)->pMethods->method(REAL(f), ##__VA_ARGS__)

static int on_close(sqlite3_file *f)
{
	int code = CALL(f, xClose);

	sqlite3_free(REAL(f));
	return code;
}

static int on_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	return CALL(f, xRead, p, n, at);
}

static int on_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	int code;

	if (fails())
		return fault.error == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE;
	code = CALL(f, xWrite, p, n, at);
	if (!code)
		keep(WRITE, ((struct file *)f)->number, at, p, (size_t)n);
	return code;
}

static int on_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	int code;

	if (fails())
		return SQLITE_IOERR_TRUNCATE;
	code = CALL(f, xTruncate, size);
	if (!code)
		keep(CUT, ((struct file *)f)->number, size, NULL, 0);
	return code;
}

static int on_sync(sqlite3_file *f, int flags)
{
	(void)flags;
	if (fails())
		return SQLITE_IOERR_FSYNC;
	/* The real one would only take time. */
	keep(SYNC, ((struct file *)f)->number, 0, NULL, 0);
	return SQLITE_OK;
}

static int on_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return CALL(f, xFileSize, size);
}

static int on_lock(sqlite3_file *f, int lock)
{
	return CALL(f, xLock, lock);
}

static int on_unlock(sqlite3_file *f, int lock)
{
	return CALL(f, xUnlock, lock);
}

static int on_check_lock(sqlite3_file *f, int *out)
{
	return CALL(f, xCheckReservedLock, out);
}

static int on_control(sqlite3_file *f, int op, void *arg)
{
	return CALL(f, xFileControl, op, arg);
}

static int on_sector(sqlite3_file *f)
{
	return CALL(f, xSectorSize);
}

static int on_device(sqlite3_file *f)
{
	return CALL(f, xDeviceCharacteristics);
}

static int on_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **p)
{
	if (extend && fails())
		return SQLITE_IOERR_SHMSIZE;
	return CALL(f, xShmMap, page, size, extend, p);
}

static int on_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	return CALL(f, xShmLock, offset, n, flags);
}

static void on_shm_barrier(sqlite3_file *f)
{
	CALL(f, xShmBarrier);
}

static int on_shm_unmap(sqlite3_file *f, int remove)
{
	return CALL(f, xShmUnmap, remove);
}

static const sqlite3_io_methods methods = {
	2, on_close, on_read, on_write, on_truncate, on_sync, on_size, on_lock, on_unlock,
	on_check_lock, on_control, on_sector, on_device, on_shm_map, on_shm_lock, on_shm_barrier,
	on_shm_unmap, NULL, NULL,
};

static int on_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *out)
{
	struct file *file = (struct file *)f;
	int code;

	(void)vfs;
	memset(file, 0, sizeof(*file));
	if (fails())
		return SQLITE_CANTOPEN;
	file->real = sqlite3_malloc(real->szOsFile);
	if (!file->real)
		return SQLITE_NOMEM;
	memset(file->real, 0, real->szOsFile);
	code = real->xOpen(real, path, file->real, flags, out);
	file->number = number_of(path);
	if (code) {
		sqlite3_free(file->real);
		return code;
	}
	file->base.pMethods = &methods;
	return SQLITE_OK;
}

static int on_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
	int code;

	(void)vfs;
	if (fails())
		return SQLITE_IOERR_DELETE;
	code = real->xDelete(real, path, 0);
	if (!code) {
		keep(REMOVE, number_of(path), 0, NULL, 0);
		if (sync)
			keep(SYNC, number_of(path), 0, NULL, 0);
	}
	return code;
}

static int on_last_error(sqlite3_vfs *vfs, int n, char *buf)
{
	return fault.happened ? fault.error : real->xGetLastError(vfs, n, buf);
}

void fault_install(void)
{
	real = sqlite3_vfs_find(NULL);
	ours = *real;
	ours.zName = "fault";
	ours.szOsFile = sizeof(struct file);
	ours.xOpen = on_open;
	ours.xDelete = on_delete;
	ours.xGetLastError = on_last_error;
	ours.pNext = NULL;
	fault_at(0, 0, false);
	sqlite3_vfs_register(&ours, 1);
}

void fault_remove(void)
{
	sqlite3_vfs_unregister(&ours);
	sqlite3_vfs_register(real, 1);
}

void power_start(void)
{
	power_end();
	power.on = true;
}

long power_changes(void)
{
	return power.n;
}

void power_end(void)
{
	for (long i = 0; i < power.n; i++)
		free(power.v[i].data);
	for (int i = 0; i < power.files; i++)
		free(power.name[i]);
	free(power.v);
	memset(&power, 0, sizeof(power));
}

/* What the disk has of a file. */
struct image {
	uint8_t *data;
	int64_t size;
	bool there;
};

static uint64_t random_state;

static unsigned int chance(unsigned int n)
{
	return (unsigned int)(splitmix_next(&random_state) >> 33) % n;
}

static void resize(struct image *f, int64_t size)
{
	f->data = realloc(f->data, size + 1);
	if (!f->data)
		abort();
	if (size > f->size)
		memset(f->data + f->size, 0, size - f->size);
	f->size = size;
	f->there = true;
}

static void apply(struct image *f, const struct entry *e, bool torn)
{
	int64_t end = e->at + (int64_t)e->size;

	if (e->what == REMOVE) {
		f->there = false;
		f->size = 0;
	}
	if (e->what == CUT)
		resize(f, e->at);
	if (e->what != WRITE)
		return;
	if (end > f->size)
		resize(f, end);
	for (int64_t at = e->at, n; at < end; at += n) {
		n = SECTOR - at % SECTOR;
		n = n < end - at ? n : end - at;
		if (!torn || chance(2))
			memcpy(f->data + at, e->data + (at - e->at), n);
		else if (!chance(4))	/* power went while the sector was written */
			memset(f->data + at, (int)chance(256), n);
	}
}

static void write_image(const struct image *f, const char *directory, const char *name)
{
	char path[4096];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	remove(path);
	if (!f->there)
		return;
	out = fopen(path, "we");
	if (!out || fwrite(f->data, 1, f->size, out) != (size_t)f->size || fclose(out))
		abort();
}

/* Does change I of its file get to the disk although nothing waited for it, or because? */
static bool synced(long i, long at)
{
	for (long k = i + 1; k < at; k++)
		if (power.v[k].file == power.v[i].file && power.v[k].what == SYNC)
			return true;
	return false;
}

void power_cut(long at, enum power_cut how, uint64_t seed, const char *to)
{
	struct image files[FILES] = { 0 };

	random_state = seed;
	for (long i = 0; i < at; i++) {
		struct entry *e = &power.v[i];
		bool safe = synced(i, at);

		if (safe || how == POWER_ALL)
			apply(&files[e->file], e, false);
		else if (how == POWER_TORN && chance(3))
			apply(&files[e->file], e, chance(2));
	}
	for (int i = 0; i < power.files; i++) {
		write_image(&files[i], to, power.name[i]);
		free(files[i].data);
	}
}
