/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The worker: the process that forks. It sheds all of its address space but its image
 * (one read-only segment), so that a child has next to nothing to copy and tear down;
 * what it writes itself lies in areas that fork does not copy.
 */
#include <linux/auxvec.h>
#include <sys/resource.h>
#include "contract/protocol.h"
#include "contract/sys.h"
#include "worker/worker.h"

/* Next to the image, so that a child reaches it through the same page table page. */
#define CHILD_AREA ((char *)0x480000)
#define CHILD_AREA_SIZE (256UL << 10)	/* its stack, and below it those of the helpers */
/* The worker's own areas; everything above SHED is unmapped. */
#define GROUP_AREA ((void *)0x10000000)
#define OWN_AREA ((void *)0x11000000)
#define SHED 0x40000000UL

/* Sums the context switches of the worker and of its children so far. */
static void count_switches(uint64_t *voluntary, uint64_t *involuntary)
{
	struct rusage own = { 0 }, children = { 0 };

	sys_call3(SYS_getrusage, RUSAGE_SELF, &own, 0);
	sys_call3(SYS_getrusage, RUSAGE_CHILDREN, &children, 0);
	*voluntary = own.ru_nvcsw + children.ru_nvcsw;
	*involuntary = own.ru_nivcsw + children.ru_nivcsw;
}

static void wait_for_all(struct worker *w, uint32_t *count)
{
	unsigned int spins = 0;

	__atomic_add_fetch(count, 1, __ATOMIC_ACQ_REL);
	while (load(count) < w->area->request.workers && !load(&w->group->abort)) {
		arch_relax();
		/* Two workers may share a CPU in a container that lies about its CPUs. */
		if (!(++spins % 4096)) {
			w->area->progress++;	/* waits for others, does not hang */
			sys_call3(SYS_sched_yield, 0, 0, 0);
		}
	}
}

/* Not where it was bound to, if that CPU was taken away. */
static int32_t where_am_i(void)
{
	unsigned int cpu = 0;

	return sys_call3(SYS_getcpu, &cpu, 0, 0) ? -1 : (int32_t)cpu;
}

static void record(struct worker *w)
{
	struct block_request *q = &w->area->request;
	struct block_result *r = &w->area->result;
	uint64_t voluntary, involuntary;

	r->begin = clock_now(w->clock);
	run_operations(w, NULL, q->lead_in, &r->lead_in);
	count_switches(&voluntary, &involuntary);
	r->start = clock_now(w->clock);
	run_operations(w, w->operations, q->ops, &r->ops);
	r->end = clock_now(w->clock);
	count_switches(&r->voluntary, &r->involuntary);
	r->voluntary -= voluntary;
	r->involuntary -= involuntary;

	/* The others still record: what they measure is all cores at work. */
	__atomic_add_fetch(&w->group->done, 1, __ATOMIC_ACQ_REL);
	while (!q->check && load(&w->group->done) < q->workers && !load(&w->group->abort))
		run_operations(w, NULL, 1, &r->fill);
	r->finish = clock_now(w->clock);
	r->cpu = where_am_i();
}

static void leave_block(struct worker *w)
{
	struct group_area *g = w->group;

	/* Read first: once the last has left, the controller may write the next request. */
	uint32_t workers = w->area->request.workers;

	__atomic_store_n(&w->area->in_block, 0, __ATOMIC_RELEASE);
	if (__atomic_add_fetch(&g->left, 1, __ATOMIC_ACQ_REL) < workers)
		return;
	__atomic_add_fetch(&g->event, 1, __ATOMIC_RELEASE);
	sys_futex(&g->event, FUTEX_WAKE, 1);
}

static void run_block(struct worker *w)
{
	struct block_request *q = &w->area->request;
	struct block_result *r = &w->area->result;
	int err = 0;

	__builtin_memset(r, 0, sizeof(*r));
	w->clock = q->clock;
	if (q->fresh)
		err = worker_prepare(w);
	if (err)
		worker_block_fails(w, BLOCK_SETUP, -err);
	worker_start_block(w);
	err = err ? 0 : helpers_start(w);
	if (err)
		worker_block_fails(w, BLOCK_HELPER, err);
	wait_for_all(w, &w->group->ready);
	if (!load(&w->group->abort))
		record(w);
	helpers_end(w);
	if (r->kind == BLOCK_OK && load(&w->group->abort))
		r->kind = BLOCK_ABORTED;
	leave_block(w);
}

/* The next block mostly comes soon, and waking up from a deep sleep takes long. */
static void wait_for_turn(struct worker *w, uint32_t turn)
{
	uint64_t spin = w->area->request.spin, start = spin ? clock_now(w->clock) : 0;

	while (spin && load(&w->area->turn) == turn && clock_now(w->clock) - start < spin)
		arch_relax();
	while (load(&w->area->turn) == turn)
		sys_futex(&w->area->turn, FUTEX_WAIT, turn);
}

static void worker_loop(void *arg)
{
	struct worker *w = arg;
	uint32_t turn = 0;

	for (;;) {
		wait_for_turn(w, turn++);
		switch (w->area->request.command) {
		case COMMAND_BLOCK:
			run_block(w);
			break;
		case COMMAND_QUIT:
			sys_exit(0);
		}
	}
}

static void *map_shared(void *addr, size_t size, int fd)
{
	int flags = MAP_SHARED | MAP_POPULATE | MAP_FIXED_NOREPLACE | (fd < 0 ? MAP_ANONYMOUS : 0);

	return sys_mmap(addr, size, PROT_READ | PROT_WRITE, flags, fd, 0);
}

/* Maps the areas; the sizes stand in the first page of the worker's own. */
static void map_areas(struct worker *w, size_t page_size)
{
	struct worker_area *head;
	uint64_t size;

	head = sys_mmap(NULL, page_size, PROT_READ, MAP_SHARED, WORKER_FD_AREA, 0);
	if (sys_is_error(head))
		sys_exit(WORKER_FAILED_AREA);
	if (head->version != PROTOCOL_VERSION)
		sys_exit(WORKER_FAILED_VERSION);
	size = head->size;
	w->group = map_shared(GROUP_AREA, head->group_size, WORKER_FD_GROUP);
	if (sys_is_error(w->group) || sys_madvise(w->group, head->group_size, MADV_DONTFORK))
		sys_exit(WORKER_FAILED_GROUP);
	sys_munmap(head, page_size);

	w->area = map_shared(OWN_AREA, size, WORKER_FD_AREA);
	if (sys_is_error(w->area) || sys_madvise(w->area, size, MADV_DONTFORK))
		sys_exit(WORKER_FAILED_AREA);
	w->operations = area_operations(w->area);
}

static void map_child_area(struct worker *w, size_t page_size)
{
	char *area = map_shared(CHILD_AREA, CHILD_AREA_SIZE, -1);

	if (sys_is_error(area))
		sys_exit(WORKER_FAILED_CHILD_AREA);
	/* At the very top: its page is also the first page of the child's stack. */
	w->child = (void *)(area + CHILD_AREA_SIZE - ((sizeof(*w->child) + 63) & ~63UL));
	w->child->context.page_size = page_size;
	w->child->worker = (int32_t)sys_call3(SYS_getpid, 0, 0, 0);
}

/* Whom to trace is told by this name; exec from a memfd leaves another on each kernel. */
static void set_name(void)
{
	char name[16] = WORKER_NAME;
	unsigned long pid = (unsigned long)sys_call3(SYS_getppid, 0, 0, 0), unit = 1;
	size_t at = sizeof(WORKER_NAME) - 1;

	while (pid / unit >= 10)
		unit *= 10;
	for (; unit && at < sizeof(name) - 1; unit /= 10)
		name[at++] = (char)('0' + pid / unit % 10);
	name[at] = '\0';
	sys_call3(SYS_prctl, PR_SET_NAME, name, 0);
}

/* Everything that a worker needs is mapped; no descriptor is left for children to copy. */
static void start(struct worker *w, size_t page_size)
{
	map_areas(w, page_size);
	map_child_area(w, page_size);
	sys_call3(SYS_close_range, 0, ~0U, 0);
	set_name();
	/* Pages are pages, also of large areas and in children: so that amounts are known. */
	sys_call6(SYS_prctl, PR_SET_THP_DISABLE, 1, 0, 0, 0, 0);
}

#ifdef WORKER_HOSTED
#include <sys/auxv.h>

int main(void)
{
	struct worker w = { 0 };

	start(&w, getauxval(AT_PAGESZ));
	worker_loop(&w);
}
#else
__asm__(ARCH_START);

/* A range may hold a mapping that cannot go (a sealed vDSO): all around it then goes. */
static void shed_range(unsigned long from, unsigned long to, size_t page_size)
{
	unsigned long middle = (from + (to - from) / 2) & -page_size;

	if (!sys_munmap((void *)from, to - from) || to - from <= page_size)
		return;
	shed_range(from, middle, page_size);
	shed_range(middle, to, page_size);
}

/* Unmaps the stack, the vDSO and whatever else the kernel gave us, up to the top. */
static void shed_address_space(size_t page_size)
{
	unsigned long page = page_size;
	long err = -EINVAL;

	/* The top is known by trial: 2^bits on arm64, a page less on x86-64. */
	for (int bits = 56; bits >= 36; bits--) {
		for (unsigned long less = 0; less <= page; less += page) {
			unsigned long top = (1UL << bits) - less;

			err = sys_munmap((void *)SHED, top - SHED);
			if (!err)
				return;
			if (err != -EINVAL)
				return shed_range(SHED, top, page);
		}
	}
	sys_exit(WORKER_FAILED_UNMAP);
}

static void on_own_stack(void *arg)
{
	struct worker *w = arg;

	shed_address_space(w->child->context.page_size);
	worker_loop(w);
}

static size_t find_page_size(const unsigned long *sp)
{
	const unsigned long *p = sp + 1 + sp[0] + 1;	/* argc, argv, NULL */

	while (*p++)
		;					/* environment */
	for (; p[0] != AT_NULL; p += 2)
		if (p[0] == AT_PAGESZ)
			return p[1];
	return 4096;
}

__attribute__((used, noreturn)) void worker_main(const unsigned long *sp);
void worker_main(const unsigned long *sp)
{
	struct worker first = { 0 }, *w;
	char *stack;

	start(&first, find_page_size(sp));
	stack = (char *)first.area + first.area->stack_top;
	w = (struct worker *)(stack - ((sizeof(*w) + 63) & ~63UL));
	*w = first;
	arch_switch_stack(w, on_own_stack, w);
}
#endif
