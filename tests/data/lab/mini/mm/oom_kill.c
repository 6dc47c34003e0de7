/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The outline of what reaps the memory of others. */
#include "mini.h"

static bool __oom_reap_task_mm(struct mm_struct *mm)
{
	unmap_vmas(mm);
	return true;
}

void mark_oom_victim(struct task_struct *tsk)
{
	struct mm_struct *mm = tsk->mm;

	if (!cmpxchg(&tsk->signal->oom_mm, NULL, mm))
		mmgrab(tsk->signal->oom_mm);
}

long process_mrelease(struct task_struct *p)
{
	struct mm_struct *mm = p->mm;
	bool reap = false;
	long ret = 0;

	mmgrab(mm);

	if (task_will_free_mem(p))
		reap = true;
	else {
		if (!test_bit(MMF_OOM_SKIP, &mm->flags))
			ret = -22;
	}
	if (!reap)
		goto drop_mm;

	mmap_read_lock(mm);
	if (!test_bit(MMF_OOM_SKIP, &mm->flags) && !__oom_reap_task_mm(mm))
		ret = -11;
	mmap_read_unlock(mm);

drop_mm:
	mmdrop(mm);
	return ret;
}
