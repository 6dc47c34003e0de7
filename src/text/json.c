/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text of any bytes, and numbers that are none, as JSON. */
#include "config.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/clean-text.h"
#include "base/fail.h"
#include "text/json.h"

json_t *text_json(const char *text)
{
	json_t *json = text ? json_string(text) : json_null();
	char *valid;

	if (json)
		return json;
	valid = text_valid(text);
	json = valid ? json_string(valid) : NULL;
	free(valid);
	return json;
}

json_t *number_json(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

int json_object_set_text(json_t *object, const char *key, json_t *value)
{
	char *valid = text_valid(key);
	int err = valid ? json_object_set_new(object, valid, value) : -1;

	if (!valid)
		json_decref(value);
	free(valid);
	return err;
}

int json_print(json_t *json, int digits)
{
	int err = json ? json_dumpf(json, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(digits)) :
		-1;

	if (!err)
		putchar('\n');
	json_decref(json);
	return err ? fail_nomem() : 0;
}
