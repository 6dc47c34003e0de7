/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QEMU's command line. */
#include "config.h"
#include <unistd.h>
#include "base/text-of.h"
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

/* An option, and its value; they live until exec. */
static void add(struct arguments *a, const char *option, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void add(struct arguments *a, const char *option, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = text_of_list(fmt, ap);
	va_end(ap);
	if (!text || a->n > MOST_ARGUMENTS - 3)
		_exit(127);
	a->v[a->n++] = option;
	a->v[a->n++] = text;
}

static void add_clock(struct arguments *a, enum qemu_kind kind)
{
	switch (kind) {
	case QEMU_EXACT:
		add(a, "-accel", "tcg,thread=single");
		/* One instruction is one ns; when nobody runs, time jumps to the next event. */
		add(a, "-icount", "shift=0,sleep=off");
		add(a, "-rtc", "base=2020-01-01,clock=vm");
		add(a, "-seed", "1");
		add(a, "-cpu", "qemu64");
		break;
	case QEMU_EMULATED:
		add(a, "-accel", "tcg");
		break;
	case QEMU_KVM:
		add(a, "-accel", "kvm");
		add(a, "-cpu", "host");
		break;
	}
}

void qemu_exec(const char *qemu, const struct qemu_options *o, const struct qemu_files *f)
{
	struct arguments a = { { qemu, "-nodefaults", "-no-user-config", "-no-reboot" }, 4 };

	add(&a, "-name", "exitbench");
	add(&a, "-M", "%s", o->type ? o->type : "microvm,acpi=off");
	add(&a, "-display", "none");
	add(&a, "-smp", "1");
	add(&a, "-m", "%lldM", (long long)o->memory_mb);
	add_clock(&a, o->kind);
	add(&a, "-kernel", "%s", o->kernel);
	add(&a, "-initrd", "/proc/self/fd/%d", f->initramfs);
	add(&a, "-append", "%s%s%s%s", kernel_line, o->kind == QEMU_EXACT ? " nolapic_timer" : "",
		o->append ? " " : "", o->append ? o->append : "");
	add(&a, "-chardev", "file,id=console,path=/proc/self/fd/%d", f->console);
	add(&a, "-serial", "chardev:console");
	if (f->line >= 0) {
		add(&a, "-chardev", "socket,id=line,fd=%d", f->line);
		/* -serial gives a microvm one line only. */
		add(&a, "-device", "isa-serial,chardev=line,index=1");
	}
	add(&a, "-chardev", "file,id=out,path=/proc/self/fd/%d", f->out);
	add(&a, "-device", "isa-debugcon,chardev=out,iobase=%#x", GUEST_PORT_OUT);
	add(&a, "-device", "isa-debug-exit,iobase=%#x,iosize=4", GUEST_PORT_END);
	execvp(qemu, (char *const *)a.v);
}
