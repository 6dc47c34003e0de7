/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first and only program of a guest, next to the worker: it does there what the
 * controller does on the host. Freestanding, like the worker, so that a guest needs nothing
 * but a kernel.
 */
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/reboot.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <asm/termbits.h>
#include <time.h>
#include "contract/sys.h"
#include "lab/guest/guest.h"

#define LINE "/dev/ttyS1"
#define NS_PER_S 1000000000ULL
#define SETTLE_TICKS 10		/* before a block */
#define PERIOD_TICKS 32		/* that the length of one is the mean of */
#define EARLY_NS 150000		/* a sleep ends up to 50 us late */

struct guest {
	const struct guest_plan *plan;
	struct group_area *group;
	struct worker_area *area;
	struct block_request last;	/* for `fresh` */
	long worker;			/* pid */
	int ports;			/* it may use them: it has a way out */
	int line;			/* descriptor, or -1 */
	uint64_t tick_ns;		/* from one to the next, as the kernel has it */
	uint64_t tick, span, ticks;	/* see struct guest_block */
};

static int sys_open(const char *path, int flags)
{
	return (int)sys_call6(SYS_openat, AT_FDCWD, (long)path, flags, 0600, 0, 0);
}

static size_t length(const char *text)
{
	size_t n = 0;

	while (text[n])
		n++;
	return n;
}

/* The host reads it in the console's log. */
static void say(const char *text)
{
	sys_call3(SYS_write, 1, "exitbench: ", 11);
	sys_call3(SYS_write, 1, text, length(text));
	sys_call3(SYS_write, 1, "\n", 1);
}

#if defined(__x86_64__)
static int get_ports(void)
{
	return !sys_call3(SYS_ioperm, GUEST_PORT_OUT, 1, 1) &&
	       !sys_call3(SYS_ioperm, GUEST_PORT_END, 4, 1);
}

static void put(const void *data, size_t size)
{
	const void *from = data;

	__asm__ volatile("rep outsb" : "+S"(from), "+c"(size) : "d"(GUEST_PORT_OUT) : "memory");
}

static void put_end(void)
{
	uint32_t value = GUEST_END_VALUE;

	__asm__ volatile("outl %0, %w1" : : "a"(value), "Nd"((uint16_t)GUEST_PORT_END));
}
#else
/* No ports: exitbench lab says so before it starts a guest. */
static int get_ports(void)
{
	return 0;
}

static void put(const void *data, size_t size)
{
	(void)data;
	(void)size;
}

static void put_end(void)
{
}
#endif

static void send(enum guest_kind kind, uint64_t index, const void *data, size_t size)
{
	struct guest_record r = { GUEST_MAGIC, kind, index, size };

	put(&r, sizeof(r));
	put(data, size);
}

/* Ends the machine at once; nothing that matters is in flight. */
__attribute__((noreturn)) static void end_machine(void)
{
	put_end();
	/* Not under a machine type that has that port: by way of the kernel. */
	for (;;)
		sys_call6(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
			LINUX_REBOOT_CMD_RESTART, 0, 0, 0);
}

__attribute__((noreturn)) static void give_up(const struct guest *g, const char *why)
{
	say(why);
	if (!g->ports)
		sys_exit(1);	/* a panic, which ends the guest */
	send(GUEST_ERROR, 0, why, length(why));
	end_machine();
}

static void mount_all(void)
{
	static const char *const mounts[][2] = {
		{ "proc", "/proc" }, { "sysfs", "/sys" }, { "devtmpfs", "/dev" }, { "tmpfs", "/tmp" },
	};

	/* A kernel without one of them does without. */
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++)
		sys_call6(SYS_mount, (long)mounts[i][0], (long)mounts[i][1], (long)mounts[i][0], 0,
			0, 0);
}

static void *map_file(const char *path, int flags, size_t size)
{
	int fd = sys_open(path, flags | O_CLOEXEC);
	int prot = flags == O_RDONLY ? PROT_READ : PROT_READ | PROT_WRITE;
	struct stat st;
	void *p;

	if (fd < 0)
		return (void *)(long)fd;
	if (size)
		sys_call3(SYS_ftruncate, fd, size, 0);
	else if (!sys_call3(SYS_fstat, fd, &st, 0))
		size = st.st_size;
	p = sys_mmap(NULL, size, prot, MAP_SHARED, fd, 0);
	sys_call3(SYS_close, fd, 0, 0);
	return p;
}

static void read_plan(struct guest *g)
{
	g->plan = map_file(GUEST_PLAN_FILE, O_RDONLY, 0);
	if (sys_is_error(g->plan) || g->plan->magic != GUEST_MAGIC)
		give_up(g, "no plan in the initramfs");
}

static void say_hello(const struct guest *g)
{
	struct utsname name;
	char text[2 * sizeof(name.release)];
	size_t release, version;

	if (sys_call3(SYS_uname, &name, 0, 0))
		give_up(g, "uname failed");
	release = length(name.release) + 1;
	version = length(name.version) + 1;
	__builtin_memcpy(text, name.release, release);
	__builtin_memcpy(text + release, name.version, version);
	send(GUEST_HELLO, 0, text, release + version);
}

static void become_worker(void)
{
	static const char *const argv[] = { "exitbench-worker", NULL };
	int group = sys_open("/group", O_RDWR);
	int area = sys_open("/area", O_RDWR);

	/* Not where the others still are. */
	sys_call3(SYS_dup3, group, 10, 0);
	sys_call3(SYS_dup3, area, 11, 0);
	sys_call3(SYS_dup3, 10, WORKER_FD_GROUP, 0);
	sys_call3(SYS_dup3, 11, WORKER_FD_AREA, 0);
	sys_call3(SYS_setsid, 0, 0, 0);
	sys_call3(SYS_execve, GUEST_WORKER_FILE, argv, argv + 1);
	sys_exit(127);
}

static void start_worker(struct guest *g)
{
	uint64_t size = area_size(WORKER_STACK_SIZE, g->plan->capacity);

	g->group = map_file("/group", O_RDWR | O_CREAT, sizeof(*g->group));
	g->area = map_file("/area", O_RDWR | O_CREAT, size);
	if (sys_is_error(g->group) || sys_is_error(g->area))
		give_up(g, "cannot make the worker's areas");
	area_lay_out(g->area, WORKER_STACK_SIZE, g->plan->capacity);
	g->worker = sys_call6(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0);
	if (!g->worker)
		become_worker();
	if (g->worker < 0)
		give_up(g, "cannot start the worker");
}

/* Whoever lost its parent is init's to reap; without the worker there is no point. */
static void reap(const struct guest *g)
{
	int status;
	long pid;

	while ((pid = sys_wait4(-1, &status, WNOHANG, NULL)) > 0)
		if (pid == g->worker)
			give_up(g, "the worker died");
}

static void wait_for_block(const struct guest *g)
{
	/*
	 * Where instructions are counted, this is longer than any block; and time jumps ahead
	 * when nobody is left to run.
	 */
	const struct timespec look = { .tv_sec = 20 };

	for (;;) {
		uint32_t seen = __atomic_load_n(&g->group->event, __ATOMIC_ACQUIRE);

		if (__atomic_load_n(&g->group->left, __ATOMIC_ACQUIRE))
			return;
		sys_call6(SYS_futex, (long)&g->group->event, FUTEX_WAIT, seen, (long)&look, 0, 0);
		reap(g);
	}
}

static void send_block(const struct guest *g, uint64_t index)
{
	struct guest_block b = { g->area->result, g->tick, g->span, g->ticks };
	size_t ops = b.result.ops * sizeof(struct operation);
	struct guest_record head = { GUEST_MAGIC, GUEST_BLOCK, index, sizeof(b) + ops };

	put(&head, sizeof(head));
	put(&b, sizeof(b));
	put(area_operations(g->area), ops);
}

static uint64_t clock_ns(int clock)
{
	struct timespec ts = { 0 };

	sys_call3(SYS_clock_gettime, clock, &ts, 0);
	return (uint64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

static void sleep_ns(uint64_t ns)
{
	const struct timespec ts = { .tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S };

	sys_call3(SYS_nanosleep, &ts, NULL, 0);
}

/* The counter just after the next tick, with which the coarse clock moves. */
static uint64_t wait_for_tick(void)
{
	uint64_t before = clock_ns(CLOCK_MONOTONIC_COARSE);

	while (clock_ns(CLOCK_MONOTONIC_COARSE) == before)
		;
	return arch_counter();
}

/*
 * Just after a tick, the last of so many: what was put off until then, such as freeing after an
 * RCU grace period, is done. Asleep, since time that nobody uses costs nothing. A ns is an
 * instruction.
 */
static void sleep_ticks(struct guest *g, uint64_t ticks)
{
	uint64_t since = (arch_counter() - g->tick) % g->tick_ns;

	sleep_ns(ticks * g->tick_ns - since - EARLY_NS);
	g->tick = wait_for_tick();
}

static void measure_ticks(struct guest *g)
{
	struct timespec ts = { 0 };
	uint64_t start;

	sys_call3(SYS_clock_getres, CLOCK_MONOTONIC_COARSE, &ts, 0);
	g->tick_ns = ts.tv_nsec;
	if (!g->tick_ns)
		return;
	g->tick = wait_for_tick();
	sleep_ticks(g, SETTLE_TICKS);
	start = g->tick;
	sleep_ticks(g, PERIOD_TICKS);
	g->span = g->tick - start;
	g->ticks = (g->span + g->tick_ns / 2) / g->tick_ns;
}

static void run_block(struct guest *g, uint64_t index, uint64_t ops)
{
	struct block_request request = g->plan->cell[index].request;
	struct group_area *group = g->group;

	request.ops = ops;
	request.command = COMMAND_BLOCK;
	request.workers = 1;
	request.spin = 0;
	request.fresh = !same_setup(&request, &g->last);
	if (g->ticks)
		sleep_ticks(g, SETTLE_TICKS);
	send(GUEST_BEGIN, index, NULL, 0);
	group->abort = group->ready = group->done = group->left = 0;
	g->area->request = g->last = request;
	g->area->in_block = 1;
	__atomic_add_fetch(&g->area->turn, 1, __ATOMIC_RELEASE);
	sys_futex(&g->area->turn, FUTEX_WAKE, 1);
	wait_for_block(g);
	if (g->area->result.kind != BLOCK_OK)
		g->last.command = COMMAND_NONE;		/* its setup is tried again */
	send_block(g, index);
}

/* A plan's cell, in blocks. */
static void run_cell(struct guest *g, uint64_t index)
{
	const struct guest_job *c = &g->plan->cell[index];
	uint64_t left = c->total, most = c->request.ops;

	do {
		uint64_t ops = left < most ? left : most;

		run_block(g, index, ops);
		left -= ops;
	} while (left && g->area->result.kind == BLOCK_OK);
}

static void open_line(struct guest *g)
{
	struct termios raw = { .c_cflag = B115200 | CS8 | CREAD | CLOCAL, .c_cc[VMIN] = 1 };

	g->line = sys_open(LINE, O_RDONLY | O_NOCTTY);
	if (g->line < 0)
		give_up(g, "no second serial line, " LINE);
	sys_call3(SYS_ioctl, g->line, TCSETS, &raw);
}

static uint64_t next_from_line(const struct guest *g)
{
	uint32_t index = 0;
	char *to = (char *)&index;
	long n;

	for (size_t have = 0; have < sizeof(index); have += n) {
		n = sys_call3(SYS_read, g->line, to + have, sizeof(index) - have);
		if (n <= 0)
			give_up(g, "the second serial line is closed");
	}
	return index;
}

/*
 * After the worker was forked: it would inherit the permission, and its children would
 * have to drop it when they exit.
 */
static void open_ports(struct guest *g)
{
	g->ports = get_ports();
	if (!g->ports)
		give_up(g, "ioperm failed: the kernel needs CONFIG_X86_IOPL_IOPERM");
}

__attribute__((used, noreturn)) void worker_main(const unsigned long *sp);
void worker_main(const unsigned long *sp)
{
	struct guest g = { .line = -1 };
	uint64_t i = 0;

	(void)sp;
	mount_all();
	read_plan(&g);
	start_worker(&g);
	open_ports(&g);
	/* Before the hello: what comes in earlier is lost when the line is opened. */
	if (g.plan->source == GUEST_FROM_LINE)
		open_line(&g);
	else
		measure_ticks(&g);
	say_hello(&g);
	for (;;) {
		if (g.plan->source == GUEST_FROM_LINE)
			i = next_from_line(&g);
		if (i >= g.plan->ncells)
			break;
		if (g.plan->source == GUEST_FROM_LINE)
			run_block(&g, i, g.plan->cell[i].request.ops);
		else
			run_cell(&g, i++);
	}
	send(GUEST_END, 0, NULL, 0);
	end_machine();
}

__asm__(ARCH_START);
