/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arm64: system calls, the counter, and the clones that children start in. */
#ifndef EXITBENCH_ARCH_AARCH64_H
#define EXITBENCH_ARCH_AARCH64_H

#include <stdint.h>
#include <sys/syscall.h>

static inline long sys_call6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc #0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
}

/* The generic timer's virtual count, ordered against both sides. */
static inline uint64_t arch_counter(void)
{
	uint64_t count;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0\n\tisb" : "=r"(count) : : "memory");
	return count;
}

static inline void arch_relax(void)
{
	__asm__ volatile("yield");
}

/* See arch-x86_64.h for what each of these is for. */
static inline long arch_clone_bare(long flags)
{
	register long x8 __asm__("x8") = SYS_clone;
	register long x0 __asm__("x0") = flags;
	register long x1 __asm__("x1") = 0;
	register long x2 __asm__("x2") = 0;
	register long x3 __asm__("x3") = 0;
	register long x4 __asm__("x4") = 0;

	__asm__ volatile("svc #0\n\t"
			 "cbnz x0, 1f\n\t"
			 "mov x8, %[exit]\n\t"
			 "svc #0\n\t"
			 "brk #1\n"
			 "1:"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), [exit] "i"(SYS_exit_group)
			 : "memory");
	return x0;
}

static inline long arch_clone_call(long flags, void *stack, void (*fn)(void *), void *arg)
{
	register long x8 __asm__("x8") = SYS_clone;
	register long x0 __asm__("x0") = flags;
	register void *x1 __asm__("x1") = stack;
	register long x2 __asm__("x2") = 0;
	register long x3 __asm__("x3") = 0;
	register long x4 __asm__("x4") = 0;
	register void (*x9)(void *) __asm__("x9") = fn;
	register void *x10 __asm__("x10") = arg;

	__asm__ volatile("svc #0\n\t"
			 "cbnz x0, 1f\n\t"
			 "mov x29, xzr\n\t"
			 "mov x0, x10\n\t"
			 "blr x9\n\t"
			 "brk #1\n"
			 "1:"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x9), "r"(x10)
			 : "memory");
	return x0;
}

__attribute__((noreturn))
static inline void arch_switch_stack(void *stack, void (*fn)(void *), void *arg)
{
	register void *x0 __asm__("x0") = arg;
	register void (*x9)(void *) __asm__("x9") = fn;

	__asm__ volatile("mov sp, %0\n\t"
			 "mov x29, xzr\n\t"
			 "blr x9\n\t"
			 "brk #1"
			 :
			 : "r"(stack), "r"(x9), "r"(x0)
			 : "memory");
	__builtin_unreachable();
}

#define ARCH_START				\
	".globl _start\n"			\
	".type _start, %function\n"		\
	"_start:\n\t"				\
	"mov x29, xzr\n\t"			\
	"mov x30, xzr\n\t"			\
	"mov x0, sp\n\t"			\
	"bl worker_main\n\t"			\
	"brk #1\n"

#endif
