/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Variants and config fragments, carried in the program; lab/ has them as files. */
#include "lab/kernel/kernel-priv.h"

#define CARRY(name, file)			\
	__asm__(".section .rodata\n"		\
		".globl lab_" name "\n"		\
		".globl lab_" name "_end\n"	\
		"lab_" name ":\n"		\
		".incbin \"" LAB_DIR file "\"\n"	\
		"lab_" name "_end:\n"		\
		".byte 0\n"			\
		".previous\n")

CARRY("nolock", "/variants/nolock.cocci");
CARRY("before", "/variants/before.cocci");
CARRY("v1", "/variants/v1.cocci");
CARRY("v2", "/variants/v2.cocci");
CARRY("stock", "/variants/stock.cocci");
CARRY("config", "/kernel.config");
CARRY("config_x86_64", "/kernel-x86_64.config");
CARRY("config_arm64", "/kernel-arm64.config");
