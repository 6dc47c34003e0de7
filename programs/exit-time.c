/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The test that changes of exit_mmap() were measured with in 2017 and 2021, written from
 * its description: fork; the last thing the child does before it returns from main is to
 * write a cycle stamp into a shared anonymous page; the parent takes a second stamp when
 * waitpid returns; the difference is one sample, printed on a line of its own.
 *
 *	exit-time [FORKS]	(100000)
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

static inline uint64_t cycles(void)
{
#if defined(__x86_64__)
	return __rdtsc();
#elif defined(__aarch64__)
	uint64_t v;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(v) : : "memory");
	return v;
#else
#error "no cycle counter known for this architecture"
#endif
}

static int parse(const char *text, long *forks)
{
	char *end;

	errno = 0;
	*forks = strtol(text, &end, 10);
	if (*forks > 0 && !errno && !*end)
		return 0;
	fprintf(stderr, "exit-time: %s: not a number of forks; give 1 or more\n", text);
	return 2;
}

static int fails(const char *what)
{
	fprintf(stderr, "exit-time: %s: %s\n", what, strerror(errno));
	return 3;
}

int main(int argc, char **argv)
{
	long forks = 100000;
	volatile uint64_t *stamp;

	if (argc > 1 && parse(argv[1], &forks))
		return 2;
	stamp = mmap(NULL, sizeof(*stamp), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (stamp == MAP_FAILED)
		return fails("mmap");
	/* What waited in the buffer, the child's return from main would print again. */
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	while (forks--) {
		pid_t pid = fork();
		uint64_t reaped;

		if (!pid) {
			*stamp = cycles();
			return 0;
		}
		if (pid < 0)
			return fails("fork");
		pid = waitpid(pid, NULL, 0);
		reaped = cycles();
		if (pid < 0)
			return fails("waitpid");
		if (printf("%" PRIu64 "\n", reaped - *stamp) < 0)
			return fails("standard output");
	}
	return 0;
}
