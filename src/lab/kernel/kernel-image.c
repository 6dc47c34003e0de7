/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Variants and config fragments, carried in the program; lab/ has them as files. */
#include "lab/kernel/kernel-priv.h"

#define CARRY(name, file)			\
	__asm__(".section .rodata\n"		\
		".globl lab_" name "\n"		\
		"lab_" name ":\n"		\
		".incbin \"" file "\"\n"		\
		".byte 0\n"			\
		".previous\n");

#define VARIANT(number, name, file) CARRY("variant_" #number, file)
#include "lab/kernel/kernel-shipped.h"

CARRY("config", LAB_DIR "/kernel.config")
CARRY("config_x86_64", LAB_DIR "/kernel-x86_64.config")
CARRY("config_arm64", LAB_DIR "/kernel-arm64.config")
