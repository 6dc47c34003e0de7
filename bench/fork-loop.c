/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The yardstick: a plain loop of fork, exit and wait by raw system calls, with its samples
 * in memory that children do not inherit. Prints the median time of an operation in ns.
 * The same source is linked in several ways, since that is what differs: the address
 * space that each child gets a copy of. usage: fork-loop [OPS]
 */
#include <stdint.h>
#include <time.h>
#include "contract/sys.h"

#define MOST 65536

static void sort(uint64_t *v, int n)
{
	for (int gap = n / 2; gap; gap /= 2)
		for (int i = gap; i < n; i++) {
			uint64_t x = v[i];
			int k = i;

			for (; k >= gap && v[k - gap] > x; k -= gap)
				v[k] = v[k - gap];
			v[k] = x;
		}
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	sys_call3(SYS_clock_gettime, CLOCK_MONOTONIC_RAW, &ts, 0);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void print(uint64_t v)
{
	char text[24];
	int at = sizeof(text);

	text[--at] = '\n';
	do {
		text[--at] = '0' + v % 10;
	} while (v /= 10);
	sys_call3(SYS_write, 1, text + at, sizeof(text) - at);
}

static int loop(int ops)
{
	uint64_t *v = sys_mmap(NULL, MOST * sizeof(*v), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	uint64_t ns, ticks;

	if (sys_is_error(v) || sys_madvise(v, MOST * sizeof(*v), MADV_DONTFORK))
		return 1;
	ns = now_ns();
	ticks = arch_counter();
	for (int i = 0; i < ops; i++) {
		uint64_t start = arch_counter();
		long pid = sys_call6(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0);

		if (!pid)
			sys_exit(0);
		if (pid < 0 || sys_wait4(pid, NULL, 0, NULL) != pid)
			return 1;
		v[i] = arch_counter() - start;
	}
	ticks = arch_counter() - ticks;
	ns = now_ns() - ns;
	sort(v, ops);
	print((uint64_t)((double)v[ops / 2] * (double)ns / (double)ticks));
	return 0;
}

static int number(const char *text)
{
	int n = 0;

	while (*text >= '0' && *text <= '9' && n < MOST)
		n = n * 10 + *text++ - '0';
	return n < 1 ? 1 : n > MOST ? MOST : n;
}

#ifdef NO_LIBC
__asm__(".globl _start\n_start:\n"
#if defined(__x86_64__)
	"mov %rsp, %rdi\n\tand $-16, %rsp\n\tcall begin\n\thlt\n");
#else
	"mov x0, sp\n\tbl begin\n\tbrk #1\n");
#endif

__attribute__((used, noreturn)) void begin(long *sp);
void begin(long *sp)
{
	char **argv = (char **)(sp + 1);

	sys_exit(loop(sp[0] > 1 ? number(argv[1]) : 4000));
}
#else
int main(int argc, char **argv)
{
	return loop(argc > 1 ? number(argv[1]) : 4000);
}
#endif
