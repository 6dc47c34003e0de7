/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the kernel builder share. */
#ifndef EXITBENCH_KERNEL_PRIV_H
#define EXITBENCH_KERNEL_PRIV_H

/* The files of lab/, each followed by a 0. */
extern const char lab_nolock[], lab_before[], lab_v1[], lab_v2[], lab_stock[];
extern const char lab_config[], lab_config_x86_64[], lab_config_arm64[];

/* The rest of the line "// FIELD: ..." in a variant's notes; malloc'ed, NULL: there is none. */
char *variant_field(const char *text, const char *field);

#endif
