/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page's style sheet and script, carried in the program. */
#include "report/page/page.h"

__asm__(".section .rodata\n"
	".globl page_css\n"
	".globl page_css_end\n"
	".globl page_js\n"
	".globl page_js_end\n"
	"page_css:\n"
	".incbin \"" PAGE_CSS "\"\n"
	"page_css_end:\n"
	".byte 0\n"
	"page_js:\n"
	".incbin \"" PAGE_JS "\"\n"
	"page_js_end:\n"
	".byte 0\n"
	".previous\n");
