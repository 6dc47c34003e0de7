// SPDX-License-Identifier: GPL-2.0-or-later
// summary: one write lock, released before VMAs are freed
// order: 30
//
// Restores the locking of the patch's first version: mmap_lock is taken for write before
// arch_exit_mmap() and released when page tables are freed, before the loop over
// remove_vma().
//
// Does not restore what else differed then: see v2.cocci. The maple tree, which the kernels
// of the discussion did not have, is destroyed after the lock is released, too; those
// who look at the mm later see MMF_OOM_SKIP and leave it alone.

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

// step mm/mmap.c: kept after unmap_vmas, released when page tables are freed
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
 ...
 tlb_finish_mmu(...);
+ mmap_write_unlock(mm);
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
+ mmap_write_unlock(mm);
 goto out;
)
 ...+>
 }

// step mm/mmap.c: not released at the end again
@@
expression mm;
@@
 exit_mmap(...)
 {
 <+...
 __mt_destroy(...);
- mmap_write_unlock(mm);
 ...+>
 }
