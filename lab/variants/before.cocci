// SPDX-License-Identifier: GPL-2.0-or-later
// summary: as up to 5.16: no lock, but synchronisation with reapers of the memory
// order: 20
//
// Restores how exit_mmap() and those who reap an mm kept out of each other's way before the
// change:
// - exit_mmap() takes no lock, except for an OOM victim: there it reaps the memory itself,
//   sets MMF_OOM_SKIP, and takes and releases the lock for write, so that the OOM reaper is
//   either done or will see MMF_OOM_SKIP;
// - MMF_OOM_VICTIM tells a victim's mm (5.18 removed it; any bit of mm->flags that is
//   otherwise unused does), and MMF_OOM_SKIP is set for victims alone;
// - process_mrelease() holds mm_users, so exit_mmap() cannot begin under it, and may itself
//   become the one who tears down.
//
// Does not restore what else has changed since: the maple tree in place of the linked list
// of VMAs, munlocking as part of unmapping (5.18), the OOM reaper's wait of 2 s (5.18).
// Compared with nolock, an ordinary exit tests one bit more and sets one bit less.
// Where VMAs have locks, free_pgtables() takes them as in nolock. For 64-bit kernels.

// step mm/oom_kill.c: the reaping function is not static
@@
typedef bool;
identifier mm;
@@
- static
+#define MMF_OOM_VICTIM 63
+bool __oom_reap_task_mm(struct mm_struct *mm);
+
 bool __oom_reap_task_mm(struct mm_struct *mm) { ... }

// step mm/oom_kill.c: an OOM victim's mm is marked
@@
expression e, mm;
@@
 mark_oom_victim(...)
 {
 <+...
- if (!cmpxchg(e, NULL, mm))
-	mmgrab(...);
+ if (!cmpxchg(e, NULL, mm)) {
+	mmgrab(mm);
+	set_bit(MMF_OOM_VICTIM, &mm->flags);
+ }
 ...+>
 }

// step mm/oom_kill.c: process_mrelease holds mm_users
@@
expression mm, p;
statement S1, S2;
@@
- mmgrab(mm);
+ mmget(mm);
 if (task_will_free_mem(p))
 S1
 else
 S2

// step mm/oom_kill.c: and releases them
@@
expression mm;
@@
 drop_mm:
- mmdrop(mm);
+ mmput(mm);

// step mm/mmap.c: what exit_mmap needs of oom_kill.c
@@
typedef bool;
@@
+#define MMF_OOM_VICTIM 63
+bool __oom_reap_task_mm(struct mm_struct *mm);
+
 exit_mmap(...) { ... }

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

// step mm/mmap.c: MMF_OOM_SKIP is not set for everybody
@@
@@
 exit_mmap(...)
 {
 <+...
- set_bit(MMF_OOM_SKIP, ...);
 ...+>
 }

// step mm/mmap.c: exit_mmap synchronises with the reaper of an OOM victim
@@
expression mm;
@@
 exit_mmap(...)
 {
 ...
 mmu_notifier_release(mm);
+ if (unlikely(test_bit(MMF_OOM_VICTIM, &mm->flags))) {
+	(void)__oom_reap_task_mm(mm);
+	set_bit(MMF_OOM_SKIP, &mm->flags);
+	mmap_write_lock(mm);
+	mmap_write_unlock(mm);
+ }
 ... when any
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
