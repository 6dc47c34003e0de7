/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As much of the kernel as the two files need. */
#include <stdbool.h>
#include <stddef.h>

struct mm_struct { unsigned long flags; };
struct signal_struct { struct mm_struct *oom_mm; };
struct task_struct { struct mm_struct *mm; struct signal_struct *signal; };

#define MMF_OOM_SKIP 21
#define unlikely(x) __builtin_expect(!!(x), 0)
#define cmpxchg(p, a, b) __sync_val_compare_and_swap(p, a, b)

void set_bit(int bit, unsigned long *word);
int test_bit(int bit, unsigned long *word);
void mmap_read_lock(struct mm_struct *mm);
void mmap_read_unlock(struct mm_struct *mm);
void mmap_write_lock(struct mm_struct *mm);
void mmap_write_unlock(struct mm_struct *mm);
void mmu_notifier_release(struct mm_struct *mm);
void mmgrab(struct mm_struct *mm);
void mmdrop(struct mm_struct *mm);
void mmget(struct mm_struct *mm);
void mmput(struct mm_struct *mm);
void *first_vma(struct mm_struct *mm);
void unmap_vmas(struct mm_struct *mm);
void free_pgtables(struct mm_struct *mm);
void tlb_finish_mmu(struct mm_struct *mm);
void remove_vma(void *vma);
void __mt_destroy(struct mm_struct *mm);
bool task_will_free_mem(struct task_struct *p);

void exit_mmap(struct mm_struct *mm);
void mark_oom_victim(struct task_struct *tsk);
long process_mrelease(struct task_struct *p);
