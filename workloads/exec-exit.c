/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The child executes a program of a few bytes, which exits: exec tears down an mm (the
 * child's), exit another (the program's).
 */
#include <elf.h>
#include <fcntl.h>
#include "contract/hooks.h"
#include "contract/memory.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

enum { PAGES };
enum { FD_PLUS_1 };

#define BASE 0x400000

/* exit_group(0) */
#ifdef __x86_64__
#define MACHINE EM_X86_64
#define CODE { 0x31, 0xff,			/* xor %edi, %edi */		\
	       0xb8, 231, 0, 0, 0,		/* mov $231, %eax */		\
	       0x0f, 0x05 }			/* syscall */
#else
#define MACHINE EM_AARCH64
#define CODE { 0x00, 0x00, 0x80, 0xd2,		/* mov x0, #0 */		\
	       0xc8, 0x0b, 0x80, 0xd2,		/* mov x8, #94 */		\
	       0x01, 0x00, 0x00, 0xd4 }		/* svc #0 */
#endif

static const struct program {
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	unsigned char code[16];
} program = {
	.header = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			EV_CURRENT },
		.e_type = ET_EXEC,
		.e_machine = MACHINE,
		.e_version = EV_CURRENT,
		.e_entry = BASE + offsetof(struct program, code),
		.e_phoff = offsetof(struct program, segment),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 1,
	},
	.segment = {
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_X,
		.p_vaddr = BASE,
		.p_filesz = sizeof(struct program),
		.p_memsz = sizeof(struct program),
		.p_align = 0x10000,
	},
	.code = CODE,
};

static long make_file(unsigned int flags)
{
	return sys_call3(SYS_memfd_create, "exec-exit", MFD_CLOEXEC | MFD_ALLOW_SEALING | flags, 0);
}

static int setup(struct context *c)
{
	long fd = make_file(MFD_EXEC), err;

	if (fd == -EINVAL)		/* before Linux 6.3 */
		fd = make_file(0);
	if (fd < 0)
		return setup_failed(c, "memfd_create of a program", fd);
	c->state[FD_PLUS_1] = (uint64_t)fd + 1;
	err = sys_call3(SYS_write, fd, &program, sizeof(program));
	if (err != sizeof(program))
		return setup_failed(c, "write of a program", err < 0 ? err : -ENOSPC);
	err = sys_call3(SYS_fcntl, fd, F_ADD_SEALS,
		F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
	return err ? setup_failed(c, "sealing of a program", err) : 0;
}

static void teardown(struct context *c)
{
	if (c->state[FD_PLUS_1])
		sys_call3(SYS_close, c->state[FD_PLUS_1] - 1, 0, 0);
}

static void child(struct context *c)
{
	void *area;

	if (!c->param[PAGES])
		return;
	area = memory_vmas(1, c->param[PAGES] * c->page_size, PROT_READ | PROT_WRITE);
	if (sys_is_error(area))
		child_failed(c, "mmap of its pages", (long)area);
	memory_touch(area, c->param[PAGES], c->page_size);
}

static void end(struct context *c)
{
	const char *argv[] = { "exec-exit", NULL }, *envp[] = { NULL };
	long err = sys_call6(SYS_execveat, (long)c->state[FD_PLUS_1] - 1, (long)"", (long)argv,
		(long)envp, AT_EMPTY_PATH, 0);

	child_failed(c, "execveat", err);
}

static void holds(const struct context *c, uint64_t *holds)
{
	holds[HOLDS_VMAS] = c->param[PAGES] > 0;
	holds[HOLDS_ANON] = c->param[PAGES] * c->page_size;
}

const struct workload exec_exit = {
	.name = "exec-exit",
	.summary = "exec of a program of a few bytes, which exits at once",
	.drives = "exec_mmap's teardown of the old mm (pages= of it touched), then the new one's",
	.shows = SHOWS_EXEC,
	.main = 7,
	.proof = "mmap:exit_mmap twice; only the program ends with 0",
	.mind = "the stamp dies at exec, so there is no exit; most of cycle is exec building the "
		"new mm; vfork and posix_spawn tear down no old mm",
	.needs = "a memfd that may be executed",
	.remedy = "sysctl vm.memfd_noexec=0",
	.primary = "cycle",
	.metrics = METRIC_BIT(METRIC_FORK) | METRIC_BIT(METRIC_CYCLE),
	.params = {
		{ "pages", "pages that the child touches before", PARAM_COUNT, 0, 0, 1 << 24 },
	},
	.setup = setup,
	.child = child,
	.end = end,
	.teardown = teardown,
	.holds = holds,
};
