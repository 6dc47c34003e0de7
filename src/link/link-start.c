/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts a worker: its executable, its area, its process; and ends it. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/fail.h"
#include "link/link-start.h"
#include "link/link.h"
#include "process/child-setup.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

#define FIRST_FD 10		/* clear of those that workers are given */

extern const char worker_image[], worker_image_end[];

const char *start_limit(int error)
{
	switch (error) {
	case EMFILE:
		return " (see ulimit -n: a worker takes one, and starting it a few more)";
	case EAGAIN:
		return " (see ulimit -u, and pids.max of the cgroup)";
	case ENOMEM:
		return " (see ulimit -v, memory.max of the cgroup, and the memory that is free)";
	}
	return "";
}

/* Out of the way of the numbers that a worker's descriptors get. */
static int raise_fd(int fd)
{
	int raised = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_FD);

	if (raised >= 0)
		close(fd);
	return raised >= 0 ? raised : fd;
}

static int write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		data += n;
		size -= n;
	}
	return 0;
}

static int copy_file(int fd, const char *path)
{
	char buf[65536];
	int from = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	if (from < 0)
		return -1;
	while ((n = read(from, buf, sizeof(buf))) > 0)
		if (write_all(fd, buf, n)) {
			n = -1;
			break;
		}
	close(from);
	return n ? -1 : 0;
}

static int fill_image(int fd)
{
	const char *other = secure_getenv("EXITBENCH_WORKER");

	if (other)
		return copy_file(fd, other);
	return write_all(fd, worker_image, worker_image_end - worker_image);
}

static int image_memfd(void)
{
	int fd = memfd_create("exitbench-worker", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);

	if (fd < 0 && errno == EINVAL)	/* before Linux 6.3 */
		fd = memfd_create("exitbench-worker", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return -1;
	fd = raise_fd(fd);
	if (fill_image(fd) || fchmod(fd, 0500) ||
		fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Where memfds may not be executed (vm.memfd_noexec=2). */
static int image_tmpfile(void)
{
	const char *dir = secure_getenv("TMPDIR");
	int fd = open(dir ? dir : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0500);
	char path[64];
	int readonly;

	if (fd < 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	/* A file that is open for writing cannot be executed. */
	readonly = fill_image(fd) ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	close(fd);
	return readonly < 0 ? -1 : raise_fd(readonly);
}

int start_image(struct image *out)
{
	out->fd = image_memfd();
	if (out->fd < 0)
		out->fd = image_tmpfile();
	if (out->fd < 0)
		return fail(STATUS_MACHINE,
			"cannot make a copy of the worker's executable: %s (memfd_create, then "
			"O_TMPFILE in $TMPDIR or /tmp; see vm.memfd_noexec)%s", strerror(errno),
			start_limit(errno));
	return 0;
}

void image_close(struct image *image)
{
	if (image->fd >= 0)
		close(image->fd);
	image->fd = -1;
}

int start_shared_area(const char *name, size_t size, int *fd, void **area)
{
	*fd = memfd_create(name, MFD_CLOEXEC);
	if (*fd < 0)
		return fail(STATUS_MACHINE, "memfd_create for %s: %s%s", name, strerror(errno),
			start_limit(errno));
	*fd = raise_fd(*fd);
	*area = MAP_FAILED;
	if (!ftruncate(*fd, size))
		*area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
	if (*area != MAP_FAILED)
		return 0;
	fail(STATUS_MACHINE, "cannot map %zu bytes for %s: %s", size, name, strerror(errno));
	close(*fd);
	*fd = -1;
	return -STATUS_MACHINE;
}

/* In the new process; reports errno through REPORT when it cannot become a worker. */
static void become_worker(const struct topology *t, const struct started_worker *w, int group_fd,
	int area_fd, int image_fd, pid_t parent, int report)
{
	char *const argv[] = { (char *)"exitbench-worker", NULL };
	char *const envp[] = { NULL };
	int err;

	child_begin(parent);
	if (!topology_bind(t, w->cpu)) {
		dup2(group_fd, WORKER_FD_GROUP);
		dup2(area_fd, WORKER_FD_AREA);
		fexecve(image_fd, argv, envp);
	}
	err = errno;
	if (write(report, &err, sizeof(err)) < 0)
		_exit(126);
	_exit(127);
}

/* Waits for the exec: 0, or the errno of what failed before it. */
static int exec_result(int fd)
{
	int err = 0;
	ssize_t n;

	do {
		n = read(fd, &err, sizeof(err));
	} while (n < 0 && errno == EINTR);
	return n == sizeof(err) ? (err ? err : EINVAL) : 0;
}

/* Waits for at most a second: one that is stuck in the kernel cannot be killed. */
static bool wait_a_second(pid_t pid)
{
	const struct timespec pause = { .tv_nsec = 1000000 };

	for (int tries = 1000; tries; tries--) {
		if (waitpid(pid, NULL, WNOHANG))
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

int start_worker(const struct topology *t, int cpu, int group_fd, const struct image *shared,
	struct started_worker *out)
{
	struct started_worker w = { .cpu = cpu, .image.fd = -1 };
	int area_fd = -1, report[2] = { -1, -1 }, err;
	pid_t self = getpid();

	w.size = area_size(WORKER_STACK_SIZE, LINK_CAPACITY);
	err = start_shared_area("exitbench-area", w.size, &area_fd, (void **)&w.area);
	if (err)
		return err;
	area_lay_out(w.area, WORKER_STACK_SIZE, LINK_CAPACITY);
	err = shared ? 0 : start_image(&w.image);
	if (err)
		goto undo;
	if (pipe2(report, O_CLOEXEC)) {
		err = fail(STATUS_MACHINE, "pipe for the worker on CPU %d: %s%s", cpu, strerror(errno),
			start_limit(errno));
		goto undo;
	}
	report[1] = raise_fd(report[1]);
	w.pid = fork();
	if (!w.pid)
		become_worker(t, &w, group_fd, area_fd, shared ? shared->fd : w.image.fd, self,
			report[1]);
	close(report[1]);
	err = w.pid < 0 ? errno : exec_result(report[0]);
	close(report[0]);
	if (err) {
		if (w.pid > 0)
			wait_a_second(w.pid);
		err = fail(STATUS_MACHINE, "cannot start the worker on CPU %d: %s%s", cpu, strerror(err),
			start_limit(err));
		goto undo;
	}
	close(area_fd);
	*out = w;
	return 0;

undo:
	munmap(w.area, w.size);
	close(area_fd);
	image_close(&w.image);
	return err;
}

void start_kill(struct started_worker *w)
{
	/* Not yet waited for, so the pid cannot be another's. */
	kill(w->pid, SIGKILL);
	wait_a_second(w->pid);
}

void start_end(struct started_worker *w, bool dead)
{
	if (!dead && !wait_a_second(w->pid))
		start_kill(w);
	munmap(w->area, w->size);
	image_close(&w->image);
}

const char *start_failure(int status)
{
	static const char *const said[] = {
		[WORKER_FAILED_GROUP] = "it could not map the group's area",
		[WORKER_FAILED_AREA] = "it could not map its own area",
		[WORKER_FAILED_VERSION] = "it speaks another version of the protocol",
		[WORKER_FAILED_CHILD_AREA] = "it could not map the page it shares with its children",
		[WORKER_FAILED_UNMAP] = "it could not shed its address space",
	};

	return (size_t)status < sizeof(said) / sizeof(said[0]) && said[status] ? said[status] :
		"unexpected";
}
