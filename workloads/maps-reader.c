/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Touched pages, as touch-exit, while others read the child's /proc/PID/maps or smaps. A
 * reader holds the address space while it reads; if it lets go last, it tears it down.
 */
#include <fcntl.h>
#include "contract/hooks.h"
#include "contract/memory.h"

enum { PAGES, VMAS, READERS, SMAPS };
enum { CHILD, READING };

#define UNREADABLE (1U << 16)	/* for READING: above all numbers of readers */

/* In a pid namespace with the /proc of another, the numbers are those of others. */
static int proc_is_ours(void)
{
	char text[24];
	long n = sys_call6(SYS_readlinkat, AT_FDCWD, (long)"/proc/self", (long)text, sizeof(text), 0, 0);
	long pid = 0;

	for (long i = 0; i < n && text[i] >= '0' && text[i] <= '9'; i++)
		pid = 10 * pid + text[i] - '0';
	return pid == sys_call3(SYS_getpid, 0, 0, 0);
}

static int setup(struct context *c)
{
	if (!proc_is_ours())
		return setup_refused(c, "/proc is not mounted, or not that of this pid namespace");
	c->helpers = (uint32_t)c->param[READERS];
	return 0;
}

/* "/proc/PID/smaps" */
static void helper_path(char *path, uint64_t pid, int smaps)
{
	char digits[24];
	int n = 0;

	for (const char *s = "/proc/"; *s; s++)
		*path++ = *s;
	do {
		digits[n++] = (char)('0' + pid % 10);
		pid /= 10;
	} while (pid);
	while (n)
		*path++ = digits[--n];
	for (const char *s = smaps ? "/smaps" : "/maps"; *s; s++)
		*path++ = *s;
	*path = '\0';
}

/* Reads again and again, until there is nothing left to be read. */
static void helper_read(struct context *c, uint64_t pid)
{
	char buf[4096], path[64];
	int counted = 0;
	long fd, n = 0;

	helper_path(path, pid, (int)c->param[SMAPS]);
	fd = sys_call6(SYS_openat, AT_FDCWD, (long)path, O_RDONLY, 0, 0, 0);
	while (fd >= 0) {
		uint64_t total = 0;

		while ((n = sys_call3(SYS_read, fd, buf, sizeof(buf))) > 0)
			total += (uint64_t)n;
		if (!total || n < 0)
			break;
		if (!counted++)
			__atomic_add_fetch(&c->state[READING], 1, __ATOMIC_ACQ_REL);
		sys_call3(SYS_lseek, fd, 0, 0);
	}
	if (fd >= 0)
		sys_call3(SYS_close, fd, 0, 0);
	/* The child waits for a first reading. */
	if (!counted) {
		c->error = fd < 0 ? -fd : -n;
		tell(&c->state[READING], UNREADABLE);
	}
}

static void helper(struct context *c, unsigned int which)
{
	uint64_t last = __atomic_load_n(&c->state[CHILD], __ATOMIC_ACQUIRE), pid;
	unsigned int spins = 0;

	(void)which;
	for (;;) {
		pid = __atomic_load_n(&c->state[CHILD], __ATOMIC_ACQUIRE);
		if (pid != last) {
			helper_read(c, pid);
			spins = 0;
		}
		last = pid;
		wait_a_bit(&spins);
	}
}

/* Dies only when all readers are at it: at some point of their reading. */
static void child(struct context *c)
{
	uint64_t vmas = c->param[VMAS], each = (c->param[PAGES] + vmas - 1) / vmas;
	unsigned int spins = 0;
	void *area = memory_vmas(vmas, each * c->page_size, PROT_READ | PROT_WRITE);

	if (sys_is_error(area))
		child_failed(c, "mmap of its pages", (long)area);
	memory_touch(area, c->param[PAGES], c->page_size);
	tell(&c->state[READING], 0);
	tell(&c->state[CHILD], (uint64_t)sys_call3(SYS_getpid, 0, 0, 0));
	while (__atomic_load_n(&c->state[READING], __ATOMIC_ACQUIRE) < (uint64_t)c->param[READERS])
		wait_a_bit(&spins);
	if (c->state[READING] >= UNREADABLE)
		child_failed(c, "reading its /proc/PID/smaps", -c->error);
}

static void holds(const struct context *c, uint64_t *holds)
{
	holds[HOLDS_VMAS] = c->param[VMAS];
	holds[HOLDS_ANON] = c->param[PAGES] * c->page_size;
	holds[HOLDS_TABLES] = c->param[PAGES] * 8;
}

const struct workload maps_reader = {
	.name = "maps-reader",
	.summary = "touched pages while others read the child's /proc/PID/smaps",
	.drives = "mm_users pinned by readers: the last mmput, and exit_mmap, may be in a reader",
	.proof = "mmap:exit_mmap, and the process that it ran in",
	.mind = "where a reader tears down, exit is short and no speed-up: see teardown and the "
		"readers' share in a traced run",
	.needs = "another CPU, /proc",
	.primary = "exit",
	.shows = SHOWS_OTHER,
	.other_cpus = 1,
	.params = {
		{ "pages", "pages that the child touches", PARAM_COUNT, 200, 1, 1 << 24 },
		{ "vmas", "VMAs that they are spread over", PARAM_COUNT, 1, 1, 60000 },
		{ "readers", "how many read, over the other CPUs in turn", PARAM_COUNT, 1, 1,
			WORKLOAD_CPUS },
		{ "smaps", "they read smaps; 0: maps", PARAM_FLAG, 1, 0, 1 },
	},
	.setup = setup,
	.helper = helper,
	.child = child,
	.holds = holds,
};
