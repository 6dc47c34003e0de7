/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The outline of 6.1's exit_mmap(), for the variants to apply to. */
#include "mini.h"

void exit_mmap(struct mm_struct *mm)
{
	void *vma;

	mmu_notifier_release(mm);

	mmap_read_lock(mm);

	vma = first_vma(mm);
	if (!vma) {
		mmap_read_unlock(mm);
		return;
	}

	unmap_vmas(mm);
	mmap_read_unlock(mm);

	set_bit(MMF_OOM_SKIP, &mm->flags);
	mmap_write_lock(mm);
	free_pgtables(mm);
	tlb_finish_mmu(mm);

	do {
		remove_vma(vma);
	} while ((vma = first_vma(mm)) != NULL);

	__mt_destroy(mm);
	mmap_write_unlock(mm);
}
