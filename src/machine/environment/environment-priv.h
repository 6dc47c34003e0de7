/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of environment.c share. */
#ifndef EXITBENCH_ENVIRONMENT_PRIV_H
#define EXITBENCH_ENVIRONMENT_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>
#include "machine/environment/environment.h"

struct env {
	const char *root;	/* "" for the live system */
	json_t *top;
	bool nomem;		/* set once anything could not be stored */
};

/* Stores VALUE (stolen) as "section.key"; NULL means that memory ran out. */
void env_put(struct env *e, const char *key, json_t *value);

/* env_put() of text, null for NULL. */
void env_put_text(struct env *e, const char *key, const char *text);

/* A file under the root, malloc'ed and trimmed at its end; NULL if unreadable. */
char *env_read(const struct env *e, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The same, untrimmed, with its length. */
char *env_read_raw(const struct env *e, const char *path, size_t *len);

/* True when the path exists under the root. */
bool env_exists(const struct env *e, const char *path);

/* Called with the name of an entry of a directory. */
typedef void (*env_entry_fn)(struct env *e, void *arg, const char *name);

/* Calls FN for each entry of a directory, sorted by name; the number, or -1. */
int env_each(struct env *e, const char *dir, env_entry_fn fn, void *arg);

/* env_put() of CONTAINER (stolen), to which FN adds what it makes of each; null without DIR. */
void env_put_each(struct env *e, const char *key, json_t *container, const char *dir,
	env_entry_fn fn);

/* CONTAINER (stolen), null when it is empty. */
json_t *env_unless_empty(json_t *container);

/* FORM of TEXT (stolen). */
json_t *env_as(json_t *(*form)(const char *text), char *text);

/* A JSON integer when TEXT is one number, else text_json(). */
json_t *env_scalar(const char *text);

/* The word in [brackets] or (parentheses), else the whole text. */
json_t *env_choice(const char *text);

/* Distinct contents of all files that match a glob pattern: an array, or null. */
json_t *env_distinct(const struct env *e, const char *pattern);

/* The number behind NAME in text of "Name:  number ..." lines, or null. */
json_t *env_field_number(const char *text, const char *name);

/* The text behind "Name:" (malloc'ed), or NULL. */
char *env_field(const char *text, const char *name);

/* Number of CPUs in a kernel list such as "0-3,8"; -1 if it is none. */
int env_list_count(const char *list);

/* One section, or a few, each. */
void env_kernel(struct env *e);
void env_cpu(struct env *e);
void env_machine(struct env *e);
void env_cgroup(struct env *e);
void env_trace(struct env *e);

#endif
