/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mappings whose vm_ops->close does something: System V shared memory, and hugetlb pages
 * (which give back their reservation). Those of ordinary files and shmem have none.
 */
#include <sys/ipc.h>
#include <sys/shm.h>
#include "contract/hooks.h"
#include "contract/protocol.h"

enum { SHM, HUGETLB };
enum { ID, AREA };

/* By its key it is known whose it was, should we be killed before it is marked to vanish. */
static long make_segment(const struct context *c)
{
	uint32_t key = SHM_KEY | ((uint32_t)sys_call3(SYS_getpid, 0, 0, 0) & SHM_KEY_PID);
	long id = sys_call3(SYS_shmget, key, c->page_size, IPC_CREAT | IPC_EXCL | 0600);

	/* Somebody else's. */
	return id == -EEXIST ? sys_call3(SYS_shmget, IPC_PRIVATE, c->page_size, 0600) : id;
}

/*
 * The segment is the worker's, and marked to vanish with it (then it has no key any more); the
 * children's attaching and detaching neither makes nor destroys it.
 */
static int setup(struct context *c)
{
	long id = make_segment(c), area;

	if (id < 0)
		return setup_failed(c, "shmget", id);
	area = sys_call3(SYS_shmat, id, 0, 0);
	sys_call3(SYS_shmctl, id, IPC_RMID, 0);
	if (sys_is_error((void *)area))
		return setup_failed(c, "shmat", area);
	c->state[ID] = (uint64_t)id;
	c->state[AREA] = (uint64_t)area;
	area = sys_madvise((void *)area, c->page_size, MADV_DONTFORK);
	return area ? setup_failed(c, "madvise", area) : 0;
}

static void teardown(struct context *c)
{
	if (c->state[AREA])
		sys_call3(SYS_shmdt, c->state[AREA], 0, 0);
}

static void child(struct context *c)
{
	void *p;

	for (int64_t i = 0; i < c->param[SHM]; i++) {
		p = (void *)sys_call3(SYS_shmat, c->state[ID], 0, 0);
		if (sys_is_error(p))
			child_failed(c, "shmat", (long)p);
	}
	/* The kernel makes a huge page of the length. */
	for (int64_t i = 0; i < c->param[HUGETLB]; i++) {
		p = sys_mmap(NULL, c->page_size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
		if (sys_is_error(p))
			child_failed(c, "mmap of a hugetlb page", (long)p);
	}
}

static void holds(const struct context *c, uint64_t *holds)
{
	holds[HOLDS_VMAS] = c->param[SHM] + c->param[HUGETLB];
}

const struct workload close_exit = {
	.name = "close-exit",
	.summary = "System V shared memory attached many times, and hugetlb mappings, untouched",
	.drives = "vm_ops->close: shm_close (the ipc namespace's rwsem), hugetlb_vm_op_close",
	.proof = "mmap:exit_mmap; as many VMAs as it should have",
	.mind = "all cores take the one rwsem of the ipc namespace for write at every close",
	.needs = "System V shared memory; huge pages for hugetlb=",
	.remedy = "for hugetlb=N: sysctl vm.nr_hugepages=N for each core, or more",
	.primary = "exit",
	.params = {
		{ "shm", "attachments of a segment of one page", PARAM_COUNT, 100, 0, 60000 },
		{ "hugetlb", "mappings of one reserved huge page each", PARAM_COUNT, 0, 0, 60000 },
	},
	.setup = setup,
	.child = child,
	.teardown = teardown,
	.holds = holds,
};
