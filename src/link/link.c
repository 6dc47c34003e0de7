/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Workers as a group: hands blocks out, waits for them, says what went wrong. */
#include "config.h"
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/fail.h"
#include "contract/workload.h"
#include "link/link-program.h"
#include "link/link-start.h"
#include "link/link.h"
#include "process/signals.h"

struct link_worker {
	struct started_worker proc;	/* of a program: the CPU and the area only */
	const struct workload *program;	/* NULL: a worker */
	struct block_request last;	/* for `fresh` */
	bool dead;
	uint64_t progress;		/* as last seen, and since when (monotonic ns) */
	uint64_t since;
	int looks;			/* since then: a machine that was paused had few */
};

struct link {
	const struct topology *topology;
	struct link_options options;
	struct group_area *group;
	int group_fd;
	struct image image;		/* when shared */
	struct program_cgroup cgroup;
	struct link_worker *workers;
	int n;
	int *cpus, ncpus;		/* all that may be used */
};

static long futex(uint32_t *word, int op, uint32_t value, const struct timespec *timeout)
{
	return syscall(SYS_futex, word, op, value, timeout, NULL, 0);
}

int link_open(const struct topology *t, const struct link_options *o, struct link **out)
{
	const struct place_spec everything = { .policy = PLACE_COMPACT };
	struct link *l = calloc(1, sizeof(*l));
	int err;

	if (!l)
		return fail_nomem();
	l->topology = t;
	l->options = *o;
	l->image.fd = -1;
	l->group_fd = -1;
	l->ncpus = topology_order(t, &everything, &l->cpus);
	if (l->ncpus < 0) {
		err = l->ncpus;
		goto free_link;
	}
	err = start_shared_area("exitbench-group", sizeof(*l->group), &l->group_fd, (void **)&l->group);
	if (err)
		goto free_link;
	if (o->shared_image) {
		err = start_image(&l->image);
		if (err)
			goto unmap;
	}
	signals_catch(&l->group->event);
	*out = l;
	return 0;

unmap:
	munmap(l->group, sizeof(*l->group));
	close(l->group_fd);
free_link:
	free(l->cpus);
	free(l);
	return err;
}

static struct worker_area *area_of(const struct link *l, int worker)
{
	return l->workers[worker].proc.area;
}

static void take_turn(struct link *l, int worker)
{
	struct worker_area *area = area_of(l, worker);

	__atomic_add_fetch(&area->turn, 1, __ATOMIC_RELEASE);
	futex(&area->turn, FUTEX_WAKE, 1, NULL);
}

void link_close(struct link *l)
{
	if (!l)
		return;
	for (int i = 0; i < l->n; i++) {
		if (l->workers[i].dead || l->workers[i].program)
			continue;
		area_of(l, i)->request.command = COMMAND_QUIT;
		take_turn(l, i);
	}
	signals_restore();
	for (int i = 0; i < l->n; i++) {
		if (l->workers[i].program)
			free(l->workers[i].proc.area);
		else
			start_end(&l->workers[i].proc, l->workers[i].dead);
	}
	program_cgroup_close(&l->cgroup);
	image_close(&l->image);
	munmap(l->group, sizeof(*l->group));
	close(l->group_fd);
	free(l->workers);
	free(l->cpus);
	free(l);
}

static int find(const struct link *l, const struct workload *program, int cpu)
{
	for (int i = 0; i < l->n; i++)
		if (l->workers[i].program == program && l->workers[i].proc.cpu == cpu)
			return i;
	return -1;
}

/* Room for one more at l->workers[l->n]. */
static int make_room(struct link *l)
{
	struct link_worker *grown = reallocarray(l->workers, l->n + 1, sizeof(*grown));

	if (!grown)
		return fail_nomem();
	l->workers = grown;
	memset(&grown[l->n], 0, sizeof(*grown));
	return 0;
}

int link_worker(struct link *l, int cpu)
{
	int at = find(l, NULL, cpu), err;

	if (at >= 0)
		return at;
	err = make_room(l);
	if (!err)
		err = start_worker(l->topology, cpu, l->group_fd,
			l->options.shared_image ? &l->image : NULL, &l->workers[l->n].proc);
	return err ? err : l->n++;
}

int link_program(struct link *l, const struct workload *w, int cpu)
{
	int at = find(l, w, cpu), err;

	if (at >= 0)
		return at;
	err = make_room(l);
	if (err)
		return err;
	l->workers[l->n].program = w;
	l->workers[l->n].proc.cpu = cpu;
	l->workers[l->n].proc.area = program_area();
	return l->workers[l->n].proc.area ? l->n++ : fail_nomem();
}

static bool has_worker(const struct link *l, const struct link_order *o, int cpu)
{
	for (int i = 0; i < o->n; i++)
		if (l->workers[o->workers[i]].proc.cpu == cpu)
			return true;
	return false;
}

/*
 * Other CPUs for worker I of the block: its share of those that no worker has, or where
 * there are none, those of the other workers, the next one's first.
 */
static void give_cpus(const struct link *l, const struct link_order *o, int i,
	struct block_request *r)
{
	int nfree = 0, share, at;

	for (int k = 0; k < l->ncpus; k++)
		nfree += !has_worker(l, o, l->cpus[k]);
	share = nfree / o->n ? nfree / o->n : nfree > 0;
	at = nfree ? i * share % nfree : 0;
	for (int k = 0, seen = 0; k < l->ncpus && share && r->ncpus < WORKLOAD_CPUS; k++) {
		if (has_worker(l, o, l->cpus[k]) || seen++ < at)
			continue;
		r->cpu[r->ncpus++] = l->cpus[k];
		share--;
	}
	for (int k = 1; k < o->n && !nfree && r->ncpus < WORKLOAD_CPUS; k++)
		r->cpu[r->ncpus++] = l->workers[o->workers[(i + k) % o->n]].proc.cpu;
}

static int fill_cpus(const struct link *l, const struct link_order *o, int i,
	struct block_request *r)
{
	int wanted = o->workload->other_cpus;

	r->child_cpu = o->child_cpus ? o->child_cpus[i] : -1;
	r->ncpus = 0;
	memset(r->cpu, 0, sizeof(r->cpu));
	if (wanted)
		give_cpus(l, o, i, r);
	if ((int)r->ncpus >= wanted)
		return 0;
	return fail(STATUS_MACHINE, "%s needs %d CPU%s besides the worker's; %d may be used here",
		o->workload->name, wanted, wanted == 1 ? "" : "s", l->ncpus);
}

static int hand_out(struct link *l, const struct link_order *o)
{
	struct block_request *request = o->request;
	struct group_area *g = l->group;
	int n = o->n, err = 0;

	g->abort = g->ready = g->done = g->left = 0;
	request->command = COMMAND_BLOCK;
	request->workers = n;
	for (int i = 0; i < n && !err; i++) {
		struct link_worker *w = &l->workers[o->workers[i]];

		err = fill_cpus(l, o, i, request);
		if (err)
			return err;
		w->proc.area->look = 0;
		request->fresh = !same_setup(request, &w->last);
		w->proc.area->request = *request;
		w->proc.area->in_block = 1;
		w->since = monotonic_ns();
		w->looks = 0;
		if (w->proc.cpu == l->options.controller_cpu || l->options.controller_cpu < 0)
			w->proc.area->request.spin = 0;
		w->last = *request;
	}
	for (int i = 0; i < n; i++)
		take_turn(l, o->workers[i]);
	return 0;
}

static int describe_death(const struct link_worker *w, const siginfo_t *info, const char *workload)
{
	int cpu = w->proc.cpu;

	if (info->si_code == CLD_EXITED)
		return fail(STATUS_MACHINE, "the worker on CPU %d ended in %s with status %d (%s)", cpu,
			workload, info->si_status, start_failure(info->si_status));
	return fail(STATUS_MACHINE, "the worker on CPU %d was killed in %s by signal %d (%s)", cpu,
		workload, info->si_status, strsignal(info->si_status));
}

/* Looks for workers that died; 0, or negative with the first of them described. */
static int reap(struct link *l, const char *workload)
{
	siginfo_t any = { 0 };
	int err = 0;

	/* One system call for all of them, as mostly there is none. */
	if (waitid(P_ALL, 0, &any, WEXITED | WNOHANG | WNOWAIT) || !any.si_pid)
		return 0;
	for (int i = 0; i < l->n; i++) {
		struct link_worker *w = &l->workers[i];
		siginfo_t info = { 0 };

		if (w->dead || w->program || waitid(P_PID, w->proc.pid, &info, WEXITED | WNOHANG) || !info.si_pid)
			continue;
		w->dead = true;
		if (!err)
			err = describe_death(w, &info, workload);
	}
	/* Process 1 gets what others leave; workers have been waited for above. */
	if (getpid() == 1)
		waitid(P_PID, (id_t)any.si_pid, &any, WEXITED | WNOHANG);
	return err;
}

static bool in_block(const struct link_worker *w)
{
	return !w->dead && __atomic_load_n(&w->proc.area->in_block, __ATOMIC_ACQUIRE);
}

static bool all_left(const struct link *l, const int *workers, int n)
{
	for (int i = 0; i < n; i++)
		if (in_block(&l->workers[workers[i]]))
			return false;
	return true;
}

/* A worker that stands still for too long is killed; 0 or negative with that. */
static int check_hang(const struct link *l, struct link_worker *w, const char *workload)
{
	uint64_t progress = __atomic_load_n(&w->proc.area->progress, __ATOMIC_RELAXED);
	uint64_t now = monotonic_ns();

	if (progress != w->progress) {
		w->progress = progress;
		w->since = now;
		w->looks = 0;
		return 0;
	}
	/* After a pause we may be looking before it has gone on: that look does not count. */
	if (++w->looks <= 1 + l->options.hang / 2 ||
		(double)(now - w->since) <= l->options.hang * 1e9)
		return 0;
	start_kill(&w->proc);
	w->dead = true;
	return fail(STATUS_MACHINE, "the worker on CPU %d hung in %s: no operation for %g s; killed",
		w->proc.cpu, workload, l->options.hang);
}

/* After each wake-up or second: deaths, hangs, interruption. FIRST is kept if it is one. */
static int look_around(struct link *l, const int *workers, int n, const char *workload, int first)
{
	int err = reap(l, workload);

	for (int i = 0; i < n && !err; i++)
		if (in_block(&l->workers[workers[i]]))
			err = check_hang(l, &l->workers[workers[i]], workload);
	if (!err && !first)
		err = signals_check();
	if (err)
		__atomic_store_n(&l->group->abort, 1, __ATOMIC_RELEASE);
	return first ? first : err;
}

/* Shows the caller each child that stands still, and lets it go on. */
static int look_at_children(struct link *l, const struct link_order *o)
{
	int err = 0;

	for (int i = 0; i < o->n; i++) {
		struct link_worker *w = &l->workers[o->workers[i]];
		struct worker_area *area = w->proc.area;

		if (!in_block(w) || !__atomic_load_n(&area->look, __ATOMIC_ACQUIRE))
			continue;
		if (!err && o->look)
			err = o->look(o->arg, area->result.pid, &area->result);
		__atomic_store_n(&area->look, 0, __ATOMIC_RELEASE);
		futex(&area->look, FUTEX_WAKE, 1, NULL);
	}
	return err;
}

static int wait_for_group(struct link *l, const struct link_order *o)
{
	const int *workers = o->workers, n = o->n;
	struct group_area *g = l->group;
	int err = 0, seen_err;

	for (;;) {
		const struct timespec second = { .tv_sec = 1 };
		uint32_t seen = __atomic_load_n(&g->event, __ATOMIC_ACQUIRE);

		if ((int)__atomic_load_n(&g->left, __ATOMIC_ACQUIRE) >= n)
			return err;
		seen_err = o->request->check ? look_at_children(l, o) : 0;
		err = err ? err : seen_err;
		err = look_around(l, workers, n, o->workload->name, err);
		/* The dead cannot leave: the others do, and then it is over. */
		if (err && all_left(l, workers, n))
			return err;
		futex(&g->event, FUTEX_WAIT, seen, &second);
	}
}

/* "SIGKILL", or what the child said. */
static int describe_child(const struct link_worker *w, const struct workload *workload)
{
	const struct block_result *r = &w->proc.area->result;
	const char *remedy = workload->remedy ? workload->remedy
					       : "see its parameters and the memory that is free";
	int status = WIFEXITED(r->error) ? WEXITSTATUS(r->error) : 0;

	if (WIFSIGNALED(r->error))
		return fail(STATUS_MACHINE, "a child of %s on CPU %d was killed by signal %d (%s); %s",
			workload->name, w->proc.cpu, WTERMSIG(r->error),
			strsignal(WTERMSIG(r->error)), remedy);
	if ((status == CHILD_FAILED || status == CHILD_MISSED) && r->what[0])
		return fail(STATUS_MACHINE, "a child of %s on CPU %d failed: %s%s%s; %s", workload->name,
			w->proc.cpu, r->what, r->cause ? ": " : "",
			r->cause ? strerror(r->cause) : "", remedy);
	if (status == CHILD_NOT_MOVED)
		return fail(STATUS_MACHINE, "a child of %s could not move from CPU %d to CPU %d, which was "
			"taken offline, or out of our cpuset", workload->name, w->proc.cpu,
			w->proc.area->request.child_cpu);
	if (status == CHILD_DOSE)
		return fail(STATUS_MACHINE, "a child of %s on CPU %d got no memory for its dose; see "
			"dose_pages, dose_vmas and vm.max_map_count", workload->name, w->proc.cpu);
	return fail(STATUS_MACHINE, "a child of %s on CPU %d ended with status %d; %s", workload->name,
		w->proc.cpu, status, remedy);
}

/* Which of its helpers could not is not known. */
static int describe_unmoved(const struct link_worker *w, const char *workload)
{
	const struct block_request *q = &w->proc.area->request;
	char cpus[WORKLOAD_CPUS * 16] = "";
	size_t at = 0;

	for (uint32_t i = 0; i < q->ncpus; i++)
		at += (size_t)snprintf(cpus + at, sizeof(cpus) - at, "%s%d", i ? " or " : "", q->cpu[i]);
	return fail(STATUS_MACHINE, "a helper of %s could not move from CPU %d to CPU %s, which was taken "
		"offline, or out of our cpuset", workload, w->proc.cpu, cpus);
}

static int describe_helper(const struct link_worker *w, const char *workload)
{
	int error = w->proc.area->result.error;

	if (error == CHILD_NOT_MOVED << 8)
		return describe_unmoved(w, workload);
	if (error < 0)
		return fail(STATUS_MACHINE, "a helper of %s for CPU %d cannot be started: %s%s", workload,
			w->proc.cpu, strerror(-error), start_limit(-error));
	return fail(STATUS_MACHINE, "a helper of %s for CPU %d ended: %s %d", workload, w->proc.cpu,
		WIFSIGNALED(error) ? "signal" : "status",
		WIFSIGNALED(error) ? WTERMSIG(error) : WEXITSTATUS(error));
}

/* Whoever takes its CPU away moves a worker somewhere else, and does not tell. */
static int check_place(const struct link_worker *w, const char *name)
{
	int cpu = w->proc.area->result.cpu;

	if (cpu < 0 || cpu == w->proc.cpu)
		return 0;
	return fail(STATUS_MACHINE, "the worker on CPU %d was moved to CPU %d in %s: CPU %d was taken "
		"offline, or out of our cpuset, or someone set its affinity", w->proc.cpu, cpu, name,
		w->proc.cpu);
}

static int describe_error(const struct link_worker *w, const struct workload *workload)
{
	const struct block_result *r = &w->proc.area->result;
	const char *name = workload->name, *remedy = workload->remedy;

	switch (r->kind) {
	case BLOCK_OK:
		return check_place(w, name);
	case BLOCK_SETUP:
		return fail(STATUS_MACHINE, "%s cannot be set up on CPU %d: %s%s%s%s%s", name,
			w->proc.cpu, r->what, r->error == SETUP_REFUSED ? "" : ": ",
			r->error == SETUP_REFUSED ? "" : strerror(r->error), remedy ? "; " : "",
			remedy ? remedy : "");
	case BLOCK_CHILD:
		return describe_child(w, workload);
	case BLOCK_HELPER:
		return describe_helper(w, name);
	case BLOCK_FORK:
		return fail(STATUS_MACHINE,
			"fork keeps failing in %s on CPU %d: %s, %u times in a row (see ulimit -u, "
			"pids.max and the memory that is free)", name, w->proc.cpu,
			strerror(r->error), r->row);
	case BLOCK_FORKED:
		return fail(STATUS_MACHINE, "fork should fail in %s with \"%s\" on CPU %d, but does not%s%s",
			name, strerror(r->error), w->proc.cpu, remedy ? "; " : "",
			remedy ? remedy : "");
	}
	return 0;
}

static int run_program(struct link *l, const struct link_order *o)
{
	struct program_slot *slots = calloc(o->n, sizeof(*slots));
	struct program_job job = {
		.topology = l->topology,
		.workload = o->workload,
		.request = o->request,
		.hang = l->options.hang,
		.event = &l->group->event,
		.cgroup = &l->cgroup,
	};
	int err;

	if (!slots)
		return fail_nomem();
	for (int i = 0; i < o->n; i++) {
		slots[i].cpu = l->workers[o->workers[i]].proc.cpu;
		slots[i].area = area_of(l, o->workers[i]);
	}
	err = program_block(&job, slots, o->n);
	free(slots);
	return err;
}

int link_block(struct link *l, const struct link_order *o)
{
	int err = reap(l, o->workload->name);

	if (!err && o->workload->program)
		return run_program(l, o);
	if (!err)
		err = hand_out(l, o);
	if (err)
		return err;
	err = wait_for_group(l, o);
	for (int i = 0; i < o->n; i++) {
		struct link_worker *w = &l->workers[o->workers[i]];

		/* A setup that failed is tried again next time. */
		if (w->proc.area->result.kind != BLOCK_OK)
			w->last.command = COMMAND_NONE;
		if (!err && !w->dead)
			err = describe_error(w, o->workload);
	}
	return err;
}

const struct worker_area *link_area(const struct link *l, int worker)
{
	return area_of(l, worker);
}

const struct operation *link_operations(const struct link *l, int worker)
{
	return area_operations(area_of(l, worker));
}

int link_cpu(const struct link *l, int worker)
{
	return l->workers[worker].proc.cpu;
}

pid_t link_pid(const struct link *l, int worker)
{
	return l->workers[worker].proc.pid;
}
