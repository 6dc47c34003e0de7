# SPDX-License-Identifier: GPL-2.0-or-later
# The lab's machines and what runs in them. init has no libc and is carried inside the
# program, like the worker.
src_libcontrol_a_SOURCES += \
	src/lab/exact.c src/lab/exact.h src/lab/exact-priv.h src/lab/exact-number.c src/lab/exact-store.c \
	src/lab/guest-image.c src/lab/guest/guest.h \
	src/lab/guests.c src/lab/guests.h \
	src/lab/initramfs.c src/lab/initramfs.h \
	src/lab/machine.c src/lab/machine.h src/lab/machine-priv.h src/lab/machine-failed.c \
	src/lab/machine-qemu.c \
	src/lab/timed.c src/lab/timed.h \
	src/report/lab-table.c src/report/lab-table.h
src/lab/libcontrol_a-guest-image.$(OBJEXT): src/lab/guest/guest-init

exitbench_SOURCES += \
	src/lab/lab-kernels.c src/lab/lab-kernels.h src/lab/lab-run.c \
	src/lab/lab-session.c src/lab/lab-session.h

noinst_PROGRAMS += src/lab/guest/guest-init
src_lab_guest_guest_init_SOURCES = src/lab/guest/init.c src/lab/guest/guest.h \
	worker/string.c worker/protocol.h worker/sys.h worker/arch-x86_64.h worker/arch-aarch64.h
src_lab_guest_guest_init_CFLAGS = -std=gnu11 $(WARN_CFLAGS) $(WORKER_CFLAGS)
src_lab_guest_guest_init_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/src/lab/guest
src_lab_guest_guest_init_LDFLAGS = -static -nostdlib -nostartfiles -Wl,-s -Wl,--build-id=none
src_lab_guest_guest_init_LDADD =
