/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine and the kernel that a run was made on, as one JSON object of two levels:
 * sections ("kernel", "cpu", "clock", "memory", "machine", "cgroup", "rlimit", "trace",
 * "load", "self") and the facts in them. A fact is addressed as "section.key", for
 * instance "cpu.governor".
 *
 * A fact that could not be read (no such file, no permission, not this
 * architecture) is present as JSON null; null never means "off" or "none".
 */
#ifndef EXITBENCH_ENVIRONMENT_H
#define EXITBENCH_ENVIRONMENT_H

#include <stdbool.h>
#include <jansson.h>

/*
 * Collects every fact under ROOT: "" for the live system, or a directory that
 * holds copies of parts of /proc, /sys, /boot and /etc (then nothing is asked
 * of the running machine). Takes some tens of milliseconds on a large machine;
 * changes nothing. *out is a new reference for the caller to json_decref().
 * Returns 0; -STATUS_MACHINE only when memory runs out.
 */
int environment_collect(const char *root, json_t **out);

/*
 * The value of "section.key" (or "section.key.member"), borrowed from ENV.
 * NULL when there is no such fact or it is null.
 */
const json_t *environment_get(const json_t *env, const char *key);

/* The same as text, borrowed: NULL unless the fact is a string. */
const char *environment_text(const json_t *env, const char *key);

/* The same as a number; FALLBACK unless the fact is one. */
double environment_number(const json_t *env, const char *key, double fallback);

/* True when the kernel was built with CONFIG_OPTION=y, as far as that is known. */
bool environment_option_set(const json_t *env, const char *option);

/* True when "kernel.cmdline" has WORD as a parameter: "quiet", or "preempt=". */
bool environment_cmdline_has(const json_t *env, const char *word);

enum environment_kind {
	ENVIRONMENT_MACHINE,	/* other hardware: absolute times do not compare */
	ENVIRONMENT_SETTING,	/* same hardware, set up or configured differently */
};

/* One fact that differs; all strings are valid during the callback only. */
struct environment_difference {
	enum environment_kind kind;
	const char *key;	/* "cpu.governor", "kernel.config.DEBUG_VM", … */
	const char *before;	/* as text; "(none)" where a fact is missing */
	const char *after;
};

typedef void (*environment_diff_fn)(void *arg, const struct environment_difference *d);

/*
 * Calls FN for each fact that differs between two objects of environment_collect()
 * and that matters for comparing the two: not the boot id, load, uptime or the
 * kernel's release and build id, which are meant to differ. Facts that only root
 * can read are skipped where one side lacks them; memory sizes within 2% are equal.
 * FN may be NULL. Returns the number of differences, or -STATUS_MACHINE (no memory).
 */
int environment_diff(const json_t *a, const json_t *b, environment_diff_fn fn, void *arg);

#endif
