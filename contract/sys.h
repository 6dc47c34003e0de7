/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * System calls for code without a libc: each returns what the kernel returns, a result
 * or -errno. Workloads use these only.
 */
#ifndef EXITBENCH_SYS_H
#define EXITBENCH_SYS_H

#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

#if defined(__x86_64__)
#include "contract/arch-x86_64.h"
#elif defined(__aarch64__)
#include "contract/arch-aarch64.h"
#else
#error "no worker for this architecture: write worker/arch-ARCH.h"
#endif

#ifdef __clang_analyzer__
/* To it, assembly writes nothing: a function that it does not see may write anywhere. */
long sys_call_unseen(long nr, long a, long b, long c, long d, long e, long f);
#define sys_call6 sys_call_unseen
#endif

#define sys_call3(nr, a, b, c) \
	sys_call6((nr), (long)(a), (long)(b), (long)(c), 0, 0, 0)

static inline int sys_is_error(const void *p)
{
	return (unsigned long)p >= -4095UL;
}

static inline void sys_exit(int code) __attribute__((noreturn));
static inline void sys_exit(int code)
{
	for (;;)
		sys_call3(SYS_exit_group, code, 0, 0);
}

static inline void *sys_mmap(void *addr, size_t len, int prot, int flags, int fd, long off)
{
	return (void *)sys_call6(SYS_mmap, (long)addr, (long)len, prot, flags, fd, off);
}

static inline long sys_munmap(void *addr, size_t len)
{
	return sys_call3(SYS_munmap, addr, len, 0);
}

static inline long sys_madvise(void *addr, size_t len, int advice)
{
	return sys_call3(SYS_madvise, addr, len, advice);
}

static inline long sys_wait4(long pid, int *status, int options, void *usage)
{
	return sys_call6(SYS_wait4, pid, (long)status, options, (long)usage, 0, 0);
}

static inline long sys_futex(void *word, int op, uint32_t value)
{
	return sys_call6(SYS_futex, (long)word, op, value, 0, 0, 0);
}

/* FUTEX_WAIT for at most NS. */
static inline long sys_futex_wait(void *word, uint32_t value, long ns)
{
	struct timespec timeout = { .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };

	return sys_call6(SYS_futex, (long)word, FUTEX_WAIT, value, (long)&timeout, 0, 0);
}

static inline long sys_bind(int cpu)
{
	unsigned long mask[128] = { 0 };	/* 8192 CPUs */

	if (cpu < 0 || cpu >= (int)sizeof(mask) * 8)
		return -EINVAL;
	mask[(unsigned int)cpu / (8 * sizeof(long))] = 1UL << (unsigned int)cpu % (8 * sizeof(long));
	return sys_call3(SYS_sched_setaffinity, 0, sizeof(mask), mask);
}

#endif
