/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts looked up in what environment_collect() made. */
#include "config.h"
#include <stdio.h>
#include <string.h>
#include "machine/environment/environment.h"

const json_t *environment_get(const json_t *env, const char *key)
{
	char part[64];

	while (env && *key) {
		size_t len = strcspn(key, ".");

		if (len >= sizeof(part))
			return NULL;
		memcpy(part, key, len);
		part[len] = '\0';
		env = json_object_get(env, part);
		key += len + (key[len] == '.');
	}
	return json_is_null(env) ? NULL : env;
}

const char *environment_text(const json_t *env, const char *key)
{
	return json_string_value(environment_get(env, key));
}

bool environment_option_set(const json_t *env, const char *option)
{
	char key[80];
	const char *value;

	snprintf(key, sizeof(key), "kernel.config.%s", option);
	value = environment_text(env, key);
	return value && !strcmp(value, "y");
}

double environment_number(const json_t *env, const char *key, double fallback)
{
	const json_t *value = environment_get(env, key);

	return json_is_number(value) ? json_number_value(value) : fallback;
}

bool environment_cmdline_has(const json_t *env, const char *word)
{
	const char *p = environment_text(env, "kernel.cmdline");
	size_t len = strlen(word);

	for (; p && *p; p += strspn(p, " ")) {
		size_t n = strcspn(p, " ");

		if (n >= len && !strncmp(p, word, len) &&
			(n == len || word[len - 1] == '='))
			return true;
		p += n;
	}
	return false;
}
