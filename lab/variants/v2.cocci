// SPDX-License-Identifier: GPL-2.0-or-later
// summary: one write lock over everything, the patch of the discussion
// order: 40
//
// Restores the locking of the patch's second version, which is 5.17's: mmap_lock is taken
// for write before arch_exit_mmap() and released after the last VMA is freed.
//
// Does not restore the rest of 5.17: pages are unmapped, and MMF_OOM_SKIP is set (for every
// mm, between unmapping and freeing), as shipped. 5.17 still reaped the memory of OOM victims
// in exit_mmap() first, and set MMF_OOM_SKIP for those alone. So v2 less nolock is the lock,
// and nothing else.

// step mm/mmap.c: the lock is taken for write from the beginning
@@
expression mm;
@@
 exit_mmap(...)
 {
 ...
- mmap_read_lock(mm);
+ mmap_write_lock(mm);
 ... when any
 }

// step mm/mmap.c: and kept after unmap_vmas
@@
expression mm;
@@
 exit_mmap(...)
 {
 <+...
 unmap_vmas(...);
- mmap_read_unlock(mm);
 set_bit(...);
- mmap_write_lock(mm);
 ...+>
 }

// step mm/mmap.c: the early return, where dup_mmap ran out of memory
@@
expression mm;
identifier out;
@@
 exit_mmap(...)
 {
 <+...
(
- mmap_read_unlock(mm);
+ mmap_write_unlock(mm);
 return;
|
- mmap_read_unlock(mm);
- mmap_write_lock(mm);
 goto out;
)
 ...+>
 }
