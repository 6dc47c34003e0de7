/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The worker's executable, carried in the controller; its path is from the build's top. */
#include "link/link-start.h"

__asm__(".section .rodata\n"
	".globl worker_image\n"
	".globl worker_image_end\n"
	".balign 16\n"
	"worker_image:\n"
	".incbin \"worker/exitbench-worker\"\n"
	"worker_image_end:\n"
	".byte 0\n"
	".previous\n");
