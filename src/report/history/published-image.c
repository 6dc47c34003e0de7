/* SPDX-License-Identifier: GPL-2.0-or-later */
/* analysis/published.json, carried in the program: history needs no file. */
#include "report/history/published.h"

__asm__(".section .rodata\n"
	".globl published_image\n"
	".globl published_image_end\n"
	"published_image:\n"
	".incbin \"" PUBLISHED_JSON "\"\n"
	"published_image_end:\n"
	".byte 0\n"
	".previous\n");
