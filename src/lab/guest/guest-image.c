/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's init, carried in the controller; its path is from the build's top. */
#include "lab/guest/initramfs.h"

extern const char guest_init_image[], guest_init_image_end[];

__asm__(".section .rodata\n"
	".globl guest_init_image\n"
	".globl guest_init_image_end\n"
	".balign 16\n"
	"guest_init_image:\n"
	".incbin \"src/lab/guest/guest-init\"\n"
	"guest_init_image_end:\n"
	".byte 0\n"
	".previous\n");
