/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QEMU's command line. */
#include "config.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/fail.h"
#include "lab/qemu/qemu-priv.h"

#define MOST_ARGUMENTS 64

/*
 * What differs from boot to boot otherwise: where the kernel and its stacks lie, what
 * processes' addresses are, when the random number generator is ready; and whether the
 * kernel trusts the counter that it is timed with. A panic ends the guest, by a triple
 * fault: a kernel without ACPI knows nothing else that a microvm has. That one has no timer
 * where kernels look for it first, and they look for long. Calibrating the APIC's timer is
 * the greater part of a boot where instructions are counted: the kernel reads the counter
 * for a tenth of a second, at one read in so many ns.
 */
static const char kernel_line[] = "console=ttyS0 panic=-1 reboot=t no_timer_check nokaslr "
	"norandmaps randomize_kstack_offset=off tsc=reliable random.trust_cpu=off";

struct arguments {
	const char *v[MOST_ARGUMENTS];
	int n;
};

/* Each is one argument; they live until exec. */
static void add(struct arguments *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void add(struct arguments *a, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0 || a->n == MOST_ARGUMENTS - 1)
		_exit(127);
	a->v[a->n++] = text;
	a->v[a->n] = NULL;
}

static void add_clock(struct arguments *a, enum qemu_kind kind)
{
	add(a, "-accel");
	switch (kind) {
	case QEMU_EXACT:
		add(a, "tcg,thread=single");
		/* One instruction is one ns; when nobody runs, time jumps to the next event. */
		add(a, "-icount");
		add(a, "shift=0,sleep=off");
		add(a, "-rtc");
		add(a, "base=2020-01-01,clock=vm");
		add(a, "-seed");
		add(a, "1");
		add(a, "-cpu");
		add(a, "qemu64");
		break;
	case QEMU_EMULATED:
		add(a, "tcg");
		break;
	case QEMU_KVM:
		add(a, "kvm");
		add(a, "-cpu");
		add(a, "host");
		break;
	}
}

void qemu_exec(const char *qemu, const struct qemu_options *o, const struct qemu_files *f)
{
	struct arguments a = { 0 };

	add(&a, "%s", qemu);
	add(&a, "-name");
	add(&a, "exitbench");
	add(&a, "-M");
	add(&a, "%s", o->type ? o->type : "microvm,acpi=off");
	for (const char *const *p = (const char *const[]){ "-nodefaults", "-no-user-config",
		     "-display", "none", "-no-reboot", "-smp", "1", NULL }; *p; p++)
		add(&a, "%s", *p);
	add(&a, "-m");
	add(&a, "%lldM", (long long)o->memory_mb);
	add_clock(&a, o->kind);
	add(&a, "-kernel");
	add(&a, "%s", o->kernel);
	add(&a, "-initrd");
	add(&a, "/proc/self/fd/%d", f->initramfs);
	add(&a, "-append");
	add(&a, "%s%s%s%s", kernel_line, o->kind == QEMU_EXACT ? " nolapic_timer" : "",
		o->append ? " " : "", o->append ? o->append : "");
	add(&a, "-chardev");
	add(&a, "file,id=console,path=/proc/self/fd/%d", f->console);
	add(&a, "-serial");
	add(&a, "chardev:console");
	if (f->line >= 0) {
		add(&a, "-chardev");
		add(&a, "socket,id=line,fd=%d", f->line);
		/* -serial gives a microvm one line only. */
		add(&a, "-device");
		add(&a, "isa-serial,chardev=line,index=1");
	}
	add(&a, "-chardev");
	add(&a, "file,id=out,path=/proc/self/fd/%d", f->out);
	add(&a, "-device");
	add(&a, "isa-debugcon,chardev=out,iobase=%#x", GUEST_PORT_OUT);
	add(&a, "-device");
	add(&a, "isa-debug-exit,iobase=%#x,iosize=4", GUEST_PORT_END);
	execvp(qemu, (char *const *)a.v);
}
