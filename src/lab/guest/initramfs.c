/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The archive that a guest starts from: init and the worker, in cpio's format, in memory. */
#include "config.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/fail.h"
#include "lab/guest/initramfs.h"

extern const char guest_init_image[], guest_init_image_end[];
extern const char worker_image[], worker_image_end[];

struct archive {
	FILE *f;
	unsigned int inode;
};

struct entry {
	const char *name;
	unsigned int mode, major, minor;	/* of the device that it is */
	const void *data;
	size_t size;
};

static void pad(struct archive *a)
{
	static const char zeros[4];

	fwrite(zeros, 1, (size_t)(-ftell(a->f) & 3), a->f);
}

static void add(struct archive *a, const struct entry *e)
{
	unsigned int links = S_ISDIR(e->mode) ? 2 : 1;

	/* inode, mode, uid, gid, links, mtime, size, device, device it is, name, check sum */
	fprintf(a->f, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", ++a->inode,
		e->mode, 0, 0, links, 0, (unsigned int)e->size, 0, 0, e->major, e->minor,
		(unsigned int)strlen(e->name) + 1, 0);
	fwrite(e->name, 1, strlen(e->name) + 1, a->f);
	pad(a);
	if (e->size)
		fwrite(e->data, 1, e->size, a->f);
	pad(a);
}

size_t guest_plan_size(uint64_t n)
{
	return sizeof(struct guest_plan) + n * sizeof(struct guest_job);
}

static void add_all(struct archive *a, const struct guest_plan *plan)
{
	const struct entry entries[] = {
		{ .name = "dev", .mode = S_IFDIR | 0755 },
		{ .name = "proc", .mode = S_IFDIR | 0755 },
		{ .name = "sys", .mode = S_IFDIR | 0755 },
		{ .name = "tmp", .mode = S_IFDIR | 0755 },
		{ .name = "dev/console", .mode = S_IFCHR | 0600, .major = 5, .minor = 1 },
		{ .name = "init", .mode = S_IFREG | 0755, .data = guest_init_image,
			.size = (size_t)(guest_init_image_end - guest_init_image) },
		{ .name = &GUEST_WORKER_FILE[1], .mode = S_IFREG | 0755, .data = worker_image,
			.size = (size_t)(worker_image_end - worker_image) },
		{ .name = &GUEST_PLAN_FILE[1], .mode = S_IFREG | 0444, .data = plan,
			.size = guest_plan_size(plan->ncells) },
		{ .name = "TRAILER!!!" },
	};

	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		add(a, &entries[i]);
}

int initramfs_make(const struct guest_plan *plan, int *fd)
{
	struct archive a = { 0 };
	bool bad;

	*fd = memfd_create("exitbench-initramfs", MFD_CLOEXEC);
	if (*fd < 0)
		return fail(STATUS_MACHINE, "memfd_create for the initramfs: %s", strerror(errno));
	a.f = fdopen(dup(*fd), "w");
	if (!a.f)
		return fail_nomem();
	add_all(&a, plan);
	bad = ferror(a.f);
	if (fclose(a.f) || bad)
		return fail(STATUS_MACHINE, "cannot write the initramfs: %s", strerror(errno));
	return 0;
}
