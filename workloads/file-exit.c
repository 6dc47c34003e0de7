/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many mappings of a file that the child opened itself: taking each from the file's tree
 * of mappings, and the last reference to each open file.
 */
#include <fcntl.h>
#include "contract/hooks.h"

enum { MAPS, FILES, TOUCH };

/* The worker's own executable: the one file that is surely there, and no other worker's. */
static const char path[] = "/proc/self/exe";

static void map(struct context *c, long fd)
{
	volatile char *p = sys_mmap(NULL, c->page_size, PROT_READ, MAP_PRIVATE, (int)fd, 0);

	/* All at offset 0: neighbours that do not merge. */
	if (sys_is_error((const void *)p))
		child_failed(c, "mmap of the file", (long)p);
	if (c->param[TOUCH])
		(void)*p;
}

static void child(struct context *c)
{
	int64_t maps = c->param[MAPS], files = c->param[FILES];

	for (int64_t file = 0; file < files; file++) {
		long fd = sys_call6(SYS_openat, AT_FDCWD, (long)path, O_RDONLY, 0, 0, 0);

		if (fd < 0)
			child_failed(c, "open of /proc/self/exe", fd);
		for (int64_t i = file; i < maps; i += files)
			map(c, fd);
		sys_call3(SYS_close, fd, 0, 0);
	}
}

static void holds(const struct context *c, uint64_t *holds)
{
	holds[HOLDS_VMAS] = c->param[MAPS];
	holds[HOLDS_MAPPED] = c->param[TOUCH] ? c->param[MAPS] * c->page_size : 0;
}

const struct workload file_exit = {
	.name = "file-exit",
	.summary = "many mappings of a file that the child opened",
	.drives = "unlink_file_vma (i_mmap_rwsem), fput of each mapping, the last fput of each file",
	.proof = "mmap:exit_mmap; as many VMAs as it should have",
	.mind = "the last fput runs as task work after exit_files: in exit, but not in exit_mmap",
	.needs = "/proc",
	.primary = "exit",
	.main = 5,
	.params = {
		{ "maps", "mappings of a page each", PARAM_COUNT, 100, 1, 60000 },
		{ "files", "times that the file is opened; the mappings take turns", PARAM_COUNT, 1,
			1, 60000 },
		{ "touch", "the child reads each mapping: a mapped page each", PARAM_FLAG, 0, 0, 1 },
	},
	.child = child,
	.holds = holds,
};
