// SPDX-License-Identifier: GPL-2.0-or-later
// summary: 2001 instructions more in exit_mmap
//
// One move, then a thousand times two instructions: for checking that the lab finds 2001.

// step mm/mmap.c: a loop of a known length
@@
expression mm;
@@
 exit_mmap(...)
 {
 ...
 mmu_notifier_release(mm);
+ asm volatile("mov $1000, %%ecx\n1: dec %%ecx\n\tjnz 1b" : : : "ecx", "cc");
 ... when any
 }
