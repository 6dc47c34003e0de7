# SPDX-License-Identifier: GPL-2.0-or-later
# The lab: kernels, guests, what is measured in them. init has no libc and is carried inside the
# program, like the worker.
src_libcontrol_a_SOURCES += \
	src/lab/kernel/kernel-files.c src/lab/kernel/kernel-make.c \
	src/lab/kernel/kernel-priv.h src/lab/kernel/kernel-source.c \
	src/lab/kernel/kernel-sync.c src/lab/kernel/kernel-tree.c src/lab/kernel/kernel-variant.c \
	src/lab/kernel/kernel-variants.c src/lab/kernel/kernel.c src/lab/kernel/kernel.h

src_libcontrol_a_SOURCES += \
	src/lab/guest/guest.h src/lab/guest/initramfs.c src/lab/guest/initramfs.h

src_libcontrol_a_SOURCES += \
	src/lab/qemu/guests.c src/lab/qemu/guests.h src/lab/qemu/qemu-command.c \
	src/lab/qemu/qemu-failed.c src/lab/qemu/qemu-priv.h src/lab/qemu/qemu.c \
	src/lab/qemu/qemu.h

src_libcontrol_a_SOURCES += \
	src/lab/run/bisect.c src/lab/run/bisect.h \
	src/lab/run/exact-priv.h src/lab/run/exact-store.c \
	src/lab/run/exact.c src/lab/run/exact.h src/lab/run/timed.c src/lab/run/timed.h
src/lab/guest/libcontrol_a-initramfs.$(OBJEXT): src/lab/guest/guest-init

noinst_PROGRAMS += src/lab/guest/guest-init
src_lab_guest_guest_init_SOURCES = src/lab/guest/init.c src/lab/guest/guest.h \
	worker/string.c $(contract_headers)
src_lab_guest_guest_init_CFLAGS = -std=gnu11 $(WARN_CFLAGS) $(WORKER_CFLAGS)
src_lab_guest_guest_init_CPPFLAGS = $(AM_CPPFLAGS)
src_lab_guest_guest_init_LDFLAGS = -static -nostdlib -nostartfiles -Wl,-s -Wl,--build-id=none
src_lab_guest_guest_init_LDADD =
