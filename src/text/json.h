/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What JSON cannot hold, in a form that it can. New references; NULL without memory. */
#ifndef EXITBENCH_JSON_H
#define EXITBENCH_JSON_H

#include <jansson.h>

/* TEXT, with U+FFFD for what is not UTF-8; null for NULL. For all text of unknown origin. */
json_t *text_json(const char *text);

/* V; null for what is not finite. */
json_t *number_json(double v);

/* As json_object_set_new(), for a KEY of unknown origin. */
int json_object_set_text(json_t *object, const char *key, json_t *value);

/*
 * Prints JSON, which it frees, and a line end; DIGITS of its real numbers, 0: all. 0, or
 * negative after fail(), also where JSON is NULL.
 */
int json_print(json_t *json, int digits);

#endif
