/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of /proc and /sys turned into JSON. */
#include "config.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/read-text.h"
#include "machine/environment/environment-priv.h"
#include "text/json.h"

#define MOST_BYTES (8 << 20)	/* /proc/cpuinfo of a large machine is about 1 MiB */

static char *slurp(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char *text = NULL;

	if (fd >= 0) {
		read_all(fd, MOST_BYTES, &text, len);
		close(fd);
	}
	return text;
}

char *env_read_raw(const struct env *e, const char *path, size_t *len)
{
	char full[PATH_MAX];

	if (snprintf(full, sizeof(full), "%s/%s", e->root, path) >= (int)sizeof(full))
		return NULL;
	return slurp(full, len);
}

static void trim(char *text)
{
	size_t len = strlen(text);

	while (len && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
}

char *env_read(const struct env *e, const char *fmt, ...)
{
	char path[PATH_MAX];
	va_list ap;
	size_t len;
	char *text;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(path, sizeof(path), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(path))
		return NULL;
	text = env_read_raw(e, path, &len);
	if (text)
		trim(text);
	return text;
}

bool env_exists(const struct env *e, const char *path)
{
	char full[PATH_MAX];

	return snprintf(full, sizeof(full), "%s/%s", e->root, path) < (int)sizeof(full) &&
		!access(full, F_OK);
}

int env_each(struct env *e, const char *dir, env_entry_fn fn, void *arg)
{
	char full[PATH_MAX];
	struct dirent **list;
	int n, count = 0;

	if (snprintf(full, sizeof(full), "%s/%s", e->root, dir) >= (int)sizeof(full))
		return -1;
	n = scandir(full, &list, NULL, alphasort);
	if (n < 0)
		return -1;
	for (int i = 0; i < n; i++) {
		if (list[i]->d_name[0] != '.') {
			fn(e, arg, list[i]->d_name);
			count++;
		}
		free(list[i]);
	}
	free(list);
	return count;
}

void env_put(struct env *e, const char *key, json_t *value)
{
	const char *dot = strchr(key, '.');
	char section[32];
	json_t *obj;

	snprintf(section, sizeof(section), "%.*s", (int)(dot - key), key);
	obj = json_object_get(e->top, section);
	if (!obj) {
		obj = json_object();
		if (json_object_set_new(e->top, section, obj))
			obj = NULL;
	}
	/* Also fails, and drops VALUE, when either is NULL. */
	if (json_object_set_new(obj, dot + 1, value))
		e->nomem = true;
}

void env_put_text(struct env *e, const char *key, const char *text)
{
	env_put(e, key, text_json(text));
}

void env_put_each(struct env *e, const char *key, json_t *container, const char *dir,
	env_entry_fn fn)
{
	if (env_each(e, dir, fn, container) < 0) {
		json_decref(container);
		container = json_null();
	}
	env_put(e, key, container);
}

json_t *env_unless_empty(json_t *container)
{
	if (!container || json_object_size(container) || json_array_size(container))
		return container;
	json_decref(container);
	return json_null();
}

json_t *env_as(json_t *(*form)(const char *text), char *text)
{
	json_t *value = form(text);

	free(text);
	return value;
}

json_t *env_scalar(const char *text)
{
	long long value;
	char *end;

	if (!text || !*text)
		return text_json(text);
	errno = 0;
	value = strtoll(text, &end, 10);
	if (*end || errno)
		return text_json(text);
	return json_integer(value);
}

json_t *env_choice(const char *text)
{
	const char *open, *close;

	if (!text)
		return json_null();
	open = strpbrk(text, "[(");
	close = open ? strpbrk(open, "])") : NULL;
	if (!close)
		return text_json(text);
	return json_stringn(open + 1, close - open - 1);
}

static int add_distinct(json_t *array, const char *path)
{
	size_t i, len;
	char *text = slurp(path, &len);
	json_t *value, *item;

	if (!text)
		return 0;
	trim(text);
	value = env_as(env_scalar, text);
	json_array_foreach(array, i, item)
		if (json_equal(item, value)) {
			json_decref(value);
			return 0;
		}
	return json_array_append_new(array, value);
}

json_t *env_distinct(const struct env *e, const char *pattern)
{
	char full[PATH_MAX];
	json_t *array;
	glob_t found;

	if (snprintf(full, sizeof(full), "%s/%s", e->root, pattern) >= (int)sizeof(full))
		return json_null();
	if (glob(full, 0, NULL, &found))
		return json_null();
	array = json_array();
	for (size_t i = 0; array && i < found.gl_pathc; i++) {
		if (!add_distinct(array, found.gl_pathv[i]))
			continue;
		json_decref(array);
		array = NULL;
	}
	globfree(&found);
	return env_unless_empty(array);
}

/* The start of the value in the first line "NAME<blanks>:<blanks>value". */
static const char *field_value(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		const char *p;

		line += *line == '\n';
		if (strncmp(line, name, len))
			continue;
		p = line + len + strspn(line + len, " \t");
		if (*p == ':')
			return p + 1 + strspn(p + 1, " \t");
	}
	return NULL;
}

json_t *env_field_number(const char *text, const char *name)
{
	const char *value = text ? field_value(text, name) : NULL;
	char *end;
	long long number;

	if (!value)
		return json_null();
	number = strtoll(value, &end, 10);
	return end == value ? json_null() : json_integer(number);
}

char *env_field(const char *text, const char *name)
{
	const char *value = text ? field_value(text, name) : NULL;
	char *copy;

	if (!value)
		return NULL;
	copy = strndup(value, strcspn(value, "\n"));
	if (copy)
		trim(copy);
	return copy;
}

int env_list_count(const char *list)
{
	int count = 0;

	while (*list) {
		char *end;
		long first = strtol(list, &end, 10), last = first;

		if (end == list)
			return -1;
		if (*end == '-')
			last = strtol(end + 1, &end, 10);
		if (last < first || (*end && *end != ','))
			return -1;
		count += (int)(last - first + 1);
		list = end + (*end == ',');
	}
	return count;
}
