/* SPDX-License-Identifier: GPL-2.0-or-later */
/* x86-64: system calls, the counter, and the clones that children start in. */
#ifndef EXITBENCH_ARCH_X86_64_H
#define EXITBENCH_ARCH_X86_64_H

#include <stdint.h>
#include <sys/syscall.h>

static inline long sys_call6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

/*
 * The time stamp counter, after every earlier instruction and before every later one.
 * Unlike the vDSO it touches no memory, which in a child would be a page fault.
 */
static inline uint64_t arch_counter(void)
{
	uint32_t lo, hi;

	__asm__ volatile("lfence\n\trdtsc\n\tlfence" : "=a"(lo), "=d"(hi) : : "memory");
	return (uint64_t)hi << 32 | lo;
}

static inline void arch_relax(void)
{
	__asm__ volatile("pause");
}

/*
 * fork() whose child exits at once, out of registers: it touches neither stack nor data,
 * so the only page it needs is the one this code is in. Returns the pid or -errno.
 */
static inline long arch_clone_bare(long flags)
{
	register long r10 __asm__("r10") = 0;
	register long r8 __asm__("r8") = 0;
	long ret;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xor %%edi, %%edi\n\t"
			 "mov %[exit], %%eax\n\t"
			 "syscall\n\t"
			 "hlt\n"
			 "1:"
			 : "=a"(ret)
			 : "a"((long)SYS_clone), "D"(flags), "S"(0L), "d"(0L), "r"(r10), "r"(r8),
			   [exit] "i"(SYS_exit_group)
			 : "rcx", "r11", "memory");
	return ret;
}

/* fork() whose child calls FN(ARG), which must not return, on the stack below STACK. */
static inline long arch_clone_call(long flags, void *stack, void (*fn)(void *), void *arg)
{
	register long r10 __asm__("r10") = 0;
	register long r8 __asm__("r8") = 0;
	register void (*r12)(void *) __asm__("r12") = fn;
	register void *r13 __asm__("r13") = arg;
	long ret;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "mov %%r13, %%rdi\n\t"
			 "call *%%r12\n\t"
			 "hlt\n"
			 "1:"
			 : "=a"(ret)
			 : "a"((long)SYS_clone), "D"(flags), "S"(stack), "d"(0L), "r"(r10),
			   "r"(r8), "r"(r12), "r"(r13)
			 : "rcx", "r11", "memory");
	return ret;
}

/* Calls FN(ARG), which must not return, on the stack below STACK. */
__attribute__((noreturn))
static inline void arch_switch_stack(void *stack, void (*fn)(void *), void *arg)
{
	__asm__ volatile("mov %0, %%rsp\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "call *%%rax\n\t"
			 "hlt"
			 :
			 : "r"(stack), "a"(fn), "D"(arg)
			 : "memory");
	__builtin_unreachable();
}

#define ARCH_START				\
	".globl _start\n"			\
	".type _start, @function\n"		\
	"_start:\n\t"				\
	"xor %ebp, %ebp\n\t"			\
	"mov %rsp, %rdi\n\t"			\
	"and $-16, %rsp\n\t"			\
	"call worker_main\n\t"			\
	"hlt\n"

#endif
