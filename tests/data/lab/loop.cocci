// SPDX-License-Identifier: GPL-2.0-or-later
// summary: 2003 instructions more in exit_mmap
//
// Three instructions, and two for each of a thousand turns: for checking that the lab finds
// 2003 on x86-64.

// step mm/mmap.c: a loop of a known length
@@
expression mm;
@@
 exit_mmap(...)
 {
 ...
 mmu_notifier_release(mm);
+ asm("push %rcx; mov $1000, %ecx; 1: dec %ecx; jnz 1b; pop %rcx");
 ... when any
 }
