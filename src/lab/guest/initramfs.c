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

/* The path is from the build's top. */
__asm__(".section .rodata\n"
	".balign 16\n"
	"guest_init_image:\n"
	".incbin \"src/lab/guest/guest-init\"\n"
	"guest_init_image_end:\n"
	".byte 0\n"
	".previous\n");

extern const char worker_image[], worker_image_end[];

struct entry {
	const char *name;
	unsigned int mode, major, minor;	/* of the device that it is */
	const void *data;
	size_t size;
};

static void pad(FILE *f)
{
	static const char zeros[4];

	fwrite(zeros, 1, (size_t)(-ftell(f) & 3), f);
}

static void add(FILE *f, unsigned int inode, const struct entry *e)
{
	unsigned int links = S_ISDIR(e->mode) ? 2 : 1;

	/* inode, mode, uid, gid, links, mtime, size, device, device it is, name, check sum */
	fprintf(f, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", inode, e->mode, 0,
		0, links, 0, (unsigned int)e->size, 0, 0, e->major, e->minor,
		(unsigned int)strlen(e->name) + 1, 0);
	fwrite(e->name, 1, strlen(e->name) + 1, f);
	pad(f);
	if (e->size)
		fwrite(e->data, 1, e->size, f);
	pad(f);
}

size_t guest_plan_size(uint64_t n)
{
	return sizeof(struct guest_plan) + n * sizeof(struct guest_job);
}

static void add_all(FILE *f, const struct guest_plan *plan)
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

	for (unsigned int i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		add(f, i + 1, &entries[i]);
}

int initramfs_make(const struct guest_plan *plan, int *fd)
{
	FILE *f;
	bool bad;

	*fd = memfd_create("exitbench-initramfs", MFD_CLOEXEC);
	if (*fd < 0)
		return fail(STATUS_MACHINE, "memfd_create for the initramfs: %s", strerror(errno));
	f = fdopen(dup(*fd), "w");
	if (!f)
		return fail_nomem();
	add_all(f, plan);
	bad = ferror(f);
	if (fclose(f) || bad)
		return fail(STATUS_MACHINE, "cannot write the initramfs: %s", strerror(errno));
	return 0;
}
