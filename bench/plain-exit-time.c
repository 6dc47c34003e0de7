/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What anyone would write who has read how exit was timed in 2017, to compare the workload
 * exit-time with: no options, no checks. x86-64 and arm64.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned long long now(void)
{
#ifdef __x86_64__
	return __builtin_ia32_rdtsc();
#else
	unsigned long long v;

	__asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(v));
	return v;
#endif
}

int main(int argc, char **argv)
{
	int i, n = argc > 1 ? atoi(argv[1]) : 100000;
	unsigned long long *t = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		-1, 0);

	for (i = 0; i < n; i++) {
		unsigned long long end;

		fflush(stdout);
		if (fork() == 0) {
			*t = now();
			return 0;
		}
		waitpid(-1, NULL, 0);
		end = now();
		printf("%llu\n", end - *t);
	}
	return 0;
}
