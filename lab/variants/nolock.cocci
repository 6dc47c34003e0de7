// SPDX-License-Identifier: GPL-2.0-or-later
// summary: no lock in exit_mmap, and nothing in its place
// order: 10
// no reaper: with no lock, nor anything in its place, a reaper would use freed page tables
//
// The reference for what the lock costs: this and stock, v1, v2 differ in nothing else.
//
// Removes every mmap_lock operation of exit_mmap(). MMF_OOM_SKIP is still set for every mm,
// as shipped. No kernel was ever like this: whoever holds the mm without being its user
// (the OOM reaper, process_mrelease) may walk page tables and VMAs while they are freed.
// For a kernel as it was before the change, see before.cocci. Where VMAs have locks (6.4) that
// free_pgtables() takes, it does not look whether mmap_lock is held, as shipped kernels do: two or
// three instructions less for each VMA.

// step mm/mmap.c: no mmap_lock in exit_mmap
@@
@@
 exit_mmap(...)
 {
 <+...
(
- mmap_read_lock(...);
|
- mmap_read_unlock(...);
|
- mmap_write_lock(...);
|
- mmap_write_unlock(...);
)
 ...+>
 }

// step mm/memory.c: per-VMA locks without a look at mmap_lock (where it is)
@@
expression vma;
@@
 free_pgtables(...)
 {
 <+...
- vma_start_write(vma);
+ if (vma->vm_lock_seq != vma->vm_mm->mm_lock_seq.sequence) {
+	down_write(&vma->vm_lock->lock);
+	WRITE_ONCE(vma->vm_lock_seq, vma->vm_mm->mm_lock_seq.sequence);
+	up_write(&vma->vm_lock->lock);
+ }
 ...+>
 }
