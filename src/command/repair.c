/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds what an earlier run that was killed has left, and puts it right. */
#include "config.h"
#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>
#include "base/fail.h"
#include "command/repair.h"
#include "contract/protocol.h"
#include "machine/cgroup/memcg.h"
#include "process/proc.h"
#include "trace/tracing.h"

/*
 * A worker that was killed between making its segment and marking it to vanish: nobody has it
 * attached, and nobody can any more who knows its number. A maker in another pid namespace has
 * no number here, and keeps it.
 */
static bool is_leftover(const struct shmid_ds *s)
{
	return ((uint32_t)s->shm_perm.__key & ~SHM_KEY_PID) == SHM_KEY &&
		s->shm_perm.uid == geteuid() && !s->shm_nattch && proc_is_gone(s->shm_cpid);
}

static void repair_shm(void)
{
	struct shm_info info;
	int most = shmctl(0, SHM_INFO, (struct shmid_ds *)&info), id;
	struct shmid_ds s;

	for (int i = 0; i <= most; i++) {
		id = shmctl(i, SHM_STAT, &s);
		if (id >= 0 && is_leftover(&s) && !shmctl(id, IPC_RMID, NULL))
			warn("removed the shared memory segment %d of a run that was killed", id);
	}
}

void repair_leftovers(void)
{
	tracing_repair();
	memcg_repair();
	repair_shm();
}
