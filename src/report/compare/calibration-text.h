/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A calibration in words. */
#ifndef EXITBENCH_CALIBRATION_TEXT_H
#define EXITBENCH_CALIBRATION_TEXT_H

#include <stdio.h>
#include "dataset/calibration.h"

/* "exit of fork-exit, 1 core compact", with the parameters that are not at their default. */
char *calibration_title(const struct calibration *c, char *buf, size_t size);

/* A calibration for people, 80 columns. */
void calibration_text(const struct calibration *c, FILE *out);

/*
 * In one sentence, to go with a comparison: "equal arms +0.02% [-0.06, +0.09] after 60 s;
 * doses recovered with slope 1.003 (user), 0.98 (kernel)". Returns BUF.
 */
char *calibration_sentence(const struct calibration *c, char *buf, size_t size);

#endif
